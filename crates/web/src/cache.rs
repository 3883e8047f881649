//! How long whom may keep an answer. Every page names one of these; nobody writes `Cache-Control`
//! by hand.

use axum::http::{HeaderMap, HeaderValue, header};

/// How long whom may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CachePolicy {
    /// Named by its contents: for ever.
    Immutable,
    /// The same for everybody at one moment: for a second.
    Second,
    /// The public status of a waiting room: for a second, and a moment longer while it is asked for again.
    Board,
    /// The same for everybody who speaks the language and has no cart: for some seconds, and a
    /// little longer while it is asked for again.
    Shared,
    /// This visitor's: kept by nobody else, and asked for again each time.
    Private,
    /// Personal data, or a ticket: kept by nobody at all.
    Secret,
}

impl CachePolicy {
    /// The header's value.
    pub const fn value(self) -> &'static str {
        match self {
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::Second => "public, max-age=1",
            Self::Board => "public, max-age=1, stale-while-revalidate=1",
            Self::Shared => "public, max-age=5, stale-while-revalidate=30",
            Self::Private => "private, no-cache",
            Self::Secret => "no-store",
        }
    }

    /// Puts it on an answer.
    pub fn apply(self, headers: &mut HeaderMap) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.value()));
        if self == Self::Shared {
            headers.insert(header::VARY, HeaderValue::from_static("accept-language, cookie"));
        }
    }
}
