//! `?lang=cs` on any page: remembers the language and shows the page without it.

use axum::{
    extract::Request,
    http::{Method, Uri},
    response::Response,
};
use frontrow_words::Language;

use crate::{app::App, reply};

/// Remembers a language that was chosen.
pub(super) fn switched(app: &App, request: &Request) -> Option<Response> {
    if request.method() != Method::GET {
        return None;
    }
    let (language, rest) = chosen(request.uri())?;
    let mut response = reply::redirect(&rest);
    reply::remember_language(app, &mut response, language);
    Some(response)
}

/// The language that an address asks for, and the address without it.
fn chosen(uri: &Uri) -> Option<(Language, String)> {
    let query = uri.query()?;
    let mut language = None;
    let mut rest = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name == "lang" {
            language = Language::parse(&value);
        } else {
            rest.append_pair(&name, &value);
        }
    }
    let rest = rest.finish();
    let joint = if rest.is_empty() { "" } else { "?" };
    // Two slashes at the start would lead to another host.
    let path = format!("/{}", uri.path().trim_start_matches('/'));
    Some((language?, format!("{path}{joint}{rest}")))
}

#[cfg(test)]
mod tests {
    use super::chosen;
    use frontrow_words::Language;

    #[test]
    fn the_choice_leaves_the_address() {
        let check = |uri: &str, expected: Option<(Language, &str)>| {
            let found = chosen(&uri.parse().unwrap());
            assert_eq!(found.as_ref().map(|(l, r)| (*l, r.as_str())), expected, "{uri}");
        };
        check("/?lang=cs", Some((Language::Cs, "/")));
        check("/x?q=a%20b&lang=en&city=Brno", Some((Language::En, "/x?q=a+b&city=Brno")));
        check("//evil.example/?lang=en", Some((Language::En, "/evil.example/")));
        check("/?lang=xx", None);
        check("/?q=1", None);
        check("/", None);
    }
}
