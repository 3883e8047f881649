//! Payment providers speak.

use axum::{
    body::{Body, to_bytes},
    extract::{Path, Request, State},
    http::StatusCode,
};
use frontrow_shop::Error;

use crate::{api::Problem, app::App, limits::WEBHOOK_BYTES_MAX};

/// A provider's word. A success means that it need not say so again.
pub async fn receive(
    State(app): State<App>,
    Path(provider): Path<String>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let (head, body) = request.into_parts();
    let body = read(body).await?;
    match app.shop.webhook(&provider, &head.headers, &body).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(Error::NotFound(what)) => Err(Problem::not_found(what)),
        Err(Error::Webhook(error)) => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(provider, error, "a webhook is not believed");
            let title = "The webhook is not believed";
            Err(Problem::new(StatusCode::BAD_REQUEST, "webhook", title, ""))
        }
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(provider, error, "a webhook could not be taken");
            let title = "Not available now";
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", title, ""))
        }
    }
}

async fn read(body: Body) -> Result<axum::body::Bytes, Problem> {
    let title = "The body is too large";
    let too_large = |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", title, "");
    to_bytes(body, WEBHOOK_BYTES_MAX).await.map_err(too_large)
}
