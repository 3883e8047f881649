//! Money on its way back: carried out by jobs, each cause once.

use frontrow_ledger::OrderId;
use frontrow_payments::provider::{Money, ProviderRef, RefundId, RefundRequest, RefundState};
use frontrow_store::{
    jobs::NewJob,
    payments::{Payment, PaymentChange, PaymentState},
    refunds::{NewRefund, RefundOutcome},
};
use uuid::Uuid;

use crate::{
    Error, Result, Shop,
    checkout::money,
    random,
    worker::{Done, JOB_MAIL_REFUNDED, JOB_REFUND},
};

impl Shop {
    /// A payment must not stay: writes its refund.
    pub(crate) async fn refund_payment(
        &self,
        payment: Uuid,
        amount_minor: i64,
        reason: &str,
    ) -> Result<Done> {
        let payment = self.inner.store.payment(payment).await?;
        let payment = payment.ok_or(Error::NotFound("payment"))?;
        if payment.state != PaymentState::RefundDue {
            return Ok(Done::Finished);
        }
        if self.is_sold(&payment).await? && self.keep(&payment).await? {
            return Ok(Done::Finished);
        }
        self.write_refund(self.refund_id(&payment), &payment, amount_minor, reason).await
    }

    /// The jobs of a refund were given up, or never written: does what they should have done.
    pub(crate) async fn refund_overdue(&self, payment: &Payment) -> Result<()> {
        let id = self.refund_id(payment);
        if self.inner.store.refund(id).await?.is_none() {
            self.refund_payment(payment.id, payment.amount_minor, "overdue").await?;
        }
        match self.inner.store.refund(id).await? {
            Some(refund) if refund.state == frontrow_store::refunds::RefundState::Due => {
                self.carry_out_refund(id).await.map(|_| ())
            }
            _ => Ok(()),
        }
    }

    /// One payment goes back whole at most once.
    fn refund_id(&self, payment: &Payment) -> Uuid {
        random::custom_uuid(self.derive("refund", "payment", &[payment.id.as_bytes()]))
    }

    /// The ledger has sold the order after all: whoever decided to give the money back was overtaken. The money stays,
    /// if no other payment has paid the order.
    async fn keep(&self, payment: &Payment) -> Result<bool> {
        let now = self.now();
        let change = PaymentChange {
            id: payment.id,
            from: vec![PaymentState::RefundDue],
            to: PaymentState::Paid,
            next_check_at: Some(now),
            jobs: Vec::new(),
            now,
        };
        match self.inner.store.change_payment(change).await {
            Ok(kept) => Ok(kept),
            Err(frontrow_store::Error::Conflict(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn is_sold(&self, payment: &Payment) -> Result<bool> {
        let order = self.inner.store.order(payment.order_id).await?;
        let order = order.ok_or(Error::NotFound("order"))?;
        let id = OrderId(order.id.as_u128());
        self.look_now(order.performance_id, |book| book.order(id).is_some()).await
    }

    /// Writes a refund together with the job that carries it out.
    pub(crate) async fn write_refund(
        &self,
        id: Uuid,
        payment: &Payment,
        amount_minor: i64,
        reason: &str,
    ) -> Result<Done> {
        let now = self.now();
        let job = NewJob {
            kind: JOB_REFUND.to_owned(),
            key: id.to_string(),
            payload: serde_json::json!({ "refund": id }),
            due_at: now,
        };
        let refund = NewRefund {
            id,
            payment_id: payment.id,
            amount_minor,
            reason: reason.to_owned(),
            jobs: vec![job],
            created_at: now,
        };
        if let RefundOutcome::OverAmount { left_minor } =
            self.inner.store.create_refund(refund).await?
        {
            let id = payment.id;
            tracing::error!(payment.id = %id, amount_minor, left_minor, "a refund exceeds its payment");
        }
        self.wake();
        Ok(Done::Finished)
    }

    /// Asks the provider to give money back.
    pub(crate) async fn carry_out_refund(&self, refund: Uuid) -> Result<Done> {
        let refund = self.inner.store.refund(refund).await?.ok_or(Error::NotFound("refund"))?;
        let payment = self.inner.store.payment(refund.payment_id).await?;
        let payment = payment.ok_or(Error::NotFound("payment"))?;
        let reference = payment.provider_ref.as_deref().unwrap_or_default();
        let provider_ref =
            ProviderRef::parse(reference).map_err(|_| Error::NotFound("payment reference"))?;
        let currency = money(&payment)?.currency;
        let request = RefundRequest {
            refund_id: RefundId(refund.id),
            provider_ref,
            amount: Money { amount_minor: refund.amount_minor, currency },
        };
        self.inner.store.refund_attempted(refund.id, self.now()).await?;
        let provider = self.provider(&payment.provider)?;
        match provider.refund(&request, self.now()).await? {
            RefundState::Pending => Ok(Done::Later),
            RefundState::Done { .. } => {
                let now = self.now();
                self.inner.store.refund_done(refund.id, &refund.id.to_string(), now).await?;
                self.refunded(&payment).await?;
                Ok(Done::Finished)
            }
            RefundState::Failed(failure) => {
                let id = refund.id;
                tracing::error!(refund.id = %id, ?failure, "a refund failed, somebody has to look");
                self.inner.store.refund_failed(refund.id, self.now()).await?;
                Ok(Done::Finished)
            }
        }
    }

    /// A whole payment went back: the buyer is told. (Of a cancellation, they were told when it was decided.)
    async fn refunded(&self, payment: &Payment) -> Result<()> {
        let now = self.now();
        let mail = NewJob {
            kind: JOB_MAIL_REFUNDED.to_owned(),
            key: payment.id.to_string(),
            payload: serde_json::json!({ "payment": payment.id }),
            due_at: now,
        };
        let change = PaymentChange {
            id: payment.id,
            from: vec![PaymentState::RefundDue],
            to: PaymentState::Refunded,
            next_check_at: None,
            jobs: vec![mail],
            now,
        };
        self.inner.store.change_payment(change).await?;
        Ok(())
    }
}
