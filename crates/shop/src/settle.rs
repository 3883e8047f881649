//! The provider's word: heard first, late, twice or never, and each time drawn into the same consequence.
//!
//! A payment that succeeded becomes a ticket or a refund, by itself:
//!
//! 1. It becomes `paid`, unless another payment of the order is: then it goes back. The tables hold that by a unique
//!    index, so two payments of one order cannot both stay.
//! 2. Whoever made it `paid` (or picked it up after a crash) has it for a while and asks the ledger to confirm.
//! 3. Confirmed: the projector settles the payment and makes tickets and mail. Refused (its places are gone): it
//!    becomes `refund-due`, together with the job that gives the money back.
//!
//! Each step is found again by the worker: payments that are due to be looked at, and jobs.

use frontrow_ledger::{
    HoldId, OrderId, Time,
    sale::{Command, Refusal},
};
use frontrow_payments::provider::{self, ProviderRef};
use frontrow_store::{
    jobs::NewJob,
    orders::Order,
    payment_events::{Intake, PaymentEvent},
    payments::{Payment, PaymentChange, PaymentState},
};
use http::HeaderMap;

use crate::{
    Error, Result, Shop,
    checkout::money,
    limits::{
        CHECKS_AFTER_FAILURE_MS, LEDGER_ANSWER_MS, PAYMENT_CHECKS_MS, PAYMENT_OPENING_MS,
        REFUND_OVERDUE_MS, SETTLE_LEASE_MS,
    },
    worker::JOB_PAYMENT_REFUND,
};

/// How far a payment is after its provider was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Nobody has decided yet.
    Waiting,
    /// It will not be paid, as far as the provider knows today.
    Failed,
    /// The money is there, and somebody is about to draw the consequence.
    InProgress,
    /// The order is sold.
    Sold,
    /// The money goes back, or went back.
    Refund,
}

