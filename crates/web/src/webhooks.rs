//! Payment providers speak.

use axum::{
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
};
use frontrow_shop::Error;

use crate::{api::Problem, app::App};

/// A provider's word. A success means that it need not say so again.
pub async fn receive(
    State(app): State<App>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let body = body.map_err(|_| Problem::too_large())?;
    match app.shop.webhook(&provider, &headers, &body).await {
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
