//! When a handler cannot answer: what the visitor is shown, and what is written to the log.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use frontrow_ledger::sale::Refusal;
use frontrow_shop::Error;

use crate::{limits::RETRY_SECONDS, pages::fault::Fault};

/// A handler's error. It becomes a page in the visitor's language in
/// the middleware.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fail(pub Fault);

/// What every handler of a page answers with.
pub type Answer = Result<Response, Fail>;

impl Fail {
    /// Nothing is there.
    pub const NOT_FOUND: Self = Self(Fault::NotFound);
    /// The request makes no sense.
    pub const BAD_REQUEST: Self = Self(Fault::BadRequest);
    /// Come back soon.
    pub const BUSY: Self = Self(Fault::Busy { retry_seconds: RETRY_SECONDS.0 });
    /// We failed.
    pub const BROKEN: Self = Self(Fault::Broken);
}

impl From<Error> for Fail {
    fn from(error: Error) -> Self {
        let fault = match &error {
            Error::NotFound(_) | Error::Refused(Refusal::NotDefined) => Fault::NotFound,
            Error::Refused(_) | Error::Room(_) | Error::Shut(_) | Error::Faults(_) => {
                Fault::BadRequest
            }
            Error::TooManyMails { retry_seconds } => {
                Fault::TooMany { retry_seconds: *retry_seconds }
            }
            error if error.is_retryable() => Fault::Busy { retry_seconds: RETRY_SECONDS.0 },
            _ => Fault::Broken,
        };
        let cause: &dyn std::error::Error = &error;
        match fault {
            Fault::Broken => tracing::error!(error = cause, "a page failed"),
            Fault::Busy { .. } => tracing::warn!(error = cause, "a page is not available"),
            _ => tracing::debug!(error = cause, "a page was refused"),
        }
        Self(fault)
    }
}

impl From<frontrow_store::Error> for Fail {
    fn from(error: frontrow_store::Error) -> Self {
        Error::from(error).into()
    }
}

impl IntoResponse for Fail {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status());
        let mut response = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        response.extensions_mut().insert(self);
        response
    }
}
