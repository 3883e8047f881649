//! What providers told us, once each: the inbox of webhooks.

use frontrow_ledger::Time;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::Expr,
};
use serde_json::Value;

use crate::{Error, Result, Store, connect::Db, entity::payment_events, limits, rows};

/// One message of a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct PaymentEvent {
    /// Whose.
    pub provider: String,
    /// The provider's id of the message; the same for every delivery of it.
    pub event_id: String,
    /// What it says, without personal data.
    pub payload: Value,
    /// When it first came.
    pub received_at: Time,
    /// When it was dealt with.
    pub processed_at: Option<Time>,
}

/// Whether a message is news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intake {
    /// It came for the first time.
    New,
    /// It came before, but nobody finished with it: somebody is at it, or died over it.
    Unprocessed,
    /// It came before and was dealt with.
    Processed,
}

/// For many, on PostgreSQL. Of those who bring the same one of them has brought it.
const INSERT_MISSING: &str = "
    WITH asked AS (SELECT * FROM {asked}), missing AS (
        INSERT INTO payment_events (provider, event_id, payload, received_at, processed_at)
        SELECT p1, p2, p3, p4, p5 FROM asked
        ON CONFLICT DO NOTHING
        RETURNING provider, event_id
    )
    SELECT min(n) FROM asked JOIN missing ON (provider, event_id) = (p1, p2) GROUP BY provider, event_id";

impl Store {
    /// Keeps a message, as one that was dealt with if it says so. Answer the provider only after this returned: from then
    /// on it cannot get lost.
    pub async fn receive_payment_event(&self, event: &PaymentEvent) -> Result<Intake> {
        let row = payment_events::Model {
            provider: event.provider.clone(),
            event_id: event.event_id.clone(),
            payload: event.payload.clone(),
            received_at: event.received_at.0,
            processed_at: event.processed_at.map(|at| at.0),
        };
        if self.is_news(row).await? {
            return Ok(Intake::New);
        }
        let key = [event.provider.as_str().into(), event.event_id.as_str().into()];
        let row = self.find::<payment_events::Entity, _>(key).await?;
        let row = row.ok_or(Error::corrupt("payment_events", "event_id"))?;
        Ok(if row.processed_at.is_some() { Intake::Processed } else { Intake::Unprocessed })
    }

    async fn is_news(&self, row: payment_events::Model) -> Result<bool> {
        if let Db::Postgres(postgres) = self.db() {
            let values = [
                row.provider.into(),
                row.event_id.into(),
                row.payload.into(),
                row.received_at.into(),
                row.processed_at.into(),
            ];
            return Ok(postgres.change(INSERT_MISSING, values.into()).await?);
        }
        let write = self.write_one().await?;
        let new = rows::insert_missing(&write, vec![row]).await?;
        write.commit().await?;
        Ok(new == 1)
    }

    /// A message was dealt with. False if it was before.
    pub async fn payment_event_processed(
        &self,
        provider: &str,
        event_id: &str,
        now: Time,
    ) -> Result<bool> {
        // Of those that are open there is an index, and PostgreSQL may walk through it instead.
        let processed = "UPDATE payment_events SET processed_at = $3
            WHERE provider = $1 AND event_id = $2 AND coalesce(processed_at, 0) = 0";
        let values = [provider.into(), event_id.into(), now.0.into()];
        self.change(processed, values).await
    }

    /// Messages that came before `before` and that nobody finished with, oldest first.
    pub async fn unprocessed_payment_events(&self, before: Time) -> Result<Vec<PaymentEvent>> {
        let rows = payment_events::Entity::find()
            .filter(payment_events::Column::ProcessedAt.is_null())
            .filter(payment_events::Column::ReceivedAt.lt(before.0))
            .order_by_asc(payment_events::Column::ReceivedAt)
            .limit(u64::from(limits::CLAIM_MAX))
            .all(self.db())
            .await?;
        Ok(rows.into_iter().map(PaymentEvent::from).collect())
    }

    /// Forgets some messages that were dealt with before a moment, which is longer ago than any provider repeats
    /// itself; call again until it answers zero.
    pub async fn purge_payment_events(&self, processed_before: Time) -> Result<u64> {
        let key = [payment_events::Column::Provider, payment_events::Column::EventId];
        let old = payment_events::Entity::find()
            .select_only()
            .columns(key)
            .filter(payment_events::Column::ProcessedAt.lt(processed_before.0))
            .order_by_asc(payment_events::Column::ProcessedAt)
            .limit(limits::PURGE_MAX);
        let write = self.write_one().await?.long();
        let purged = payment_events::Entity::delete_many()
            .filter(Expr::tuple(key.map(Expr::col)).in_subquery(old.into_query()))
            .exec(&write)
            .await?;
        write.commit().await?;
        Ok(purged.rows_affected)
    }
}

impl From<payment_events::Model> for PaymentEvent {
    fn from(row: payment_events::Model) -> Self {
        Self {
            provider: row.provider,
            event_id: row.event_id,
            payload: row.payload,
            received_at: Time(row.received_at),
            processed_at: rows::moment(row.processed_at),
        }
    }
}
