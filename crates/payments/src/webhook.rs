//! Signed webhooks: an HMAC over the moment and the body, believed for a few minutes.
//!
//! The header [`SIGNATURE_HEADER`] is `t=UNIX_SECONDS,v1=HEX`, where `HEX` is the HMAC-SHA256 of
//! `UNIX_SECONDS`, a full stop and the body.

use std::fmt;

use frontrow_ledger::Time;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::limits::{WEBHOOK_BYTES_MAX, WEBHOOK_TOLERANCE_MS};

/// Carries the signature.
pub const SIGNATURE_HEADER: &str = "frontrow-signature";

const SECOND_MS: i64 = 1_000;

/// Why a webhook is not believed. The sender is told no more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// No signature, two, or not in our form.
    #[error("the webhook has no readable signature")]
    Unsigned,
    /// Not signed with our secret, or altered since.
    #[error("the webhook's signature is wrong")]
    Forged,
    /// Signed too long ago, or in the future: a recording, or a wrong clock.
    #[error("the webhook was signed at another time")]
    Stale,
    /// Longer than any webhook of ours.
    #[error("the webhook is too long")]
    TooLong,
    /// Genuine, but it does not say which payment.
    #[error("the webhook does not name an event and a payment")]
    Malformed,
}

/// The secret that a provider and we share.
pub struct WebhookSecret(SecretSlice<u8>);

impl WebhookSecret {
    /// The secret with these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }

    /// The header that vouches for a body that is sent now.
    pub fn sign(&self, body: &[u8], now: Time) -> HeaderValue {
        let seconds = now.0.div_euclid(SECOND_MS).to_string();
        let signature = self.hmac(&seconds, body);
        let text = format!("t={seconds},v1={signature}");
        HeaderValue::from_str(&text).expect("digits, letters, comma and equals sign are fine")
    }

    /// Whether a body is genuine and fresh.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8], now: Time) -> Result<(), WebhookError> {
        if body.len() > WEBHOOK_BYTES_MAX {
            return Err(WebhookError::TooLong);
        }
        let (seconds, claimed) = read_header(headers).ok_or(WebhookError::Unsigned)?;
        let genuine = self.hmac(seconds, body);
        if !bool::from(genuine.as_bytes().ct_eq(claimed.as_bytes())) {
            return Err(WebhookError::Forged);
        }
        let seconds: i64 = seconds.parse().map_err(|_| WebhookError::Unsigned)?;
        let signed_at = Time(seconds.saturating_mul(SECOND_MS));
        let age_ms = now.ms_since(signed_at).saturating_abs();
        if age_ms > WEBHOOK_TOLERANCE_MS { Err(WebhookError::Stale) } else { Ok(()) }
    }

    /// In hexadecimal.
    fn hmac(&self, seconds: &str, body: &[u8]) -> String {
        hex::encode(self.mac([seconds.as_bytes(), b".", body]))
    }

    /// HMAC-SHA256 of some parts, one after the other.
    pub(crate) fn mac<const N: usize>(&self, parts: [&[u8]; N]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret())
            .expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}

/// The moment and the signature, as they are written.
fn read_header(headers: &HeaderMap) -> Option<(&str, &str)> {
    let mut values = headers.get_all(SIGNATURE_HEADER).iter();
    let text = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    text.strip_prefix("t=")?.split_once(",v1=")
}
