//! Money on its way in.
//!
//! A payment's state says what the provider told us; `settled_at` says that the shop has drawn the consequence (the
//! order is confirmed, or the money is on its way back). Every change names the states it starts from, so that words
//! of the provider that arrive twice or out of order change nothing the second time.

use std::sync::LazyLock;

use frontrow_ledger::Time;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    Value,
    sea_query::{Expr, LockBehavior, LockType},
};
use uuid::Uuid;

use crate::{
    Error, Result, Store,
    entity::payments,
    jobs::{self, NewJob},
    limits, rows, sql,
    text_enum::text_enum,
};

text_enum! {
    /// How far a payment is.
    PaymentState in "payments"."state" {
        /// Being opened at the provider; it may or may not know of it.
        Opening = "opening",
        /// The buyer can pay.
        Open = "open",
        /// The money is there.
        Paid = "paid",
        /// It was declined, abandoned or ran out of time. Late money may still make it paid.
        Failed = "failed",
        /// The money is there and has to go back.
        RefundDue = "refund-due",
        /// The money went back.
        Refunded = "refunded",
    }
}

/// A payment to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// Which; also the idempotency key at the provider.
    pub id: Uuid,
    /// For which order.
    pub order_id: Uuid,
    /// The provider's name.
    pub provider: String,
    /// How much.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// The buyer cannot pay after this; money may come later all the same.
    pub expires_at: Time,
    /// When to ask the provider, if it does not tell before.
    pub next_check_at: Time,
    /// Now.
    pub created_at: Time,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Which.
    pub id: Uuid,
    /// For which order.
    pub order_id: Uuid,
    /// The provider's name.
    pub provider: String,
    /// The provider's name for it, once it is open.
    pub provider_ref: Option<String>,
    /// Where the buyer pays, once it is open.
    pub page_url: Option<String>,
    /// How much.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// What the provider told.
    pub state: PaymentState,
    /// The buyer cannot pay after this.
    pub expires_at: Time,
    /// When the shop had drawn the consequence.
    pub settled_at: Option<Time>,
    /// When to look at it again; `None` means there is nothing to wait for.
    pub next_check_at: Option<Time>,
    /// How often it was looked at.
    pub attempts: u32,
    /// When it was written.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

/// A change of a payment; see [`Store::change_payment`].
#[derive(Debug, Clone)]
pub struct PaymentChange {
    /// Which.
    pub id: Uuid,
    /// It happens only from one of these.
    pub from: Vec<PaymentState>,
    /// What it becomes.
    pub to: PaymentState,
    /// When to look at it again; `None` means there is nothing to wait for.
    pub next_check_at: Option<Time>,
    /// What it leads to, written in the same transaction.
    pub jobs: Vec<NewJob>,
    /// Now.
    pub now: Time,
}

static BY_REF: LazyLock<String> = LazyLock::new(|| {
    sql::select::<payments::Entity>() + " WHERE provider = $1 AND provider_ref = $2"
});

static OF_ORDER: LazyLock<String> = LazyLock::new(|| {
    let (select, most) = (sql::select::<payments::Entity>(), limits::PAYMENTS_PER_ORDER_MAX);
    format!("{select} WHERE order_id = $1 ORDER BY created_at, id LIMIT {most}")
});

impl Store {
    /// Writes a payment as [`PaymentState::Opening`]. Writing the same id again gives the one that is there.
    pub async fn create_payment(&self, new: NewPayment) -> Result<Payment> {
        let row = opening(&new);
        let write = self.write_one().await?;
        let of_order = payments::Entity::find()
            .filter(payments::Column::OrderId.eq(new.order_id))
            .limit(limits::PAYMENTS_PER_ORDER_MAX)
            .all(&write)
            .await?;
        let is_full = of_order.len() as u64 >= limits::PAYMENTS_PER_ORDER_MAX;
        if let Some(row) = of_order.into_iter().find(|row| row.id == new.id) {
            return row.try_into();
        }
        if is_full {
            return Err(Error::Conflict("too many payments of one order".into()));
        }
        if rows::insert_missing(&write, vec![row.clone()]).await? == 0 {
            // The same click, twice, and the other one was faster.
            let there = payments::Entity::find_by_id(new.id).one(&write).await?;
            return there.ok_or(Error::corrupt("payments", "id"))?.try_into();
        }
        write.commit().await?;
        row.try_into()
    }

