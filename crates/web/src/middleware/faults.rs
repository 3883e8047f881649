//! Turns failures into pages: what happened and what to do next, in the visitor's language.

use std::any::Any;

use askama::Template;
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};

use super::REQUEST_ID;
use crate::{
    api::Problem,
    app::App,
    cache::CachePolicy,
    fail::Fail,
    limits::RETRY_SECONDS,
    pages::fault::{Fault, FaultPage},
    visitor::Visitor,
};

/// A handler panicked; nothing that it did is half done, for whatever lasts is written before it is
/// answered.
pub(super) fn panicked(cause: &(dyn Any + Send)) -> Response {
    let message = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("unknown");
    tracing::error!(message, "a handler panicked");
    Fail::BROKEN.into_response()
}

/// Replaces a bare failure by its page.
pub(super) async fn pages(
    app: &App,
    request: Request,
    next: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    let (parts, body) = request.into_parts();
    let head = Parts::clone(&parts);
    let response = next(Request::from_parts(parts, body)).await;
    let Some(fault) = fault(&response) else { return response };
    let visitor = Visitor::read(&head, app);
    let spread = u32::try_from(app.shop.new_command_id().0 % 1_000).unwrap_or(0);
    let fault = spread_out(fault, spread);
    let page = FaultPage {
        // No look at the cart: it may be what failed.
        frame: visitor.frame_with(app, None),
        fault,
        request_id: request_id(&head.headers),
        repeatable: head.method == Method::GET,
    };
    answer(response.status(), &page)
}

/// Replaces a bare failure by a problem document.
pub(super) fn problems(response: Response) -> Response {
    match fault(&response) {
        None => response,
        Some(Fault::Busy { .. }) => {
            let detail = "Very many are here right now; nothing was changed. Try again.";
            let busy = StatusCode::SERVICE_UNAVAILABLE;
            Problem::new(busy, "unavailable", "Not available now", detail).into_response()
        }
        Some(Fault::TooLarge) => Problem::too_large().into_response(),
        Some(fault) => {
            let status = StatusCode::from_u16(fault.status()).unwrap_or(response.status());
            let title = status.canonical_reason().unwrap_or("Failed");
            let code = if status.is_server_error() { "internal" } else { "invalid" };
            Problem::new(status, code, title, "").into_response()
        }
    }
}

/// What failed, if it has no page of its own yet.
fn fault(response: &Response) -> Option<Fault> {
    if let Some(Fail(fault)) = response.extensions().get::<Fail>() {
        return Some(*fault);
    }
    // Extractors and layers answer in plain text, or with nothing.
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_bare = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        _ if !is_bare => None,
        StatusCode::NOT_FOUND => Some(Fault::NotFound),
        StatusCode::PAYLOAD_TOO_LARGE => Some(Fault::TooLarge),
        StatusCode::SERVICE_UNAVAILABLE => Some(Fault::Busy { retry_seconds: RETRY_SECONDS.0 }),
        status if status.is_server_error() => Some(Fault::Broken),
        // An address with an id that is none leads nowhere.
        StatusCode::BAD_REQUEST => Some(Fault::NotFound),
        status if status.is_client_error() => Some(Fault::BadRequest),
        _ => None,
    }
}

/// Those who are sent away do not come back all at once. `spread` is in thousandths.
fn spread_out(fault: Fault, spread: u32) -> Fault {
    let (first, last) = RETRY_SECONDS;
    let retry_seconds = first + (last - first) * spread / 1_000;
    match fault {
        Fault::Busy { .. } => Fault::Busy { retry_seconds },
        fault => fault,
    }
}

fn request_id(headers: &HeaderMap) -> String {
    headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned()
}

fn answer(bare: StatusCode, page: &FaultPage) -> Response {
    let own = StatusCode::from_u16(page.fault.status()).unwrap_or(bare);
    let status = if bare == StatusCode::METHOD_NOT_ALLOWED { bare } else { own };
    let html = page.render().unwrap_or_default();
    let mut response =
        (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
    if let Some(seconds) = page.fault.retry_seconds() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    CachePolicy::Secret.apply(response.headers_mut());
    response
}

#[cfg(test)]
mod tests {
    use super::{Fault, spread_out};

    #[test]
    fn those_who_are_sent_away_come_back_at_different_moments() {
        let busy = |spread| spread_out(Fault::Busy { retry_seconds: 0 }, spread);
        assert_eq!(busy(0), Fault::Busy { retry_seconds: 2 });
        assert_eq!(busy(999), Fault::Busy { retry_seconds: 7 });
        assert_eq!(spread_out(Fault::NotFound, 500), Fault::NotFound);
    }
}
