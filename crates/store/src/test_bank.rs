//! The books of the built-in test bank, which plays a payment provider.
//!
//! They are the bank's, not the shop's: nothing here refers to an order or payment of ours. What a payment means is
//! decided by the bank (`payments::test_provider`), so it is a document here; only what is looked for is a column.

use std::collections::HashSet;

use frontrow_ledger::Time;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use serde_json::Value;

use crate::{
    Error, Result, Store,
    connect::Db,
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

/// For many, on PostgreSQL. Of those who add the same one of them has added it.
const INSERT_MISSING: &str = "
    WITH asked AS (SELECT * FROM {asked}), missing AS (
        INSERT INTO test_bank_payments (ref, version, document)
        SELECT p1, p2, p3 FROM asked
        ON CONFLICT DO NOTHING
        RETURNING ref
    )
    SELECT min(n) FROM asked JOIN missing ON ref = p1 GROUP BY ref";

/// For many, on PostgreSQL. Of those who replace the same one of them does.
const REPLACE: &str = "
    WITH replaced AS (
        UPDATE test_bank_payments SET version = p2, document = p3
        FROM {asked}
        WHERE ref = p1 AND version = p2 - 1
        RETURNING n, ref, p4 AS deliveries
    ), told AS (
        INSERT INTO test_bank_deliveries (payment_ref, delivery_id, due_at, attempts, document)
        SELECT replaced.ref, row.* FROM replaced, jsonb_to_recordset(deliveries) AS row (
            delivery_id text, due_at bigint, attempts integer, document jsonb
        )
    )
    SELECT n FROM replaced";

impl Store {
    /// Adds a payment to the bank's books; false if its reference is there.
    pub async fn bank_insert(&self, payment: &BankPayment) -> Result<bool> {
        let row = payment_row(payment)?;
        if let Db::Postgres(postgres) = self.db() {
            let values = [row.r#ref.into(), row.version.into(), row.document.into()];
            return Ok(postgres.change(INSERT_MISSING, values.into()).await?);
        }
        let write = self.write_one().await?;
        let new = rows::insert_missing(&write, vec![row]).await?;
        write.commit().await?;
        Ok(new > 0)
    }

    /// The bank's payment with this reference.
    pub async fn bank_payment(&self, bank_ref: &str) -> Result<Option<BankPayment>> {
        let row = self.find::<test_bank_payments::Entity, _>([bank_ref.into()]).await?;
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
        let deliveries: Vec<_> = deliveries.iter().map(delivery_row).collect::<Result<_>>()?;
        if let Db::Postgres(postgres) = self.db() {
            let deliveries = Value::Array(deliveries.iter().map(delivery_document).collect());
            let values =
                [row.r#ref.into(), row.version.into(), row.document.into(), deliveries.into()];
            return Ok(postgres.change(REPLACE, values.into()).await?);
        }
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

    /// Counts one more attempt of messages that were tried so often: they are due again at a moment, or removed after
    /// the last attempt. Which of them: the others are gone, or somebody else attempted them since they were read.
    pub async fn bank_attempted(
        &self,
        ids: Vec<String>,
        attempts: u32,
        again_at: Option<Time>,
    ) -> Result<HashSet<String>> {
        let attempts = attempts_column(attempts)?;
        let same = test_bank_deliveries::Column::DeliveryId
            .is_in(rows::padded(ids))
            .and(test_bank_deliveries::Column::Attempts.eq(attempts));
        let write = self.write_one().await?;
        let changed = match again_at {
            Some(at) => {
                test_bank_deliveries::Entity::update_many()
                    .col_expr(test_bank_deliveries::Column::DueAt, Expr::value(at.0))
                    .col_expr(test_bank_deliveries::Column::Attempts, Expr::value(attempts + 1))
                    .filter(same)
                    .exec_with_returning(&write)
                    .await?
            }
            None => {
                let gone = test_bank_deliveries::Entity::delete_many().filter(same);
                gone.exec_with_returning(&write).await?
            }
        };
        write.commit().await?;
        Ok(changed.into_iter().map(|row| row.delivery_id).collect())
    }

    /// The shop has the messages; they are forgotten.
    pub async fn bank_remove(&self, ids: Vec<String>) -> Result<()> {
        let write = self.write_one().await?;
        test_bank_deliveries::Entity::delete_many()
            .filter(test_bank_deliveries::Column::DeliveryId.is_in(rows::padded(ids)))
            .exec(&write)
            .await?;
        write.commit().await
    }
}

fn delivery_document(row: &test_bank_deliveries::Model) -> Value {
    serde_json::json!({
        "delivery_id": row.delivery_id,
        "due_at": row.due_at,
        "attempts": row.attempts,
        "document": row.document,
    })
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
        attempts: attempts_column(delivery.attempts)?,
        document: delivery.document.clone(),
    })
}

fn attempts_column(attempts: u32) -> Result<i32> {
    i32::try_from(attempts).map_err(|_| Error::corrupt("test_bank_deliveries", "attempts"))
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