    /// The payment with this id.
    pub async fn payment(&self, id: Uuid) -> Result<Option<Payment>> {
        let row = self.find::<payments::Entity, _>([id.into()]).await?;
        row.map(Payment::try_from).transpose()
    }

    /// The payment that a provider knows by this name.
    pub async fn payment_by_ref(
        &self,
        provider: &str,
        provider_ref: &str,
    ) -> Result<Option<Payment>> {
        let key = [provider.into(), provider_ref.into()];
        let rows = self.ask(&BY_REF, key).await?;
        rows.first().map(|row| sql::part::<payments::Model>(row, "")?.try_into()).transpose()
    }

    /// The payments of an order, oldest first.
    pub async fn payments_of_order(&self, order_id: Uuid) -> Result<Vec<Payment>> {
        let rows = self.ask(&OF_ORDER, [order_id.into()]).await?;
        rows.iter().map(|row| sql::part::<payments::Model>(row, "")?.try_into()).collect()
    }

    /// The provider opened it: the buyer can pay. False if it was not [`PaymentState::Opening`] any more, as when the
    /// word of the payment overtook the answer to opening it; its names are kept all the same.
    pub async fn payment_opened(
        &self,
        id: Uuid,
        provider_ref: &str,
        page_url: &str,
        now: Time,
    ) -> Result<bool> {
        // Of names there is an index, and PostgreSQL may walk through those that have none instead.
        let open =
            "UPDATE payments SET provider_ref = $2, page_url = $3, updated_at = $4, state = $6
            WHERE id = $1 AND coalesce(provider_ref, '') = '' AND state = $5";
        let only_name = "UPDATE payments SET provider_ref = $2, page_url = $3, updated_at = $4
            WHERE id = $1 AND coalesce(provider_ref, '') = ''";
        let [from, to] = [PaymentState::Opening, PaymentState::Open].map(PaymentState::as_str);
        let names = || [id.into(), provider_ref.into(), page_url.into(), now.0.into()];
        let [id, name, page, at] = names();
        if self.change(open, [id, name, page, at, from.into(), to.into()]).await? {
            return Ok(true);
        }
        // Whatever it has become, it has no names yet: nothing but this gives it some.
        self.change(only_name, names()).await?;
        Ok(false)
    }

