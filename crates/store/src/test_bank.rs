//! The books of the built-in test bank, which plays a payment provider.
//!
//! They are the bank's, not the shop's: nothing here refers to an order or payment of ours but by the text that the
//! bank was given.

use frontrow_ledger::Time;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};
use serde_json::Value;

use crate::{
    Error, Result, Store,
    entity::{test_bank_deliveries, test_bank_payments, test_bank_refunds},
    limits, rows,
    text_enum::text_enum,
};

text_enum! {
    /// How far a payment at the test bank is.
    BankState in "test_bank_payments"."state" {
        /// The buyer has not decided.
        Open = "open",
        /// The buyer paid.
        Paid = "paid",
        /// The buyer cancelled, or was declined.
        Failed = "failed",
    }
}

/// A payment at the test bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankPayment {
    /// The bank's name for it.
    pub bank_ref: String,
    /// Chosen by the shop: asking again with it opens nothing new.
    pub idempotency_key: String,
    /// The shop's name for it, shown to the buyer.
    pub order_ref: String,
    /// How much.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// How far.
    pub state: BankState,
    /// Where the buyer goes afterwards.
    pub return_url: String,
    /// When it was opened.
    pub created_at: Time,
}

/// A message that the bank owes the shop.
#[derive(Debug, Clone, PartialEq)]
pub struct BankDelivery {
    /// The message's id; a message that is delivered twice has it twice.
    pub event_id: String,
    /// About which payment.
    pub bank_ref: String,
    /// What it says.
    pub payload: Value,
    /// When to deliver it.
    pub due_at: Time,
    /// How often delivery was tried.
    pub attempts: u32,
}

/// Money that the bank gave back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankRefund {
    /// The bank's name for it.
    pub bank_ref: String,
    /// Chosen by the shop: asking again with it gives nothing back twice.
    pub idempotency_key: String,
    /// Of which payment.
    pub payment_ref: String,
    /// How much.
    pub amount_minor: i64,
    /// When.
    pub created_at: Time,
}

impl Store {
    /// Opens a payment at the bank; with a known idempotency key, the one that is there.
    pub async fn bank_open(&self, new: BankPayment) -> Result<BankPayment> {
        let row = test_bank_payments::Model {
            r#ref: new.bank_ref,
            idempotency_key: new.idempotency_key.clone(),
            order_ref: new.order_ref,
            amount_minor: new.amount_minor,
            currency: new.currency,
            state: new.state.as_str().to_owned(),
            return_url: new.return_url,
            created_at: new.created_at.0,
        };
        let write = self.write().await?;
        rows::insert_missing(&write.tx, vec![row]).await?;
        let row = test_bank_payments::Entity::find()
            .filter(test_bank_payments::Column::IdempotencyKey.eq(new.idempotency_key))
            .one(&write.tx)
            .await?;
        write.commit().await?;
        row.ok_or_else(|| Error::Conflict("the bank has this reference".into()))?.try_into()
    }

    /// The bank's payment with this name.
    pub async fn bank_payment(&self, bank_ref: &str) -> Result<Option<BankPayment>> {
        let row = test_bank_payments::Entity::find_by_id(bank_ref).one(self.db()).await?;
        row.map(BankPayment::try_from).transpose()
    }

