//! What the test bank knows of one payment, and the pure rules of it.

use frontrow_ledger::Time;
use serde::{Deserialize, Serialize};

use super::delivery::Delivery;
use crate::{
    limits::{AFTER_EXPIRY_MS, LATE_MS_MAX, REFUNDS_PER_PAYMENT_MAX},
    outside::Outside,
    provider::{
        Failure, Money, OpenPayment, PaymentState, ProviderRef, RefundFailure, RefundId,
        RefundRequest, RefundState,
    },
};

/// What the visitor lets the bank do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Pays at once and says so.
    Succeed,
    /// Declines at once and says so.
    Fail,
    /// As if the visitor went back without paying; says so.
    Cancel,
    /// Pays after this long, and says so then.
    SucceedLate {
        /// From now; at most [`LATE_MS_MAX`].
        delay_ms: i64,
    },
    /// Pays when the payment has expired, and every hold with it.
    SucceedAfterExpiry,
    /// Pays at once and says so twice.
    SucceedTwice,
    /// Pays at once and tells nobody: only who asks learns it.
    SucceedSilently,
    /// Never decides: open until the payment expires.
    NeverAnswer,
}

impl Behaviour {
    /// Whether the lateness, if any, is one that the bank knows.
    pub fn is_possible(self) -> bool {
        match self {
            Self::SucceedLate { delay_ms } => (0..=LATE_MS_MAX).contains(&delay_ms),
            _ => true,
        }
    }
}

/// A payment in the bank's books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankPayment {
    /// The bank's name for it.
    pub provider_ref: ProviderRef,
    /// Grows by one with every change.
    pub version: u64,
    /// As it was asked for.
    pub opened: OpenPayment,
    /// What the visitor decided.
    pub fate: Fate,
    /// What was given back, each once.
    pub refunds: Vec<BankRefund>,
}

/// What becomes of a payment. A moment may lie ahead: until then nobody can tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// Nobody chose yet.
    Undecided,
    /// The visitor chose silence.
    Never,
    /// The money arrives at this moment.
    Pays(Time),
    /// The bank said no.
    Declined,
    /// The visitor said no.
    Cancelled,
}

/// A refund in the bank's books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankRefund {
    /// The shop's name for it.
    pub refund_id: RefundId,
    /// How much.
    pub amount: Money,
    /// When.
    pub at: Time,
}

impl BankPayment {
    /// A payment that was just opened.
    pub fn new(provider_ref: ProviderRef, opened: OpenPayment) -> Self {
        Self { provider_ref, version: 0, opened, fate: Fate::Undecided, refunds: Vec::new() }
    }

    /// What is true at a moment.
    pub fn state(&self, now: Time) -> PaymentState {
        match self.fate {
            Fate::Pays(at) if at <= now => PaymentState::Paid { at, amount: self.opened.amount },
            Fate::Declined => PaymentState::Failed(Failure::Declined),
            Fate::Cancelled => PaymentState::Failed(Failure::Cancelled),
            Fate::Undecided | Fate::Never if self.opened.expires_at <= now => {
                PaymentState::Failed(Failure::Expired)
            }
            Fate::Pays(_) | Fate::Undecided | Fate::Never => PaymentState::Open,
        }
    }

    /// Whether the page still offers a choice.
    pub fn is_undecided(&self, now: Time) -> bool {
        self.fate == Fate::Undecided && now < self.opened.expires_at
    }

    /// The payment after a choice, and what the bank will send; nothing if it is decided.
    pub(super) fn choose(&self, behaviour: Behaviour, now: Time) -> Option<(Self, Vec<Delivery>)> {
        if !self.is_undecided(now) {
            return None;
        }
        let after_expiry = self.opened.expires_at.plus_ms(AFTER_EXPIRY_MS);
        let (fate, times) = match behaviour {
            Behaviour::Succeed => (Fate::Pays(now), vec![now]),
            Behaviour::Fail => (Fate::Declined, vec![now]),
            Behaviour::Cancel => (Fate::Cancelled, vec![now]),
            Behaviour::SucceedLate { delay_ms } => {
                let at = now.plus_ms(delay_ms);
                (Fate::Pays(at), vec![at])
            }
            Behaviour::SucceedAfterExpiry => (Fate::Pays(after_expiry), vec![after_expiry]),
            Behaviour::SucceedTwice => (Fate::Pays(now), vec![now, now]),
            Behaviour::SucceedSilently => (Fate::Pays(now), vec![]),
            Behaviour::NeverAnswer => (Fate::Never, vec![]),
        };
        let deliveries = times.into_iter().zip(1..);
        let deliveries = deliveries.map(|(due, n)| Delivery::new(&self.provider_ref, n, due));
        let deliveries = deliveries.collect();
        Some((Self { fate, version: self.version + 1, ..self.clone() }, deliveries))
    }

    /// How a refund stands, and the payment with it if it is new.
    pub(super) fn refund(
        &self,
        request: &RefundRequest,
        now: Time,
    ) -> Result<(RefundState, Option<Self>), Outside> {
        if let Some(before) = self.refunds.iter().find(|r| r.refund_id == request.refund_id) {
            return if before.amount == request.amount {
                Ok((RefundState::Done { at: before.at }, None))
            } else {
                Err(Outside::IdReused)
            };
        }
        if !request.amount.is_payable() || self.refunds.len() >= REFUNDS_PER_PAYMENT_MAX {
            return Err(Outside::Impossible("the amount is not above zero, or too many refunds"));
        }
        if let Some(failure) = self.why_not_refund(request.amount, now) {
            return Ok((RefundState::Failed(failure), None));
        }
        let mut changed = Self { version: self.version + 1, ..self.clone() };
        let refund = BankRefund { refund_id: request.refund_id, amount: request.amount, at: now };
        changed.refunds.push(refund);
        Ok((RefundState::Done { at: now }, Some(changed)))
    }

    fn why_not_refund(&self, amount: Money, now: Time) -> Option<RefundFailure> {
        let PaymentState::Paid { amount: paid, .. } = self.state(now) else {
            return Some(RefundFailure::NotPaid);
        };
        if amount.currency != paid.currency {
            return Some(RefundFailure::WrongCurrency);
        }
        let refunded_minor: i64 = self.refunds.iter().map(|r| r.amount.amount_minor).sum();
        let left_minor = paid.amount_minor - refunded_minor;
        (amount.amount_minor > left_minor).then_some(RefundFailure::AbovePaid { left_minor })
    }
}
