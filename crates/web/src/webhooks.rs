//! Payment providers speak.

use axum::{
    body::Bytes,
    extract::{FromRequest, Path, Request, State},
    http::StatusCode,
};
use frontrow_shop::Error;

use crate::app::App;

/// A provider's word. A success means that it need not say so again.
pub async fn receive(
    State(app): State<App>,
    Path(provider): Path<String>,
    mut request: Request,
) -> StatusCode {
    let headers = std::mem::take(request.headers_mut());
    let Ok(body) = Bytes::from_request(request, &app).await else {
        return StatusCode::PAYLOAD_TOO_LARGE;
    };
    match app.shop.webhook(&provider, &headers, &body).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(Error::NotFound(_)) => StatusCode::NOT_FOUND,
        Err(Error::Webhook(error)) => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(provider, error, "a webhook is not believed");
            StatusCode::BAD_REQUEST
        }
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(provider, error, "a webhook could not be taken");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
