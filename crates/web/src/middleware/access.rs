//! Names every request and writes one line about it: no addresses of people, no queries, no secrets
//! in paths.

use axum::{
    extract::{MatchedPath, Request},
    http::HeaderValue,
    middleware::Next,
    response::Response,
};
use tracing::Instrument as _;

use super::REQUEST_ID;
use crate::app::App;

/// Bytes of a request's name that somebody in front of us gave.
const NAME_BYTES_MAX: usize = 64;

/// Gives the request a name, unless it came with one.
pub(super) async fn named(
    app: &App,
    mut request: Request,
    next: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    let given = request.headers().get(REQUEST_ID).filter(|name| is_sound(name)).cloned();
    let id = given.unwrap_or_else(|| {
        let id = format!("{:032x}", app.shop.new_command_id().0);
        HeaderValue::from_str(&id).expect("hexadecimal digits are a header's value")
    });
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let mut response = next(request).instrument(span).await;
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// Letters, digits and dashes: nothing that could break a log.
fn is_sound(name: &HeaderValue) -> bool {
    let bytes = name.as_bytes();
    (1..=NAME_BYTES_MAX).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// One line per request. The route's pattern stands for the path, which may contain an order's
/// secret.
///
/// The waiting rooms are told how long it took, and whether it failed.
pub(super) async fn logged(app: &App, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let started = tokio::time::Instant::now();
    let response = next.run(request).await;
    let failed = response.status().is_server_error();
    app.shop.pulse().answered(app.shop.now(), started.elapsed(), failed);
    tracing::info!(
        http.method = %method,
        http.route = route.as_ref().map_or("-", MatchedPath::as_str),
        http.status = response.status().as_u16(),
        elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        "request"
    );
    response
}
