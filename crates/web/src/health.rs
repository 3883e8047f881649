//! Whether the shop lives, and whether it can serve.

use axum::{extract::State, http::StatusCode};

use crate::app::App;

/// The process answers.
pub async fn live() -> &'static str {
    "alive\n"
}

/// The tables and the log answer.
pub async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    match app.shop.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    }
}