impl Shop {
    /// A provider speaks. `Ok` means that it need not say so again.
    pub async fn webhook(&self, provider: &str, headers: &HeaderMap, body: &[u8]) -> Result<()> {
        let now = self.now();
        let provider = self.provider(provider)?;
        let event = provider.parse_webhook(headers, body, now).map_err(Error::Webhook)?;
        let store = &self.inner.store;
        let reference = event.provider_ref.as_str();
        let payment = store.payment_by_ref(provider.name(), reference).await?;
        // The buyer came back and was quicker, as nearly always: there is nothing left to be done.
        let is_old = payment.as_ref().and_then(concluded).is_some();
        let received = PaymentEvent {
            provider: provider.name().to_owned(),
            event_id: event.event_id,
            payload: serde_json::json!({ "ref": reference }),
            received_at: now,
            processed_at: is_old.then_some(now),
        };
        let intake = store.receive_payment_event(&received).await?;
        if intake == Intake::Processed || (intake == Intake::New && is_old) {
            return Ok(());
        }
        // From here on it cannot get lost: what fails now, the worker does again.
        if let Err(error) = self.heard(&received, payment).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a payment event waits");
        }
        Ok(())
    }

    /// Deals with an event that was received.
    pub(crate) async fn payment_event(&self, event: &PaymentEvent) -> Result<()> {
        let reference = event.payload.get("ref").and_then(serde_json::Value::as_str);
        let reference = reference.unwrap_or_default();
        let payment = self.inner.store.payment_by_ref(&event.provider, reference).await?;
        self.heard(event, payment).await
    }

    /// The event is about this payment, as it was read a moment ago.
    async fn heard(&self, event: &PaymentEvent, payment: Option<Payment>) -> Result<()> {
        // The word may overtake the answer to opening the payment: then the event waits.
        let payment = payment.ok_or(Error::NotFound("payment"))?;
        self.settle(payment, None).await?;
        let store = &self.inner.store;
        store.payment_event_processed(&event.provider, &event.event_id, self.now()).await?;
        Ok(())
    }

    /// The buyer came back from the provider: asks about every payment of the order that is open. True if there is
    /// news, so that the order is to be read again.
    pub async fn payment_returned(&self, order: &Order, payments: &[Payment]) -> Result<bool> {
        let mut news = false;
        for payment in payments {
            if payment.settled_at.is_none() {
                let settled = self.settle(payment.clone(), Some(order)).await?;
                news |= settled != Settled::Waiting;
            }
        }
        Ok(news)
    }

    /// Asks the provider about a payment, as it was read a moment ago, and draws the consequence. May be called any
    /// number of times, by anybody.
    async fn settle(&self, payment: Payment, order: Option<&Order>) -> Result<Settled> {
        if let Some(settled) = concluded(&payment) {
            return Ok(settled);
        }
        match payment.state {
            PaymentState::Paid => {
                let now = self.now();
                let again_at = now.plus_ms(SETTLE_LEASE_MS);
                if self.inner.store.claim_paid_payment(payment.id, now, again_at).await? {
                    Box::pin(self.conclude_again(&payment, again_at)).await
                } else {
                    Ok(Settled::InProgress)
                }
            }
            _ => Box::pin(self.ask(payment, order)).await,
        }
    }

    /// A payment that was due, and is this worker's until then.
    pub(crate) async fn settle_claimed(&self, payment: Payment, until: Time) -> Result<Settled> {
        match payment.state {
            PaymentState::Paid if payment.settled_at.is_none() => {
                Box::pin(self.conclude_again(&payment, until)).await
            }
            // Its job should have carried it out long ago.
            PaymentState::RefundDue => {
                tracing::error!(payment.id = %payment.id, "a refund is overdue");
                self.look_again(&payment, REFUND_OVERDUE_MS).await?;
                self.refund_overdue(&payment).await?;
                Ok(Settled::Refund)
            }
            _ => self.settle(payment, None).await,
        }
    }

    async fn ask(&self, payment: Payment, order: Option<&Order>) -> Result<Settled> {
        let reference = payment.provider_ref.as_deref().map(ProviderRef::parse);
        let Some(Ok(reference)) = reference else {
            // Its page was never shown to anybody, so nobody has paid.
            return self.unopened(&payment).await;
        };
        let provider = self.provider(&payment.provider)?;
        let asked = self.now();
        let checked = provider.check(&reference, asked).await;
        self.provider_answered(asked, checked.is_err());
        match checked? {
            provider::PaymentState::Open => {
                let age_ms = self.now().ms_since(payment.created_at).max(0);
                let wait_ms = (age_ms / 4).clamp(PAYMENT_CHECKS_MS.0, PAYMENT_CHECKS_MS.1);
                self.look_again(&payment, wait_ms).await?;
                Ok(Settled::Waiting)
            }
            provider::PaymentState::Failed(_) => self.failed(&payment).await,
            provider::PaymentState::Paid { amount, .. } => {
                let expected = money(&payment)?;
                if let Err(mismatch) = amount.settles(expected) {
                    let id = payment.id;
                    tracing::error!(payment.id = %id, %mismatch, "a payment does not fit its order");
                    // What came goes back; what came beyond the order is for a person to look at.
                    let same = amount.currency == expected.currency;
                    let arrived = if same { amount } else { expected };
                    let back_minor = arrived.amount_minor.min(expected.amount_minor);
                    return self.give_back(&payment, back_minor, "amount-mismatch").await;
                }
                self.paid(&payment, order).await
            }
        }
    }

    async fn paid(&self, payment: &Payment, order: Option<&Order>) -> Result<Settled> {
        let now = self.now();
        let until = now.plus_ms(SETTLE_LEASE_MS);
        let change = PaymentChange {
            id: payment.id,
            from: UNDECIDED.to_vec(),
            to: PaymentState::Paid,
            next_check_at: Some(until),
            jobs: Vec::new(),
            now,
        };
        match self.inner.store.change_payment(change).await {
            Ok(true) => Box::pin(self.conclude(payment, order, until)).await,
            // Somebody else heard it as well.
            Ok(false) => Ok(Settled::InProgress),
            Err(frontrow_store::Error::Conflict(_)) => {
                self.give_back(payment, payment.amount_minor, "paid-twice").await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Does again what somebody began who did not live to see the end of it, maybe after the sale was projected.
    async fn conclude_again(&self, payment: &Payment, until: Time) -> Result<Settled> {
        let settled = self.conclude(payment, None, until).await?;
        if settled == Settled::Sold {
            self.inner.store.settle_payment(payment.id, self.now()).await?;
        }
        Ok(settled)
    }

    /// Asks the ledger to sell what was paid; the projector settles it together with what it makes of the order. The
    /// caller has the payment for itself until then.
    async fn conclude(
        &self,
        payment: &Payment,
        order: Option<&Order>,
        until: Time,
    ) -> Result<Settled> {
        let read;
        let order = match order {
            Some(order) => order,
            None => {
                read = self.inner.store.order(payment.order_id).await?;
                read.as_ref().ok_or(Error::NotFound("order"))?
            }
        };
        let confirm = Command::Confirm {
            hold: HoldId(order.hold_id.as_u128()),
            order: OrderId(order.id.as_u128()),
        };
        let id = self.confirm_id(payment.id);
        // Before time is looked at, for loading a large sale may take longer than its answer.
        self.sale(order.performance_id).await?;
        if !self.still_ours(payment, until).await? {
            return Ok(Settled::InProgress);
        }
        let mut answer = self.submit(order.performance_id, id, confirm.clone()).await;
        if matches!(answer, Err(Error::Refused(Refusal::CommandReused))) {
            // The id is of this very payment, so it was confirmed before, in the words of another release. The order
            // knows that under any id.
            answer = self.submit(order.performance_id, self.new_command_id(), confirm).await;
        }
        match answer {
            Ok(_) => {
                self.show(order.performance_id).await;
                Ok(Settled::Sold)
            }
            Err(Error::Refused(refusal)) => {
                let (id, refusal) = (payment.id, refusal.code());
                tracing::info!(payment.id = %id, refusal, "late money goes back");
                self.inner.store.fail_order(order.id).await?;
                self.give_back(payment, payment.amount_minor, "places-gone").await
            }
            Err(error) => {
                self.look_again(payment, PAYMENT_CHECKS_MS.0).await?;
                Err(error)
            }
        }
    }

    /// Whether a payment is the caller's for as long as the ledger takes to answer. Who was held up renews the lease,
    /// unless somebody else has taken it meanwhile.
    async fn still_ours(&self, payment: &Payment, until: Time) -> Result<bool> {
        let now = self.now();
        if now.plus_ms(LEDGER_ANSWER_MS) <= until {
            return Ok(true);
        }
        let later = now.plus_ms(SETTLE_LEASE_MS);
        Ok(self.inner.store.renew_paid_payment(payment.id, until, later).await?)
    }

    async fn failed(&self, payment: &Payment) -> Result<Settled> {
        let now = self.now();
        let age_ms = now.ms_since(payment.created_at);
        // Late money may still come for a while.
        let wait = CHECKS_AFTER_FAILURE_MS.iter().find(|wait_ms| **wait_ms > age_ms);
        let next_check_at = wait.map(|wait_ms| payment.created_at.plus_ms(*wait_ms));
        let change = PaymentChange {
            id: payment.id,
            from: vec![PaymentState::Opening, PaymentState::Open],
            to: PaymentState::Failed,
            next_check_at,
            jobs: Vec::new(),
            now,
        };
        if !self.inner.store.change_payment(change).await? {
            self.inner.store.check_payment_at(payment.id, next_check_at).await?;
        }
        Ok(Settled::Failed)
    }

    async fn unopened(&self, payment: &Payment) -> Result<Settled> {
        let age_ms = self.now().ms_since(payment.created_at);
        if age_ms < PAYMENT_OPENING_MS {
            self.look_again(payment, PAYMENT_OPENING_MS).await?;
            return Ok(Settled::Waiting);
        }
        self.failed(payment).await
    }

    /// The money is there and must not stay: it goes back by itself.
    async fn give_back(
        &self,
        payment: &Payment,
        amount_minor: i64,
        reason: &str,
    ) -> Result<Settled> {
        let now = self.now();
        let refund = NewJob {
            kind: JOB_PAYMENT_REFUND.to_owned(),
            key: format!("{}/{now}", payment.id),
            payload: serde_json::json!({
                "payment": payment.id, "amount_minor": amount_minor, "reason": reason,
            }),
            due_at: now,
        };
        let mut from = UNDECIDED.to_vec();
        from.push(PaymentState::Paid);
        let change = PaymentChange {
            id: payment.id,
            from,
            to: PaymentState::RefundDue,
            next_check_at: Some(now.plus_ms(REFUND_OVERDUE_MS)),
            jobs: vec![refund],
            now,
        };
        self.inner.store.change_payment(change).await?;
        self.wake();
        Ok(Settled::Refund)
    }

    async fn look_again(&self, payment: &Payment, wait_ms: i64) -> Result<()> {
        let at = self.now().plus_ms(wait_ms);
        Ok(self.inner.store.check_payment_at(payment.id, Some(at)).await?)
    }
}

/// What became of a payment of which no word of its provider changes anything any more.
fn concluded(payment: &Payment) -> Option<Settled> {
    match payment.state {
        PaymentState::RefundDue | PaymentState::Refunded => Some(Settled::Refund),
        PaymentState::Paid => payment.settled_at.map(|_| Settled::Sold),
        PaymentState::Opening | PaymentState::Open | PaymentState::Failed => None,
    }
}

/// What a payment is before its provider has said that the money is there.
const UNDECIDED: [PaymentState; 3] =
    [PaymentState::Opening, PaymentState::Open, PaymentState::Failed];
