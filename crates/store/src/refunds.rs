//! Money on its way back.

use frontrow_ledger::Time;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    Error, Result, Store,
    entity::{payments, refunds},
    jobs::{self, NewJob},
    limits, rows,
    text_enum::text_enum,
};

text_enum! {
    /// How far a refund is.
    RefundState in "refunds"."state" {
        /// To be asked of the provider.
        Due = "due",
        /// The provider has it.
        Done = "done",
        /// The provider will not; a person has to look.
        Failed = "failed",
    }
}

/// A refund to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRefund {
    /// Which; also the idempotency key at the provider. Derive it from the cause, so that one cause refunds once.
    pub id: Uuid,
    /// Of which payment.
    pub payment_id: Uuid,
    /// How much.
    pub amount_minor: i64,
    /// Why, as a word.
    pub reason: String,
    /// What carries it out, written in the same transaction.
    pub jobs: Vec<NewJob>,
    /// Now.
    pub created_at: Time,
}

/// A refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Which.
    pub id: Uuid,
    /// Of which payment.
    pub payment_id: Uuid,
    /// How much.
    pub amount_minor: i64,
    /// Why, as a word.
    pub reason: String,
    /// How far.
    pub state: RefundState,
    /// The provider's name for it.
    pub provider_ref: Option<String>,
    /// How often the provider was asked.
    pub attempts: u32,
    /// When it was written.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

/// What came of writing a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    /// It is written, now or before.
    Written(Refund),
    /// The payment has less than that left, or there is no such payment.
    OverAmount {
        /// What could still be refunded.
        left_minor: i64,
    },
}

impl Store {
    /// Writes a refund and what carries it out, never more in sum than the payment. Writing the same id again gives
    /// the one that is there.
    pub async fn create_refund(&self, new: NewRefund) -> Result<RefundOutcome> {
        let write = self.write().await?;
        // Two refunds of one payment must not both see the same money.
        let payment = payments::Entity::find_by_id(new.payment_id).lock_exclusive();
        let amount_minor = payment.one(&write.tx).await?.map_or(0, |row| row.amount_minor);
        if let Some(row) = refunds::Entity::find_by_id(new.id).one(&write.tx).await? {
            return Ok(RefundOutcome::Written(row.try_into()?));
        }
        let left_minor = amount_minor - refunded(&write.tx, new.payment_id).await?;
        if new.amount_minor > left_minor || new.amount_minor <= 0 {
            return Ok(RefundOutcome::OverAmount { left_minor });
        }
        let row = refunds::Model {
            id: new.id,
            payment_id: new.payment_id,
            amount_minor: new.amount_minor,
            reason: new.reason,
            state: RefundState::Due.as_str().to_owned(),
            provider_ref: None,
            attempts: 0,
            created_at: new.created_at.0,
            updated_at: new.created_at.0,
        };
        rows::insert(&write.tx, vec![row.clone()]).await?;
        jobs::enqueue(&write.tx, &new.jobs, new.created_at).await?;
        write.commit().await?;
        Ok(RefundOutcome::Written(row.try_into()?))
    }

    /// The refund with this id.
    pub async fn refund(&self, id: Uuid) -> Result<Option<Refund>> {
        let row = refunds::Entity::find_by_id(id).one(self.db()).await?;
        row.map(Refund::try_from).transpose()
    }

    /// The refunds of a payment, oldest first.
    pub async fn refunds_of_payment(&self, payment_id: Uuid) -> Result<Vec<Refund>> {
        let rows = refunds::Entity::find()
            .filter(refunds::Column::PaymentId.eq(payment_id))
            .order_by_asc(refunds::Column::CreatedAt)
            .order_by_asc(refunds::Column::Id)
            .limit(u64::from(limits::PAGE_MAX))
            .all(self.db())
            .await?;
        rows.into_iter().map(Refund::try_from).collect()
    }

    /// The provider is about to be asked once more.
    pub async fn refund_attempted(&self, id: Uuid, now: Time) -> Result<()> {
        let write = self.write_one().await?;
        refunds::Entity::update_many()
            .col_expr(refunds::Column::Attempts, Expr::col(refunds::Column::Attempts).add(1))
            .col_expr(refunds::Column::UpdatedAt, Expr::value(now.0))
            .filter(refunds::Column::Id.eq(id))
            .exec(&write)
            .await?;
        write.commit().await
    }

    /// The provider has the refund, under this name. False if it was not due any more.
    pub async fn refund_done(&self, id: Uuid, provider_ref: &str, now: Time) -> Result<bool> {
        self.finish_refund(id, RefundState::Done, Some(provider_ref), now).await
    }

    /// The provider will not. False if it was not due any more.
    pub async fn refund_failed(&self, id: Uuid, now: Time) -> Result<bool> {
        self.finish_refund(id, RefundState::Failed, None, now).await
    }

    async fn finish_refund(
        &self,
        id: Uuid,
        state: RefundState,
        provider_ref: Option<&str>,
        now: Time,
    ) -> Result<bool> {
        let write = self.write().await?;
        let done = refunds::Entity::update_many()
            .col_expr(refunds::Column::State, Expr::value(state.as_str()))
            .col_expr(refunds::Column::ProviderRef, Expr::value(provider_ref))
            .col_expr(refunds::Column::UpdatedAt, Expr::value(now.0))
            .filter(refunds::Column::Id.eq(id))
            .filter(refunds::Column::State.eq(RefundState::Due.as_str()))
            .exec(&write.tx)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected == 1)
    }
}

/// What went back of a payment, or is about to. A failed refund gave nothing back.
async fn refunded(db: &impl ConnectionTrait, payment_id: Uuid) -> Result<i64> {
    let amounts: Vec<i64> = refunds::Entity::find()
        .select_only()
        .column(refunds::Column::AmountMinor)
        .filter(refunds::Column::PaymentId.eq(payment_id))
        .filter(refunds::Column::State.ne(RefundState::Failed.as_str()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(amounts.into_iter().sum())
}

impl TryFrom<refunds::Model> for Refund {
    type Error = Error;

    fn try_from(row: refunds::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            payment_id: row.payment_id,
            amount_minor: row.amount_minor,
            reason: row.reason,
            state: RefundState::read(&row.state)?,
            provider_ref: row.provider_ref,
            attempts: u32::try_from(row.attempts)
                .map_err(|_| Error::corrupt("refunds", "attempts"))?,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        })
    }
}
