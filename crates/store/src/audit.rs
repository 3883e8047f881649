//! The tables as an auditor reads them: page by page, to be compared with a ledger that was replayed from zero.

use std::collections::HashMap;

use frontrow_ledger::{Time, sale::Place};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use crate::{
    Result, Store,
    entity::{order_positions, orders, payments, refunds, tickets},
    limits,
    orders::{Order, OrderPosition, OrderState},
    payments::{Payment, PaymentState},
    refunds::RefundState,
    rows,
    tickets::{Ticket, TicketState},
};

/// An order with everything that has to agree with the ledger and with the money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderAudit {
    /// Which.
    pub id: Uuid,
    /// What it bought.
    pub hold_id: Uuid,
    /// How far.
    pub state: OrderState,
    /// The sum that was shown.
    pub total_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// When it was sold.
    pub paid_at: Option<Time>,
    /// By index.
    pub positions: Vec<PositionAudit>,
    /// By index of their position.
    pub tickets: Vec<TicketAudit>,
    /// Its payments.
    pub payments: Vec<PaymentAudit>,
}

/// A place of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PositionAudit {
    /// Its index.
    pub index: u16,
    /// Where.
    pub place: Place,
    /// Its price.
    pub price_minor: i64,
    /// Whether it went back.
    pub cancelled: bool,
}

/// A ticket of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketAudit {
    /// For which place.
    pub index: u16,
    /// Its running number.
    pub serial: u64,
    /// Whether it lets in.
    pub valid: bool,
}

/// A payment of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentAudit {
    /// Which.
    pub id: Uuid,
    /// How far.
    pub state: PaymentState,
    /// How much.
    pub amount_minor: i64,
    /// Whether its consequence was drawn.
    pub settled: bool,
    /// What went back of it, or is about to.
    pub refunded_minor: i64,
}

impl Store {
    /// Orders of a performance by id, after one: a bounded number; empty at the end. One page is read at one moment.
    pub async fn audit_orders(
        &self,
        performance_id: Uuid,
        after: Option<Uuid>,
    ) -> Result<Vec<OrderAudit>> {
        let db = self.snapshot().await?;
        let mut query = orders::Entity::find()
            .filter(orders::Column::PerformanceId.eq(performance_id))
            .order_by_asc(orders::Column::Id)
            .limit(limits::AUDIT_PAGE_MAX);
        if let Some(after) = after {
            query = query.filter(orders::Column::Id.gt(after));
        }
        let page = query.all(&db).await?;
        let ids: Vec<Uuid> = page.iter().map(|row| row.id).collect();
        let mut positions = positions(&db, &ids).await?;
        let mut tickets = tickets(&db, &ids).await?;
        let mut payments = payments(&db, &ids).await?;
        let audit = |row: orders::Model| {
            let order = Order::try_from(row)?;
            Ok(OrderAudit {
                id: order.id,
                hold_id: order.hold_id,
                state: order.state,
                total_minor: order.total_minor,
                currency: order.currency,
                paid_at: order.paid_at,
                positions: positions.remove(&order.id).unwrap_or_default(),
                tickets: tickets.remove(&order.id).unwrap_or_default(),
                payments: payments.remove(&order.id).unwrap_or_default(),
            })
        };
        page.into_iter().map(audit).collect()
    }
}

async fn positions(
    db: &impl ConnectionTrait,
    orders: &[Uuid],
) -> Result<HashMap<Uuid, Vec<PositionAudit>>> {
    let rows = order_positions::Entity::find()
        .filter(order_positions::Column::OrderId.is_in(rows::padded(orders.iter().copied())))
        .order_by_asc(order_positions::Column::OrderId)
        .order_by_asc(order_positions::Column::Idx)
        .all(db)
        .await?;
    let mut by_order: HashMap<Uuid, Vec<PositionAudit>> = HashMap::new();
    for row in rows {
        let order_id = row.order_id;
        let position = OrderPosition::try_from(row)?;
        by_order.entry(order_id).or_default().push(PositionAudit {
            index: position.index,
            place: position.place,
            price_minor: position.price_minor,
            cancelled: position.cancelled_at.is_some(),
        });
    }
    Ok(by_order)
}

async fn tickets(
    db: &impl ConnectionTrait,
    orders: &[Uuid],
) -> Result<HashMap<Uuid, Vec<TicketAudit>>> {
    let rows = tickets::Entity::find()
        .filter(tickets::Column::OrderId.is_in(rows::padded(orders.iter().copied())))
        .order_by_asc(tickets::Column::OrderId)
        .order_by_asc(tickets::Column::Idx)
        .all(db)
        .await?;
    let mut by_order: HashMap<Uuid, Vec<TicketAudit>> = HashMap::new();
    for row in rows {
        let ticket = Ticket::try_from(row)?;
        by_order.entry(ticket.order_id).or_default().push(TicketAudit {
            index: ticket.index,
            serial: ticket.serial,
            valid: ticket.state == TicketState::Valid,
        });
    }
    Ok(by_order)
}

async fn payments(
    db: &impl ConnectionTrait,
    orders: &[Uuid],
) -> Result<HashMap<Uuid, Vec<PaymentAudit>>> {
    let mine = payments::Column::OrderId.is_in(rows::padded(orders.iter().copied()));
    let ids =
        payments::Entity::find().select_only().column(payments::Column::Id).filter(mine.clone());
    let refunds = refunds::Entity::find()
        .filter(refunds::Column::PaymentId.in_subquery(ids.into_query()))
        .filter(refunds::Column::State.ne(RefundState::Failed.as_str()))
        .all(db)
        .await?;
    let mut refunded: HashMap<Uuid, i64> = HashMap::new();
    for refund in refunds {
        *refunded.entry(refund.payment_id).or_default() += refund.amount_minor;
    }
    let rows = payments::Entity::find()
        .filter(mine)
        .order_by_asc(payments::Column::CreatedAt)
        .order_by_asc(payments::Column::Id)
        .all(db)
        .await?;
    let mut by_order: HashMap<Uuid, Vec<PaymentAudit>> = HashMap::new();
    for row in rows {
        let payment = Payment::try_from(row)?;
        by_order.entry(payment.order_id).or_default().push(PaymentAudit {
            id: payment.id,
            state: payment.state,
            amount_minor: payment.amount_minor,
            settled: payment.settled_at.is_some(),
            refunded_minor: refunded.get(&payment.id).copied().unwrap_or(0),
        });
    }
    Ok(by_order)
}
