//! Forms are sent from our own pages only. The signed token in each form says the same; this is the
//! second lock.

use axum::{
    extract::Request,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use crate::{fail::Fail, pages::fault::Fault};

/// Refuses what another site's page sends with this visitor's cookies.
pub(super) fn refused(request: &Request) -> Option<Response> {
    let is_fine = request.method().is_safe() || is_own(request.headers());
    (!is_fine).then(|| Fail(Fault::FormExpired).into_response())
}

/// Whether a browser says that the page is ours, or says nothing as old browsers and programs do.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, authority)| authority == host)
        }
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_own;
    use axum::http::{HeaderMap, HeaderName};

    fn check(headers: &[(&'static str, &str)], expected: bool) {
        let map: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        assert_eq!(is_own(&map), expected, "{headers:?}");
    }

    #[test]
    fn only_our_own_pages_send_our_forms() {
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("sec-fetch-site", "cross-site"), ("origin", "http://a"), ("host", "a")], false);
        check(&[("sec-fetch-site", "same-site")], false);
        check(&[("origin", "https://shop.example"), ("host", "shop.example")], true);
        check(&[("origin", "https://evil.example"), ("host", "shop.example")], false);
        check(&[("origin", "null"), ("host", "shop.example")], false);
        check(&[("host", "shop.example")], true);
    }
}
