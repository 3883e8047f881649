//! The books of the built-in test bank, which plays a payment provider.
//!
//! They are the bank's, not the shop's: nothing here refers to an order or payment of ours. What a payment means is
//! decided by the bank (`payments::test_provider`), so it is a document here; only what is looked for is a column.

use frontrow_ledger::Time;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use serde_json::Value;

use crate::{
    Error, Result, Store,
    entity::{test_bank_deliveries, test_bank_payments},
    limits, rows,
};

/// A payment at the test bank.
#[derive(Debug, Clone, PartialEq)]
pub struct BankPayment {
    /// The bank's name for it.
    pub bank_ref: String,
    /// Grows by one with every change.
    pub version: u64,
    /// What the bank knows of it.
    pub document: Value,
}

/// A message that the bank owes the shop.
#[derive(Debug, Clone, PartialEq)]
pub struct BankDelivery {
    /// Unique: a message that is delivered twice is two of these.
    pub delivery_id: String,
    /// About which payment.
    pub bank_ref: String,
    /// When to deliver it.
    pub due_at: Time,
    /// How often delivery was tried.
    pub attempts: u32,
    /// What it says.
    pub document: Value,
}

impl Store {
    /// Adds a payment to the bank's books; false if its reference is there.
    pub async fn bank_insert(&self, payment: &BankPayment) -> Result<bool> {
        let write = self.write_one().await?;
        let new = rows::insert_missing(&write, vec![payment_row(payment)?]).await?;
        write.commit().await?;
        Ok(new > 0)
    }

    /// The bank's payment with this reference.
    pub async fn bank_payment(&self, bank_ref: &str) -> Result<Option<BankPayment>> {
        let row = test_bank_payments::Entity::find_by_id(bank_ref).one(self.db()).await?;
        row.map(BankPayment::try_from).transpose()
    }

    /// Replaces a payment whose stored version is one below, and adds what the bank will tell the shop of it. False,
    /// changing nothing, if it has another version.
    pub async fn bank_replace(
        &self,
        payment: &BankPayment,
        deliveries: &[BankDelivery],
    ) -> Result<bool> {
        let row = payment_row(payment)?;
        let write = self.write().await?;
        let replaced = test_bank_payments::Entity::update_many()
            .col_expr(test_bank_payments::Column::Version, Expr::value(row.version))
            .col_expr(test_bank_payments::Column::Document, Expr::value(row.document))
            .filter(test_bank_payments::Column::Ref.eq(&payment.bank_ref))
            .filter(test_bank_payments::Column::Version.eq(row.version - 1))
            .exec(&write.tx)
            .await?;
        if replaced.rows_affected == 0 {
            return Ok(false);
        }
        let deliveries = deliveries.iter().map(delivery_row).collect::<Result<_>>()?;
        rows::insert(&write.tx, deliveries).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Messages that are due, the longest due first.
    pub async fn bank_due(&self, now: Time, limit: u32) -> Result<Vec<BankDelivery>> {
        let rows = test_bank_deliveries::Entity::find()
            .filter(test_bank_deliveries::Column::DueAt.lte(now.0))
            .order_by_asc(test_bank_deliveries::Column::DueAt)
            .limit(u64::from(limit.clamp(1, limits::CLAIM_MAX)))
            .all(self.db())
            .await?;
        rows.into_iter().map(BankDelivery::try_from).collect()
    }

    /// Replaces a message by what it is after one more attempt, or removes it after the last. False, changing
    /// nothing, if somebody else attempted it since it was read.
    pub async fn bank_reschedule(
        &self,
        before: &BankDelivery,
        after: Option<&BankDelivery>,
    ) -> Result<bool> {
        let write = self.write_one().await?;
        let changed = reschedule(&write, before, after).await?;
        write.commit().await?;
        Ok(changed)
    }

    /// The shop has the message; it is forgotten.
    pub async fn bank_remove(&self, delivery_id: &str) -> Result<()> {
        let write = self.write_one().await?;
        test_bank_deliveries::Entity::delete_by_id(delivery_id).exec(&write).await?;
        write.commit().await
    }
}

async fn reschedule(
    tx: &impl ConnectionTrait,
    before: &BankDelivery,
    after: Option<&BankDelivery>,
) -> Result<bool> {
    let before = delivery_row(before)?;
    let same = test_bank_deliveries::Column::DeliveryId
        .eq(before.delivery_id)
        .and(test_bank_deliveries::Column::Attempts.eq(before.attempts));
    let Some(after) = after else {
        let gone = test_bank_deliveries::Entity::delete_many().filter(same).exec(tx).await?;
        return Ok(gone.rows_affected > 0);
    };
    let after = delivery_row(after)?;
    let changed = test_bank_deliveries::Entity::update_many()
        .col_expr(test_bank_deliveries::Column::DueAt, Expr::value(after.due_at))
        .col_expr(test_bank_deliveries::Column::Attempts, Expr::value(after.attempts))
        .col_expr(test_bank_deliveries::Column::Document, Expr::value(after.document))
        .filter(same)
        .exec(tx)
        .await?;
    Ok(changed.rows_affected > 0)
}

fn payment_row(payment: &BankPayment) -> Result<test_bank_payments::Model> {
    Ok(test_bank_payments::Model {
        r#ref: payment.bank_ref.clone(),
        version: i64::try_from(payment.version)
            .map_err(|_| Error::corrupt("test_bank_payments", "version"))?,
        document: payment.document.clone(),
    })
}

fn delivery_row(delivery: &BankDelivery) -> Result<test_bank_deliveries::Model> {
    Ok(test_bank_deliveries::Model {
        delivery_id: delivery.delivery_id.clone(),
        payment_ref: delivery.bank_ref.clone(),
        due_at: delivery.due_at.0,
        attempts: i32::try_from(delivery.attempts)
            .map_err(|_| Error::corrupt("test_bank_deliveries", "attempts"))?,
        document: delivery.document.clone(),
    })
}

impl TryFrom<test_bank_payments::Model> for BankPayment {
    type Error = Error;

    fn try_from(row: test_bank_payments::Model) -> Result<Self> {
        let version = u64::try_from(row.version)
            .map_err(|_| Error::corrupt("test_bank_payments", "version"))?;
        Ok(Self { bank_ref: row.r#ref, version, document: row.document })
    }
}

impl TryFrom<test_bank_deliveries::Model> for BankDelivery {
    type Error = Error;

    fn try_from(row: test_bank_deliveries::Model) -> Result<Self> {
        Ok(Self {
            delivery_id: row.delivery_id,
            bank_ref: row.payment_ref,
            due_at: Time(row.due_at),
            attempts: u32::try_from(row.attempts)
                .map_err(|_| Error::corrupt("test_bank_deliveries", "attempts"))?,
            document: row.document,
        })
    }
}
