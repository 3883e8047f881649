//! Errors as problem details (RFC 9457): one place that turns what went wrong into a status and a code.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use frontrow_ledger::{room, sale::Refusal};
use frontrow_shop::{Error, fault::Faults, plan::PlanError, sale_file::SaleFileError};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Seconds after which a client may try again when something is unavailable.
const RETRY_AFTER_S: u32 = 2;

/// What went wrong, as RFC 9457 writes it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem: `urn:frontrow:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in a few words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Stable; switch on this.
    pub code: &'static str,
    /// What went wrong this time.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Every fault of the body, by its JSON pointer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemFault>,
    /// Figures that belong to the code: seats that are gone, places that are left, when a sale opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub context: Option<Box<Value>>,
    /// Seconds after which a client may try again.
    #[serde(skip)]
    retry_after_s: u32,
}

/// One thing that is wrong with a body.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemFault {
    /// JSON pointer (RFC 6901) into the body.
    pub pointer: String,
    /// Stable; switch on this.
    pub code: &'static str,
    /// What is wrong.
    pub detail: String,
}

impl Problem {
    /// A problem of some kind. `title` says the kind, `detail` what happened.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind: format!("urn:frontrow:problem:{code}"),
            title,
            status: status.as_u16(),
            code,
            detail: detail.into(),
            errors: Vec::new(),
            context: None,
            retry_after_s: RETRY_AFTER_S,
        }
    }

    /// There is no such thing, or it is not this client's.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Not found",
            format!("There is no such {what}."),
        )
    }

    /// The body has more bytes than are read.
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large", "")
    }

    /// The body cannot be used: every fault with its place.
    pub fn faults(faults: &Faults) -> Self {
        let title = "The request is not valid";
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title, "");
        let total = faults.total();
        problem.detail = match total {
            1 => "One thing is wrong with it.".to_owned(),
            _ => format!("{total} things are wrong with it."),
        };
        problem.errors = faults
            .list()
            .iter()
            .map(|fault| ProblemFault {
                pointer: fault.at.clone(),
                code: fault.problem.code(),
                detail: fault.problem.to_string(),
            })
            .collect();
        problem
    }

    /// One fault of the body.
    pub fn fault(
        pointer: impl Into<String>,
        code: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        let title = "The request is not valid";
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title, "");
        let detail = detail.into();
        problem.errors = vec![ProblemFault { pointer: pointer.into(), code, detail }];
        problem
    }

    /// The same, where the faults stand in a part of the body.
    #[must_use]
    pub fn below(mut self, at: &str) -> Self {
        for fault in &mut self.errors {
            fault.pointer.insert_str(0, at);
        }
        self
    }

    /// The same, to be tried again after so many seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = seconds;
        self
    }

    fn with(mut self, context: Value) -> Self {
        self.context = (!context.is_null()).then(|| Box::new(context));
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after_s = self.retry_after_s;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
        }
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem =
            Self::new(status(&refusal), refusal.code(), title(&refusal), refusal.to_string());
        problem.with(context(&refusal))
    }
}

