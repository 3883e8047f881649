//! A built-in bank for demonstrations and tests: it asks the visitor what should go wrong.
//!
//! It stands on the other side of the [`Provider`] trait like any bank: what it knows is in a
//! [`Bank`] of its own, the shop learns of it by webhook or by asking. Its page (drawn by `web`,
//! clearly marked) calls [`TestProvider::choose`] with a [`Behaviour`]; a worker hands the
//! webhooks of [`TestProvider::claim_deliveries`] over, also after a crash, because they are stored
//! with the decision that caused them.

pub mod account;
pub mod bank;
pub mod delivery;
pub mod memory;

use std::sync::Arc;

use async_trait::async_trait;
use frontrow_ledger::Time;
use http::HeaderMap;

use self::{
    account::{BankPayment, Behaviour},
    bank::{Bank, BankError},
    delivery::Webhook,
};
use crate::{
    limits::{CHANGE_ATTEMPTS_MAX, DELIVERIES_PER_BATCH_MAX},
    outside::Outside,
    provider::{
        OpenPayment, Opened, PaymentId, PaymentState, Provider, ProviderRef, RefundRequest,
        RefundState, WebhookEvent,
    },
    webhook::{WebhookError, WebhookSecret},
};

/// The test provider; see the module.
#[derive(Clone)]
pub struct TestProvider {
    bank: Arc<dyn Bank>,
    secret: Arc<WebhookSecret>,
    page_url: String,
}

/// Why the bank's page did not take a choice.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    /// No such payment.
    #[error("the bank does not know the payment")]
    UnknownPayment,
    /// Somebody chose before, or the payment's time is over. Send the fan back to the shop.
    #[error("the payment is decided")]
    Decided(Box<BankPayment>),
    /// The lateness is negative or more than a day.
    #[error("a payment cannot be that late")]
    BadDelay,
    /// The bank's own storage failed.
    #[error("the bank is out of order")]
    Bank(#[source] BankError),
    /// Too many others changed the payment at the same moment.
    #[error("the bank is busy")]
    Busy,
}

impl TestProvider {
    /// A bank with its books, the secret of its webhooks, and the URL beneath which each payment
    /// has its page (`http://localhost:8080/test-bank`).
    pub fn new(bank: Arc<dyn Bank>, secret: WebhookSecret, page_url: &str) -> Self {
        let page_url = page_url.trim_end_matches('/').to_owned();
        Self { bank, secret: Arc::new(secret), page_url }
    }

    /// What the bank's page shows; nothing is nothing it knows.
    pub async fn find(&self, provider_ref: &ProviderRef) -> Result<Option<BankPayment>, BankError> {
        self.bank.find(provider_ref).await
    }

    /// The visitor decides what happens to a payment, once. Gives the payment as it is then; its
    /// `return_url` is where the visitor goes next.
    pub async fn choose(
        &self,
        provider_ref: &ProviderRef,
        behaviour: Behaviour,
        now: Time,
    ) -> Result<BankPayment, ChooseError> {
        if !behaviour.is_possible() {
            return Err(ChooseError::BadDelay);
        }
        for _ in 0..CHANGE_ATTEMPTS_MAX {
            let found = self.bank.find(provider_ref).await.map_err(ChooseError::Bank)?;
            let payment = found.ok_or(ChooseError::UnknownPayment)?;
            let Some((changed, deliveries)) = payment.choose(behaviour, now) else {
                return Err(ChooseError::Decided(Box::new(payment)));
            };
            if self.bank.replace(&changed, &deliveries).await.map_err(ChooseError::Bank)? {
                return Ok(changed);
            }
        }
        Err(ChooseError::Busy)
    }

    /// The webhooks that are due, signed now, at most [`DELIVERIES_PER_BATCH_MAX`]. Each is due
    /// again after a growing wait until [`TestProvider::delivered`], or until the bank gives up.
    pub async fn claim_deliveries(&self, now: Time) -> Result<Vec<Webhook>, BankError> {
        let due = self.bank.due(now, DELIVERIES_PER_BATCH_MAX).await?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let attempts = due.into_iter().map(|delivery| {
            let after = delivery.attempted(now);
            (delivery, after)
        });
        // Whoever changes a row first delivers it; the others leave it alone.
        let claimed = self.bank.reschedule(attempts.collect()).await?;
        Ok(claimed.into_iter().map(|delivery| delivery.webhook(&self.secret, now)).collect())
    }

    /// The shop answered these webhooks with success; they are not sent again.
    pub async fn delivered(&self, delivery_ids: Vec<String>) -> Result<(), BankError> {
        if delivery_ids.is_empty() {
            return Ok(());
        }
        self.bank.remove(delivery_ids).await
    }

    /// Hard to guess and the same for every retry, without asking for randomness.
    fn provider_ref(&self, payment_id: PaymentId) -> ProviderRef {
        let digest = self.secret.mac([b"payment ", payment_id.0.as_bytes()]);
        let (half, _) = digest.split_at(digest.len() / 2);
        ProviderRef::parse(&format!("test_{}", hex::encode(half)))
            .expect("letters, digits, underscore")
    }

    fn opened(&self, provider_ref: ProviderRef) -> Opened {
        let redirect_url = format!("{}/{provider_ref}", self.page_url);
        Opened { provider_ref, redirect_url }
    }

    async fn known(&self, provider_ref: &ProviderRef) -> Result<BankPayment, Outside> {
        let found = self.bank.find(provider_ref).await.map_err(broken)?;
        found.ok_or(Outside::UnknownPayment)
    }
}

#[async_trait]
impl Provider for TestProvider {
    fn name(&self) -> &'static str {
        "test"
    }

    async fn open(&self, payment: &OpenPayment, _now: Time) -> Result<Opened, Outside> {
        payment.check()?;
        let provider_ref = self.provider_ref(payment.payment_id);
        let new = BankPayment::new(provider_ref.clone(), payment.clone());
        if !self.bank.insert(&new).await.map_err(broken)?
            && self.known(&provider_ref).await?.opened != *payment
        {
            return Err(Outside::IdReused);
        }
        Ok(self.opened(provider_ref))
    }

    async fn check(&self, provider_ref: &ProviderRef, now: Time) -> Result<PaymentState, Outside> {
        Ok(self.known(provider_ref).await?.state(now))
    }

    async fn refund(&self, request: &RefundRequest, now: Time) -> Result<RefundState, Outside> {
        for _ in 0..CHANGE_ATTEMPTS_MAX {
            let payment = self.known(&request.provider_ref).await?;
            let (state, changed) = payment.refund(request, now)?;
            let Some(changed) = changed else { return Ok(state) };
            if self.bank.replace(&changed, &[]).await.map_err(broken)? {
                return Ok(state);
            }
        }
        Err(Outside::Busy { retry_after_ms: None })
    }

    fn parse_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Time,
    ) -> Result<WebhookEvent, WebhookError> {
        self.secret.verify(headers, body, now)?;
        delivery::read_body(body)
    }
}

/// Its books live behind the wire, so to us a storage failure is a bank that may have done it.
fn broken(error: BankError) -> Outside {
    Outside::Doubtful(Box::new(error))
}
