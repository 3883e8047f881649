//! The webhooks that the test bank has yet to send.

use frontrow_ledger::Time;
use http::HeaderMap;
use serde::{Deserialize, Serialize};

use crate::{
    limits::{DELIVERY_ATTEMPTS_MAX, DELIVERY_BACKOFF_MS, PROVIDER_REF_BYTES_MAX},
    provider::{ProviderRef, WebhookEvent},
    webhook::{SIGNATURE_HEADER, WebhookError, WebhookSecret},
};

/// One sending of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Unique.
    pub delivery_id: String,
    /// The same for every delivery of one event.
    pub event_id: String,
    /// Whose state changed.
    pub provider_ref: ProviderRef,
    /// Not before.
    pub due_at: Time,
    /// How often it was tried.
    pub attempts: u32,
}

/// A webhook as it goes over the wire.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// For [`TestProvider::delivered`](super::TestProvider::delivered).
    pub delivery_id: String,
    /// With the signature.
    pub headers: HeaderMap,
    /// JSON.
    pub body: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Body {
    event_id: String,
    provider_ref: ProviderRef,
}

impl Delivery {
    /// The `number`th delivery of the one event that a payment at this bank has: it was decided.
    pub(super) fn new(provider_ref: &ProviderRef, number: u32, due_at: Time) -> Self {
        let event_id = format!("decided_{provider_ref}");
        let delivery_id = format!("{event_id}_{number}");
        Self { delivery_id, event_id, provider_ref: provider_ref.clone(), due_at, attempts: 0 }
    }

    /// This delivery after one more attempt, in case that it fails; nothing after the last.
    pub(super) fn attempted(&self, now: Time) -> Option<Self> {
        let attempts = self.attempts + 1;
        let wait_ms = DELIVERY_BACKOFF_MS << self.attempts.min(DELIVERY_ATTEMPTS_MAX);
        let next = Self { attempts, due_at: now.plus_ms(wait_ms), ..self.clone() };
        (attempts < DELIVERY_ATTEMPTS_MAX).then_some(next)
    }

    pub(super) fn webhook(&self, secret: &WebhookSecret, now: Time) -> Webhook {
        let body =
            Body { event_id: self.event_id.clone(), provider_ref: self.provider_ref.clone() };
        let body = serde_json::to_vec(&body).expect("two strings become JSON");
        let mut headers = HeaderMap::new();
        headers.insert(SIGNATURE_HEADER, secret.sign(&body, now));
        Webhook { delivery_id: self.delivery_id.clone(), headers, body }
    }
}

/// Reads the body of a genuine webhook.
pub(super) fn read_body(body: &[u8]) -> Result<WebhookEvent, WebhookError> {
    let body: Body = serde_json::from_slice(body).map_err(|_| WebhookError::Malformed)?;
    if body.event_id.is_empty() || body.event_id.len() > 2 * PROVIDER_REF_BYTES_MAX {
        return Err(WebhookError::Malformed);
    }
    Ok(WebhookEvent { event_id: body.event_id, provider_ref: body.provider_ref })
}