    /// The buyer decided: changes an open payment's state, if a state is given, and schedules what the bank will
    /// tell the shop. False, changing nothing, if it is not open.
    pub async fn bank_decide(
        &self,
        bank_ref: &str,
        state: BankState,
        deliveries: &[BankDelivery],
    ) -> Result<bool> {
        let write = self.write().await?;
        let decided = test_bank_payments::Entity::update_many()
            .col_expr(test_bank_payments::Column::State, Expr::value(state.as_str()))
            .filter(test_bank_payments::Column::Ref.eq(bank_ref))
            .filter(test_bank_payments::Column::State.eq(BankState::Open.as_str()))
            .exec(&write.tx)
            .await?;
        if decided.rows_affected == 0 {
            return Ok(false);
        }
        let row = |delivery: &BankDelivery| test_bank_deliveries::Model {
            event_id: delivery.event_id.clone(),
            payment_ref: bank_ref.to_owned(),
            payload: delivery.payload.clone(),
            due_at: delivery.due_at.0,
            attempts: 0,
            delivered_at: None,
        };
        rows::insert(&write.tx, deliveries.iter().map(row).collect()).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Messages that are due; each is due again at `again_at` unless it is marked as delivered.
    pub async fn bank_claim_deliveries(
        &self,
        now: Time,
        again_at: Time,
        limit: u32,
    ) -> Result<Vec<BankDelivery>> {
        let due = test_bank_deliveries::Entity::find()
            .filter(test_bank_deliveries::Column::DeliveredAt.is_null())
            .filter(test_bank_deliveries::Column::DueAt.lte(now.0))
            .order_by_asc(test_bank_deliveries::Column::DueAt)
            .limit(u64::from(limit.clamp(1, limits::CLAIM_MAX)));
        if due.clone().limit(1).one(self.db()).await?.is_none() {
            return Ok(Vec::new());
        }
        let write = self.write().await?;
        let due = due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        let rows = due.all(&write.tx).await?;
        test_bank_deliveries::Entity::update_many()
            .col_expr(test_bank_deliveries::Column::DueAt, Expr::value(again_at.0))
            .col_expr(
                test_bank_deliveries::Column::Attempts,
                Expr::col(test_bank_deliveries::Column::Attempts).add(1),
            )
            .filter(
                test_bank_deliveries::Column::EventId
                    .is_in(rows.iter().map(|row| row.event_id.clone())),
            )
            .exec(&write.tx)
            .await?;
        write.commit().await?;
        rows.into_iter().map(BankDelivery::try_from).collect()
    }

    /// The shop has the message.
    pub async fn bank_delivered(&self, event_id: &str, now: Time) -> Result<()> {
        let write = self.write().await?;
        test_bank_deliveries::Entity::update_many()
            .col_expr(test_bank_deliveries::Column::DeliveredAt, Expr::value(now.0))
            .filter(test_bank_deliveries::Column::EventId.eq(event_id))
            .exec(&write.tx)
            .await?;
        write.commit().await
    }

    /// Gives money back; with a known idempotency key, the refund that is there. `None` if the payment is not paid
    /// or has less than that left.
    pub async fn bank_refund(&self, new: BankRefund) -> Result<Option<BankRefund>> {
        let write = self.write().await?;
        let payment = test_bank_payments::Entity::find_by_id(&*new.payment_ref).lock_exclusive();
        let payment = payment.one(&write.tx).await?;
        let refunds = test_bank_refunds::Entity::find()
            .filter(test_bank_refunds::Column::PaymentRef.eq(&new.payment_ref))
            .all(&write.tx)
            .await?;
        let known = |row: &&test_bank_refunds::Model| row.idempotency_key == new.idempotency_key;
        if let Some(row) = refunds.iter().find(known) {
            return Ok(Some(row.clone().into()));
        }
        let paid = payment
            .filter(|row| row.state == BankState::Paid.as_str())
            .map_or(0, |row| row.amount_minor);
        let given: i64 = refunds.iter().map(|row| row.amount_minor).sum();
        if new.amount_minor <= 0 || new.amount_minor > paid - given {
            return Ok(None);
        }
        let row = test_bank_refunds::Model {
            r#ref: new.bank_ref.clone(),
            idempotency_key: new.idempotency_key.clone(),
            payment_ref: new.payment_ref.clone(),
            amount_minor: new.amount_minor,
            created_at: new.created_at.0,
        };
        rows::insert(&write.tx, vec![row]).await?;
        write.commit().await?;
        Ok(Some(new))
    }

    /// What the bank gave back of a payment.
    pub async fn bank_refunds(&self, bank_ref: &str) -> Result<Vec<BankRefund>> {
        let rows = test_bank_refunds::Entity::find()
            .filter(test_bank_refunds::Column::PaymentRef.eq(bank_ref))
            .order_by_asc(test_bank_refunds::Column::CreatedAt)
            .limit(u64::from(limits::PAGE_MAX))
            .all(self.db())
            .await?;
        Ok(rows.into_iter().map(BankRefund::from).collect())
    }
}

impl TryFrom<test_bank_payments::Model> for BankPayment {
    type Error = Error;

    fn try_from(row: test_bank_payments::Model) -> Result<Self> {
        Ok(Self {
            bank_ref: row.r#ref,
            idempotency_key: row.idempotency_key,
            order_ref: row.order_ref,
            amount_minor: row.amount_minor,
            currency: row.currency,
            state: BankState::read(&row.state)?,
            return_url: row.return_url,
            created_at: Time(row.created_at),
        })
    }
}

impl TryFrom<test_bank_deliveries::Model> for BankDelivery {
    type Error = Error;

    fn try_from(row: test_bank_deliveries::Model) -> Result<Self> {
        Ok(Self {
            event_id: row.event_id,
            bank_ref: row.payment_ref,
            payload: row.payload,
            due_at: Time(row.due_at),
            attempts: u32::try_from(row.attempts)
                .map_err(|_| Error::corrupt("test_bank_deliveries", "attempts"))?,
        })
    }
}

impl From<test_bank_refunds::Model> for BankRefund {
    fn from(row: test_bank_refunds::Model) -> Self {
        Self {
            bank_ref: row.r#ref,
            idempotency_key: row.idempotency_key,
            payment_ref: row.payment_ref,
            amount_minor: row.amount_minor,
            created_at: Time(row.created_at),
        }
    }
}
