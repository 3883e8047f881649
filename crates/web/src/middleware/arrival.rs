//! Whoever sends slowly does so at their own expense: a small body is here before its request takes a place among those
//! that are worked on, and large ones share a few places.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    response::{IntoResponse as _, Response},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::size;
use crate::{
    fail::Fail,
    limits::{ARRIVING_BYTES_MAX, ARRIVING_TIMEOUT},
};

/// A request that may be worked on, and its place if it has a large body.
pub(super) type Arrived = (Request, Option<OwnedSemaphorePermit>);

/// Waits until a small body is here. A client that does not send what it announced, or not in time, is told so.
pub(super) async fn wait(large: &Arc<Semaphore>, request: Request) -> Result<Arrived, Response> {
    match size::announced(&request) {
        Some(0) => Ok((request, None)),
        Some(length) if length <= ARRIVING_BYTES_MAX => {
            let (head, body) = request.into_parts();
            let body = timeout(ARRIVING_TIMEOUT, to_bytes(body, ARRIVING_BYTES_MAX)).await;
            let Ok(Ok(body)) = body else { return Err(Fail::BAD_REQUEST.into_response()) };
            Ok((Request::from_parts(head, Body::from(body)), None))
        }
        _ => {
            let place = Arc::clone(large).try_acquire_owned();
            let place = place.map_err(|_| Fail::BUSY.into_response())?;
            Ok((request, Some(place)))
        }
    }
}
