//! How many bytes a body may have.

use axum::extract::DefaultBodyLimit;
use tower_http::limit::RequestBodyLimitLayer;

/// Refuses bodies over `max` bytes with 413: before anything is read if the length is announced,
/// else where they cross the line.
pub(crate) fn at_most(max: usize) -> (DefaultBodyLimit, RequestBodyLimitLayer) {
    // Axum's own limit waits for the bytes even when their number is known, and is lower than ours.
    (DefaultBodyLimit::disable(), RequestBodyLimitLayer::new(max))
}
