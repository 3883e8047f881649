//! What a payment provider can do, and the words for it.

use std::fmt;

use async_trait::async_trait;
use frontrow_ledger::{Time, sale::Currency};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    limits::{AMOUNT_MINOR_MAX, PROVIDER_REF_BYTES_MAX, TEXT_BYTES_MAX, URL_BYTES_MAX},
    outside::Outside,
    webhook::WebhookError,
};

/// Somebody else's computer that takes money for us.
///
/// Every method may be called any number of times, from several replicas at once, also after an
/// error: the ids in the requests are idempotency keys.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Short, lower case, for ever: it is stored with payments and is part of the webhook's URL.
    fn name(&self) -> &'static str;

    /// Opens a payment. The same [`PaymentId`] again opens nothing new and gives the same answer;
    /// with other contents it is [`Outside::IdReused`].
    async fn open(&self, payment: &OpenPayment, now: Time) -> Result<Opened, Outside>;

    /// What is true of a payment now.
    async fn check(&self, provider_ref: &ProviderRef, now: Time) -> Result<PaymentState, Outside>;

    /// Gives money back. The same [`RefundId`] again gives nothing more back and tells how far the
    /// refund is; with other contents it is [`Outside::IdReused`]. All refunds of a payment
    /// together are never above what was paid: what would be is [`RefundState::Failed`].
    async fn refund(&self, request: &RefundRequest, now: Time) -> Result<RefundState, Outside>;

    /// Checks a webhook and says which payment to [`check`](Self::check). One event may arrive
    /// many times, in any order.
    fn parse_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Time,
    ) -> Result<WebhookEvent, WebhookError>;
}

/// Our name for one attempt to pay an order; the idempotency key of [`Provider::open`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PaymentId(pub Uuid);

/// Our name for one refund; the idempotency key of [`Provider::refund`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RefundId(pub Uuid);

/// The provider's name for a payment: 1 to 128 letters, digits, `_`, `-` and `.`, so that it can
/// stand in a URL, a table and a log line as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProviderRef(String);

/// Not a provider's name for a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a payment reference")]
pub struct BadProviderRef;

impl ProviderRef {
    /// Reads one from a stranger.
    pub fn parse(text: &str) -> Result<Self, BadProviderRef> {
        let fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        let sized = (1..=PROVIDER_REF_BYTES_MAX).contains(&text.len());
        if sized && text.bytes().all(fine) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadProviderRef)
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ProviderRef {
    type Error = BadProviderRef;

    fn try_from(text: String) -> Result<Self, BadProviderRef> {
        Self::parse(&text)
    }
}

impl From<ProviderRef> for String {
    fn from(provider_ref: ProviderRef) -> Self {
        provider_ref.0
    }
}

impl fmt::Display for ProviderRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An amount in a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// In the currency's minor units.
    pub amount_minor: i64,
    /// Which.
    pub currency: Currency,
}

/// What the provider says was paid is not what the order costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Right currency, wrong amount.
    #[error("{got_minor} was paid instead of {expected_minor}")]
    Amount {
        /// What the order costs.
        expected_minor: i64,
        /// What was paid.
        got_minor: i64,
    },
    /// Another currency; the amounts do not compare.
    #[error("paid in {} instead of {}", .got.code(), .expected.code())]
    Currency {
        /// Of the order.
        expected: Currency,
        /// Of the payment.
        got: Currency,
    },
}

impl Money {
    /// Whether `self`, which was paid, is exactly what was `expected`.
    pub fn settles(self, expected: Self) -> Result<(), Mismatch> {
        if self.currency != expected.currency {
            return Err(Mismatch::Currency { expected: expected.currency, got: self.currency });
        }
        if self.amount_minor != expected.amount_minor {
            return Err(Mismatch::Amount {
                expected_minor: expected.amount_minor,
                got_minor: self.amount_minor,
            });
        }
        Ok(())
    }

    /// Above zero, and not above what any order costs.
    pub fn is_payable(self) -> bool {
        (1..=AMOUNT_MINOR_MAX).contains(&self.amount_minor)
    }
}

/// A request to open a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPayment {
    /// The idempotency key.
    pub payment_id: PaymentId,
    /// What the fan reads on the bank statement.
    pub order_code: String,
    /// To pay.
    pub amount: Money,
    /// What for, in the fan's language, without personal data.
    pub description: String,
    /// Where the provider sends the fan's browser afterwards, paid or not.
    pub return_url: String,
    /// The fan should not be able to pay after this; money may arrive later all the same.
    pub expires_at: Time,
    /// BCP 47 tag of the fan's language.
    pub locale: String,
}

impl OpenPayment {
    /// Refuses what no provider could carry out, before it is sent.
    pub fn check(&self) -> Result<(), Outside> {
        let texts = [&self.order_code, &self.description, &self.locale];
        if !self.amount.is_payable() {
            Err(Outside::Impossible("the amount is not above zero, or above every order's"))
        } else if texts.iter().any(|text| text.len() > TEXT_BYTES_MAX) {
            Err(Outside::Impossible("a text is too long"))
        } else if self.return_url.len() > URL_BYTES_MAX {
            Err(Outside::Impossible("the return URL is too long"))
        } else {
            Ok(())
        }
    }
}

/// A payment is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// For [`Provider::check`] and [`Provider::refund`].
    pub provider_ref: ProviderRef,
    /// Where to send the fan's browser.
    pub redirect_url: String,
}

/// What is true of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentState {
    /// Not decided; money may still come, even after the payment's expiry. Ask again.
    Open,
    /// The money is there. Final: refunds do not change it.
    Paid {
        /// When it arrived, by the provider's clock.
        at: Time,
        /// How much; compare with [`Money::settles`] before believing that an order is paid.
        amount: Money,
    },
    /// It will not be paid. Final.
    Failed(Failure),
}

/// Why a payment will not be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The bank said no.
    Declined,
    /// The fan changed their mind.
    Cancelled,
    /// Nobody decided until the payment's expiry.
    Expired,
    /// In the provider's words; stable, never personal.
    Other(String),
}

impl Failure {
    /// Stable and public.
    pub fn code(&self) -> &str {
        match self {
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Other(code) => code,
        }
    }
}

/// A request to give money back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// The idempotency key.
    pub refund_id: RefundId,
    /// Of which payment.
    pub provider_ref: ProviderRef,
    /// How much, in the payment's currency; less than all is fine.
    pub amount: Money,
}

/// How far a refund is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundState {
    /// Accepted; ask again with the same request.
    Pending,
    /// The money is on its way back. Final.
    Done {
        /// Since when, by the provider's clock.
        at: Time,
    },
    /// It will not be given back this way. Final; somebody has to look.
    Failed(RefundFailure),
}

/// Why money is not given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundFailure {
    /// The payment was never paid.
    NotPaid,
    /// Together with the refunds before it is more than was paid.
    AbovePaid {
        /// What can still be given back.
        left_minor: i64,
    },
    /// The payment was in another currency.
    WrongCurrency,
    /// In the provider's words; stable, never personal.
    Other(String),
}

impl RefundFailure {
    /// Stable and public.
    pub fn code(&self) -> &str {
        match self {
            Self::NotPaid => "not-paid",
            Self::AbovePaid { .. } => "above-paid",
            Self::WrongCurrency => "wrong-currency",
            Self::Other(code) => code,
        }
    }
}

/// A provider says that something happened to a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The provider's name for the event: the same for every delivery of it.
    pub event_id: String,
    /// Which payment to check.
    pub provider_ref: ProviderRef,
}
