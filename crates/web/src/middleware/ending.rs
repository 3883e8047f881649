//! Tells clients of a process that is about to end to connect anew.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::health::Readiness;

/// While we drain, no connection is worth keeping: the next request on it would come too late.
pub(crate) fn close(readiness: &Readiness, headers: &mut HeaderMap) {
    if readiness.is_draining() {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
}
