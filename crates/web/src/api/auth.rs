//! Who calls: an organiser shows an API key, everybody else needs none.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
};
use frontrow_shop::Shop;
use uuid::Uuid;

use super::Problem;

/// An organiser, proven by `Authorization: Bearer KEY`.
pub struct Organiser {
    /// Whose key it is.
    pub organisation: Uuid,
}

impl FromRequestParts<Shop> for Organiser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Self, Problem> {
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let key = value.and_then(|value| value.strip_prefix("Bearer "));
        let organisation = match key {
            Some(key) => shop.organisation_of_key(key.trim()).await?,
            None => None,
        };
        let title = "An API key is required";
        let detail = "Send `Authorization: Bearer KEY`; `frontrow api-key create` makes one.";
        organisation
            .map(|organisation| Self { organisation })
            .ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "api-key", title, detail))
    }
}