impl From<room::Refusal> for Problem {
    fn from(refusal: room::Refusal) -> Self {
        use room::Refusal as No;
        let (status, title) = match refusal {
            No::NotDefined | No::UnknownPlace => (StatusCode::NOT_FOUND, "Not found"),
            No::TurnOver | No::Ended => (StatusCode::GONE, "Over"),
            No::CommandReused
            | No::BadTerms { .. }
            | No::WrongSeed
            | No::WrongBeacon
            | No::OfferTooLong
            | No::MessageTooLong => (StatusCode::UNPROCESSABLE_ENTITY, "The request is not valid"),
            No::NotYourTurn | No::OtherDevice | No::NotInShop => {
                (StatusCode::FORBIDDEN, "The waiting room says no")
            }
            // Not 503: a balancer would ask the next replica, and all of them know the same.
            No::ShopFull => (StatusCode::CONFLICT, "One moment"),
            _ => (StatusCode::CONFLICT, "The waiting room says no"),
        };
        let problem = Self::new(status, refusal.code(), title, refusal.to_string());
        match refusal {
            No::NotOpen { opens } => problem.with(json!({ "opens": super::model::moment(opens) })),
            _ => problem,
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound(what) => Self::not_found(what),
            Error::Refused(refusal) => refusal.into(),
            Error::Room(refusal) => refusal.into(),
            Error::Shut(shut) => {
                let title = "The door of the waiting room is shut";
                Self::new(StatusCode::FORBIDDEN, shut.code(), title, shut.to_string())
            }
            Error::TooManyMails { retry_seconds } => {
                let title = "This address was written to a moment ago";
                let detail = format!("The same mail can be asked for again in {retry_seconds} s.");
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-mails", title, detail)
                    .retry_after(retry_seconds)
            }
            Error::Faults(faults)
            | Error::SaleFile(SaleFileError::Faults(faults))
            | Error::Plan(PlanError::Faults(faults)) => Self::faults(&faults),
            Error::Plan(error @ PlanError::TooLarge { .. }) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "Too large",
                error.to_string(),
            ),
            Error::Plan(error) => Self::fault("", "malformed", error.to_string()),
            Error::SaleFile(error) => Self::fault("", "malformed", error.to_string()),
            Error::Webhook(_) => {
                let title = "The signature is not valid";
                Self::new(StatusCode::UNAUTHORIZED, "webhook-signature", title, "")
            }
            Error::NoProvider => {
                let title = "Nothing can be paid here";
                let code = "no-payment-provider";
                Self::new(StatusCode::CONFLICT, code, title, error.to_string())
            }
            error if error.is_retryable() => unavailable(&error),
            error => failed(&error),
        }
    }
}

/// No such URL.
pub async fn not_found() -> Problem {
    Problem::not_found("resource")
}

/// The URL exists, but not for this method.
pub async fn method_not_allowed() -> Problem {
    let title = "Method not allowed";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", title, "")
}

fn unavailable(error: &Error) -> Problem {
    tracing::warn!(error = error as &dyn std::error::Error, "a request of the API met an outage");
    let detail = "Try again with the same Idempotency-Key.";
    let title = "Not available for a moment";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", title, detail)
}

/// The public text never contains the cause.
fn failed(error: &Error) -> Problem {
    tracing::error!(error = error as &dyn std::error::Error, "a request of the API failed");
    let title = "Something is broken on our side";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", title, "")
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NotDefined
        | Refusal::UnknownHold
        | Refusal::UnknownOrder
        | Refusal::UnknownBlock => StatusCode::NOT_FOUND,
        Refusal::HoldExpired => StatusCode::GONE,
        Refusal::CommandReused
        | Refusal::BadTerms { .. }
        | Refusal::UnknownPosition(_)
        | Refusal::BlockLimit
        | Refusal::NothingAsked
        | Refusal::TooManyPlaces { .. }
        | Refusal::UnknownSeat(_)
        | Refusal::UnknownArea(_)
        | Refusal::UnknownCategory(_)
        | Refusal::UnknownAllocation(_)
        | Refusal::DuplicateSeat(_)
        | Refusal::NotForSale { .. }
        | Refusal::NotAMultiple { .. }
        | Refusal::CompanionAlone(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    }
}

fn title(refusal: &Refusal) -> &'static str {
    match status(refusal) {
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::GONE => "Expired",
        StatusCode::UNPROCESSABLE_ENTITY => "The request is not valid",
        _ => "The sale says no",
    }
}

fn context(refusal: &Refusal) -> Value {
    match refusal {
        Refusal::SeatsGone(seats) => {
            json!({ "seats": seats.iter().map(|seat| seat.0).collect::<Vec<_>>() })
        }
        Refusal::AreaFull { left, .. }
        | Refusal::CategoryFull { left, .. }
        | Refusal::NotTogether { left, .. }
        | Refusal::AllocationFull { left, .. } => json!({ "left": left }),
        Refusal::OverOrderLimit { limit } | Refusal::OverBuyerLimit { limit, .. } => {
            json!({ "limit": limit })
        }
        Refusal::NotYetOnSale { opens } => json!({ "opens": super::model::moment(*opens) }),
        _ => Value::Null,
    }
}
