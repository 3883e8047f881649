//! What browsers must not do with our pages.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::app::App;

/// Everything a page needs comes from here; nothing else is loaded, run or sent anywhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
                      frame-ancestors 'none'; form-action 'self'";

/// Headers that are the same for every answer.
const FIXED: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // An order's address is a secret; our own forms may still say where they come from.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), screen-wake-lock=(self)",
    ),
];

/// Adds the headers.
pub(super) fn add(app: &App, headers: &mut HeaderMap) {
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::from_str(&policy(&app.config.payment_origins))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if app.config.secure {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}

/// Forms may also lead to payment pages.
fn policy(payment_origins: &[String]) -> String {
    payment_origins.iter().fold(POLICY.to_owned(), |policy, origin| format!("{policy} {origin}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn forms_lead_here_and_to_payment_pages_only() {
        let policy = super::policy(&["https://pay.example".to_owned()]);
        assert!(policy.ends_with("form-action 'self' https://pay.example"));
        assert!(!policy.contains("unsafe"));
    }
}