    /// Changes a payment's state and writes what follows from it. False, changing nothing, if it is in none of the
    /// states that the change starts from. [`Error::Conflict`] if it would be the second [`PaymentState::Paid`] of its
    /// order: only one payment pays an order.
    pub async fn change_payment(&self, change: PaymentChange) -> Result<bool> {
        let sql = change_of(change.from.len());
        let first = [
            change.id.into(),
            change.to.as_str().into(),
            change.next_check_at.map(|at| at.0).into(),
            change.now.0.into(),
        ];
        let states = change.from.iter().map(|state| state.as_str().into());
        let values: Vec<Value> = first.into_iter().chain(states).collect();
        if change.jobs.is_empty() {
            return self.change(&sql, values).await;
        }
        let write = self.write().await?;
        if sql::run(&write.tx, &sql, values).await? == 0 {
            return Ok(false);
        }
        jobs::enqueue(&write.tx, &change.jobs, change.now).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Takes a paid payment whose consequence is not drawn yet, for this caller alone until `again_at`. False if it is
    /// not such a payment, or if somebody else has it at the moment.
    pub async fn claim_paid_payment(&self, id: Uuid, now: Time, again_at: Time) -> Result<bool> {
        let claim = "UPDATE payments SET next_check_at = $4
            WHERE id = $1 AND state = $2 AND settled_at IS NULL AND next_check_at <= $3";
        let paid = PaymentState::Paid.as_str();
        let values = [id.into(), paid.into(), now.0.into(), again_at.0.into()];
        self.change(claim, values).await
    }

    /// Keeps a paid payment for the caller, who claimed it until `until`, until a later moment. False if somebody else
    /// has it by now, or has drawn its consequence.
    pub async fn renew_paid_payment(&self, id: Uuid, until: Time, again_at: Time) -> Result<bool> {
        let write = self.write_one().await?;
        let renewed = payments::Entity::update_many()
            .col_expr(payments::Column::NextCheckAt, Expr::value(again_at.0))
            .filter(payments::Column::Id.eq(id))
            .filter(payments::Column::State.eq(PaymentState::Paid.as_str()))
            .filter(payments::Column::SettledAt.is_null())
            .filter(payments::Column::NextCheckAt.eq(until.0))
            .exec(&write)
            .await?;
        write.commit().await?;
        Ok(renewed.rows_affected == 1)
    }

    /// The consequence of a payment is drawn; nothing is to be checked any more. False if it was before.
    pub async fn settle_payment(&self, id: Uuid, now: Time) -> Result<bool> {
        let settle = "UPDATE payments SET settled_at = $2, next_check_at = NULL, updated_at = $2
            WHERE id = $1 AND settled_at IS NULL";
        self.change(settle, [id.into(), now.0.into()]).await
    }

    /// When to look at a payment again.
    pub async fn check_payment_at(&self, id: Uuid, at: Option<Time>) -> Result<()> {
        let write = self.write_one().await?;
        payments::Entity::update_many()
            .col_expr(payments::Column::NextCheckAt, Expr::value(at.map(|at| at.0)))
            .filter(payments::Column::Id.eq(id))
            .exec(&write)
            .await?;
        write.commit().await
    }

    /// Payments that are due to be looked at, longest due first. Each goes to one worker: it is due again only at
    /// `again_at`, unless it is settled or changed before.
    pub async fn claim_due_payments(
        &self,
        now: Time,
        again_at: Time,
        limit: u32,
    ) -> Result<Vec<Payment>> {
        let due = payments::Entity::find()
            .filter(payments::Column::NextCheckAt.lte(now.0))
            .order_by_asc(payments::Column::NextCheckAt)
            .limit(u64::from(limit.clamp(1, limits::CLAIM_MAX)));
        // Asking as a reader first keeps an idle worker out of the writers' queue.
        if due.clone().limit(1).one(self.db()).await?.is_none() {
            return Ok(Vec::new());
        }
        let write = self.write().await?;
        let ids = lock(due, &write.tx).await?;
        let rows = payments::Entity::update_many()
            .col_expr(payments::Column::NextCheckAt, Expr::value(again_at.0))
            .col_expr(payments::Column::Attempts, Expr::col(payments::Column::Attempts).add(1))
            .filter(payments::Column::Id.is_in(rows::padded(ids)))
            .exec_with_returning(&write.tx)
            .await?;
        write.commit().await?;
        rows.into_iter().map(Payment::try_from).collect()
    }
}

/// The change of a payment that is in one of so many states.
fn change_of(states: usize) -> String {
    let from: Vec<String> = (5..5 + states).map(|number| format!("${number}")).collect();
    format!(
        "UPDATE payments SET state = $2, next_check_at = $3, updated_at = $4
        WHERE id = $1 AND state IN ({})",
        from.join(", ")
    )
}

/// The row of a payment that is to be opened.
pub(crate) fn opening(new: &NewPayment) -> payments::Model {
    payments::Model {
        id: new.id,
        order_id: new.order_id,
        provider: new.provider.clone(),
        provider_ref: None,
        page_url: None,
        amount_minor: new.amount_minor,
        currency: new.currency.clone(),
        state: PaymentState::Opening.as_str().to_owned(),
        expires_at: new.expires_at.0,
        settled_at: None,
        next_check_at: Some(new.next_check_at.0),
        attempts: 0,
        created_at: new.created_at.0,
        updated_at: new.created_at.0,
    }
}

async fn lock(
    due: sea_orm::Select<payments::Entity>,
    db: &impl ConnectionTrait,
) -> Result<Vec<Uuid>> {
    let rows = due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).all(db).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

impl TryFrom<payments::Model> for Payment {
    type Error = Error;

    fn try_from(row: payments::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            order_id: row.order_id,
            provider: row.provider,
            provider_ref: row.provider_ref,
            page_url: row.page_url,
            amount_minor: row.amount_minor,
            currency: row.currency,
            state: PaymentState::read(&row.state)?,
            expires_at: Time(row.expires_at),
            settled_at: rows::moment(row.settled_at),
            next_check_at: rows::moment(row.next_check_at),
            attempts: u32::try_from(row.attempts)
                .map_err(|_| Error::corrupt("payments", "attempts"))?,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        })
    }
}
