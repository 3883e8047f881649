//! Who calls: an organiser shows an API key, everybody else needs none; where people wait, a pass.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
};
use frontrow_shop::{
    Shop,
    room::{Admitted, Device, Purpose},
};
use uuid::Uuid;

use super::Problem;
use crate::limits::{DEVICE_CHARS_MAX, DEVICE_CHARS_MIN};

/// An organiser, proven by `Authorization: Bearer KEY`.
pub struct Organiser {
    /// Whose key it is.
    pub organisation: Uuid,
    /// What the key is called, for the list of who did what.
    pub name: String,
}

impl FromRequestParts<Shop> for Organiser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Self, Problem> {
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let key = value.and_then(|value| value.strip_prefix("Bearer "));
        let known = match key {
            Some(key) => shop.api_key(key.trim()).await?,
            None => None,
        };
        let title = "An API key is required";
        let detail = "Send `Authorization: Bearer KEY`; `frontrow api-key create` makes one.";
        known
            .map(|known| Self { organisation: known.organisation_id, name: known.name })
            .ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "api-key", title, detail))
    }
}

/// A pass of a waiting room, in the headers `Frontrow-Pass` and `Frontrow-Device`; both may be left out where nobody
/// waits.
pub struct Through {
    /// As it was given out.
    pub pass: Option<String>,
    device: String,
}

impl Through {
    /// What the pass is bound to: the secret that the client chose when it came in.
    pub fn device(&self) -> Device {
        Device::of_client(&self.device)
    }

    /// The same, where a pass is asked for: one that could be guessed would bind it to nobody.
    pub fn chosen_device(&self) -> Result<Device, Problem> {
        if (DEVICE_CHARS_MIN..=DEVICE_CHARS_MAX).contains(&self.device.len()) {
            return Ok(self.device());
        }
        let title = "A device is required";
        let detail = "Send `Frontrow-Device`: 16 to 128 characters that nobody can guess.";
        Err(Problem::new(StatusCode::BAD_REQUEST, "device-missing", title, detail))
    }

    /// Whether this client may hold or pay.
    pub async fn admitted(
        &self,
        shop: &Shop,
        performance: Uuid,
        purpose: Purpose,
    ) -> Result<Admitted, Problem> {
        Ok(shop.admit(performance, purpose, self.pass.as_deref(), self.device()).await?)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Through {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let text = |name: &str| {
            let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
            value.map(str::to_owned)
        };
        Ok(Self {
            pass: text("frontrow-pass"),
            device: text("frontrow-device").unwrap_or_default(),
        })
    }
}
