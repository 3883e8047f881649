//! Orders that were sold: their state, their places, their tickets, their mail.

use std::collections::{HashMap, HashSet};

use frontrow_ledger::{HoldId, OrderId, Time, sale};
use frontrow_log::Position;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
use uuid::Uuid;

use super::{Context, JOB_ORDER_CONFIRMED, column};
use crate::{
    Error, Result,
    entity::{events, order_positions, orders, payments, tickets},
    jobs::{self, NewJob},
    limits,
    orders::{OrderState, place_columns},
    payments::PaymentState,
    rows,
    tickets::{TicketState, ticket_id},
};

/// One confirmed order.
pub(super) struct Sold<'a> {
    pub(super) hold: HoldId,
    pub(super) order: OrderId,
    pub(super) positions: &'a [sale::Position],
}

impl Sold<'_> {
    fn id(&self) -> Uuid {
        Uuid::from_u128(self.order.0)
    }
}

impl Context<'_> {
    /// Writes what was sold in one entry.
    pub(super) async fn confirmed(
        &mut self,
        position: Position,
        now: Time,
        sold: Vec<Sold<'_>>,
    ) -> Result<()> {
        for sold in sold.chunks(limits::IN_LIST_MAX) {
            self.chunk(position, now, sold).await?;
        }
        Ok(())
    }

    async fn chunk(&mut self, position: Position, now: Time, sold: &[Sold<'_>]) -> Result<()> {
        let write = self.write;
        let db = &write.tx;
        self.recover(now, sold).await?;
        orders::Entity::update_many()
            .col_expr(orders::Column::State, Expr::value(OrderState::Paid.as_str()))
            .col_expr(orders::Column::PaidAt, Expr::value(now.0))
            .col_expr(orders::Column::Position, Expr::value(column(position)?))
            .filter(orders::Column::Id.is_in(rows::padded(sold.iter().map(Sold::id))))
            .exec(db)
            .await?;
        // The consequence of what paid for them is drawn. One that is not known to be paid yet, as in tables that were
        // restored from an older copy, is settled by whoever asks its provider.
        payments::Entity::update_many()
            .col_expr(payments::Column::SettledAt, Expr::value(now.0))
            .col_expr(payments::Column::NextCheckAt, Expr::value(None::<i64>))
            .col_expr(payments::Column::UpdatedAt, Expr::value(now.0))
            .filter(payments::Column::OrderId.is_in(rows::padded(sold.iter().map(Sold::id))))
            .filter(payments::Column::State.eq(PaymentState::Paid.as_str()))
            .filter(payments::Column::SettledAt.is_null())
            .exec(db)
            .await?;
        self.places(sold).await?;
        self.tickets(position, now, sold).await?;
        if position > self.high {
            let jobs: Vec<NewJob> = sold.iter().map(|sold| mail(sold.id(), now)).collect();
            jobs::enqueue(db, &jobs, now).await?;
        }
        Ok(())
    }

    /// Orders that the ledger sold and the tables lost, as when they were restored from an older copy: somebody paid
    /// for these places, so they get an order, if one without contact.
    async fn recover(&self, now: Time, sold: &[Sold<'_>]) -> Result<()> {
        let db = &self.write.tx;
        let known: HashSet<Uuid> = orders::Entity::find()
            .select_only()
            .column(orders::Column::Id)
            .filter(orders::Column::Id.is_in(rows::padded(sold.iter().map(Sold::id))))
            .into_tuple()
            .all(db)
            .await?
            .into_iter()
            .collect();
        let lost: Vec<_> = sold.iter().filter(|sold| !known.contains(&sold.id())).collect();
        if lost.is_empty() {
            return Ok(());
        }
        tracing::error!(
            performance.id = %self.performance.id,
            orders = lost.len(),
            "The ledger sold orders that the tables do not have; they are written without contact"
        );
        let event = events::Entity::find_by_id(self.performance.event_id).one(db).await?;
        let event = event.ok_or(Error::corrupt("performances", "event_id"))?;
        let row = |sold: &Sold<'_>| orders::Model {
            id: sold.id(),
            // As unique as the id; nobody was told a shorter one.
            code: sold.id().simple().to_string(),
            // No secret has this hash, so no link opens it.
            secret_hash: vec![0; 32],
            organisation_id: event.organisation_id,
            performance_id: self.performance.id,
            hold_id: Uuid::from_u128(sold.hold.0),
            channel: 0,
            state: OrderState::Pending.as_str().to_owned(),
            contact_name: String::new(),
            contact_email: String::new(),
            contact_phone: String::new(),
            locale: String::new(),
            total_minor: sold.positions.iter().map(|position| position.price_minor).sum(),
            currency: self.performance.currency.clone(),
            idempotency_hash: None,
            created_at: now.0,
            paid_at: None,
            cancelled_at: None,
            erased_at: None,
            position: None,
        };
        rows::insert(db, lost.into_iter().map(row).collect()).await
    }

    /// The places as the ledger sold them; how they were called stays.
    async fn places(&self, sold: &[Sold<'_>]) -> Result<()> {
        // As the order was written they are the same already, nearly always.
        let known = order_positions::Entity::find()
            .filter(order_positions::Column::OrderId.is_in(rows::padded(sold.iter().map(Sold::id))))
            .all(&self.write.tx)
            .await?;
        let known: HashMap<(Uuid, i32), order_positions::Model> =
            known.into_iter().map(|row| ((row.order_id, row.idx), row)).collect();
        let is_news = |row: &order_positions::Model| {
            known.get(&(row.order_id, row.idx)).is_none_or(|known| !is_same_place(known, row))
        };
        let rows: Vec<_> = sold.iter().flat_map(place_rows).filter(is_news).collect();
        let conflict =
            " ON CONFLICT (order_id, idx) DO UPDATE SET place_kind = excluded.place_kind,
            place_id = excluded.place_id, category = excluded.category,
            ticket_type = excluded.ticket_type, price_minor = excluded.price_minor";
        rows::insert_or(&self.write.tx, rows, conflict).await?;
        Ok(())
    }

    async fn tickets(&mut self, position: Position, now: Time, sold: &[Sold<'_>]) -> Result<()> {
        let mut rows = Vec::new();
        for sold in sold {
            for (index, _) in (0_u16..).zip(sold.positions) {
                self.performance.tickets_issued += 1;
                rows.push(tickets::Model {
                    id: ticket_id(sold.id(), index),
                    performance_id: self.performance.id,
                    order_id: sold.id(),
                    idx: i32::from(index),
                    serial: self.performance.tickets_issued,
                    state: TicketState::Valid.as_str().to_owned(),
                    created_at: now.0,
                    voided_at: None,
                });
            }
        }
        self.sold(i64::try_from(rows.len()).unwrap_or(i64::MAX), position)?;
        rows::insert(&self.write.tx, rows).await
    }
}

/// Whether the ledger sold what the order says.
fn is_same_place(one: &order_positions::Model, other: &order_positions::Model) -> bool {
    let sold = |row: &order_positions::Model| {
        (row.place_id, row.category, row.ticket_type, row.price_minor)
    };
    one.place_kind == other.place_kind && sold(one) == sold(other)
}

fn place_rows(sold: &Sold<'_>) -> Vec<order_positions::Model> {
    let row = |(index, position): (i32, &sale::Position)| {
        let (place_kind, place_id) = place_columns(position.place);
        order_positions::Model {
            order_id: sold.id(),
            idx: index,
            place_kind: place_kind.to_owned(),
            place_id,
            label: String::new(),
            category: i32::from(position.category.0),
            ticket_type: i32::from(position.ticket_type.0),
            price_minor: position.price_minor,
            attendee_name: String::new(),
            cancelled_at: None,
        }
    };
    (0..).zip(sold.positions).map(row).collect()
}

fn mail(order: Uuid, now: Time) -> NewJob {
    NewJob {
        kind: JOB_ORDER_CONFIRMED.to_owned(),
        key: order.to_string(),
        payload: serde_json::json!({ "order": order }),
        due_at: now,
    }
}
