//! How many bytes a body may have, and has.

use axum::{
    body::HttpBody as _,
    extract::{DefaultBodyLimit, Request},
    http::header,
};
use tower_http::limit::RequestBodyLimitLayer;

/// Refuses bodies over `max` bytes with 413: before anything is read if the length is announced,
/// else where they cross the line.
pub(crate) fn at_most(max: usize) -> (DefaultBodyLimit, RequestBodyLimitLayer) {
    // Axum's own limit waits for the bytes even when their number is known, and is lower than ours.
    (DefaultBodyLimit::disable(), RequestBodyLimitLayer::new(max))
}

/// The bytes of a request's body, if they are known before it is read.
pub(super) fn announced(request: &Request) -> Option<usize> {
    if request.body().is_end_stream() {
        return Some(0);
    }
    let length = request.headers().get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}
