//! What a request of the API brings: a JSON body, an idempotency key, each with a clear problem if it is not there.

use axum::{
    Json,
    extract::{
        FromRequest, FromRequestParts, OptionalFromRequest, Path, Query, Request,
        rejection::JsonRejection,
    },
    http::{HeaderMap, HeaderName, StatusCode, header, request::Parts},
};
use frontrow_ledger::CommandId;
use frontrow_shop::Shop;
use serde::de::DeserializeOwned;

use super::Problem;
use crate::limits::{IDEMPOTENCY_KEY_CHARS_MAX, IDEMPOTENCY_KEY_CHARS_MIN};

/// A JSON body; what is wrong with it is said with the path of the field.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match <Json<T> as FromRequest<S>>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(rejected(&rejection)),
        }
    }
}

/// Where a body may be left out.
impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

fn rejected(rejection: &JsonRejection) -> Problem {
    match rejection {
        JsonRejection::JsonDataError(_) => Problem::fault("", "malformed", cause(rejection)),
        JsonRejection::JsonSyntaxError(_) => Problem::new(
            StatusCode::BAD_REQUEST,
            "not-json",
            "The body is not JSON",
            cause(rejection),
        ),
        JsonRejection::MissingJsonContentType(_) => {
            let title = "The body must be application/json";
            Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", title, "")
        }
        rejection if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => Problem::new(StatusCode::BAD_REQUEST, "unreadable", "The body cannot be read", ""),
    }
}

/// The innermost cause says the field, the line and the column.
fn cause(rejection: &JsonRejection) -> String {
    let outer: &dyn std::error::Error = rejection;
    let chain = std::iter::successors(Some(outer), |error| error.source());
    chain.last().map(ToString::to_string).unwrap_or_default()
}

/// The header of an idempotency key.
pub const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The idempotency key in these headers, if there is a sound one.
pub fn key_in(headers: &HeaderMap) -> Option<&str> {
    headers.get(KEY).and_then(|key| sound_key(key.as_bytes()))
}

/// An idempotency key, if it is a sound one.
pub fn sound_key(key: &[u8]) -> Option<&str> {
    let lengths = IDEMPOTENCY_KEY_CHARS_MIN..=IDEMPOTENCY_KEY_CHARS_MAX;
    let is_sound =
        lengths.contains(&key.len()) && key.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t'));
    str::from_utf8(key).ok().filter(|_| is_sound)
}

/// The client's idempotency key.
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// As the client sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The ledger's command id for what is asked: the same key asks the same thing again.
    pub fn command(&self, shop: &Shop, purpose: &str) -> CommandId {
        shop.command_id(purpose, &[b"api", self.0.as_bytes()])
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let title = "An Idempotency-Key is required";
        let missing = |detail: &str| {
            Problem::new(StatusCode::BAD_REQUEST, "idempotency-key-missing", title, detail)
        };
        if !parts.headers.contains_key(KEY) {
            return Err(missing(
                "Send one of 16 to 128 characters that nobody can guess, such as a UUID.",
            ));
        }
        let key = key_in(&parts.headers)
            .ok_or_else(|| missing("It must have 16 to 128 characters of ASCII."))?;
        Ok(Self(key.to_owned()))
    }
}

/// Parts of the path.
pub struct InPath<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for InPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = <Path<T> as FromRequestParts<S>>::from_request_parts(parts, state).await;
        path.map(|Path(path)| Self(path)).map_err(|_| Problem::not_found("resource"))
    }
}

/// The query string.
pub struct InQuery<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for InQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(query)) => Ok(Self(query)),
            Err(rejection) => {
                let title = "The query is not valid";
                let detail = rejection.body_text();
                Err(Problem::new(StatusCode::BAD_REQUEST, "bad-query", title, detail))
            }
        }
    }
}
