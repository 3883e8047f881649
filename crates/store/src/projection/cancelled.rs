//! Places that went back: their positions, their tickets, the order's state, the mail.

use frontrow_ledger::{CommandId, OrderId, Time};
use frontrow_log::Position;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use super::{Context, JOB_ORDER_CANCELLED, column};
use crate::{
    Result,
    entity::{order_positions, orders, tickets},
    jobs::{self, NewJob},
    orders::OrderState,
    tickets::TicketState,
};

/// One cancellation.
pub(super) struct Cancelled<'a> {
    pub(super) command: CommandId,
    pub(super) order: OrderId,
    pub(super) positions: &'a [u16],
}

impl Context<'_> {
    /// Writes one cancellation.
    pub(super) async fn cancelled(
        &mut self,
        position: Position,
        now: Time,
        cancelled: Cancelled<'_>,
    ) -> Result<()> {
        let write = self.write;
        let db = &write.tx;
        let order = Uuid::from_u128(cancelled.order.0);
        let indexes = || cancelled.positions.iter().map(|index| i32::from(*index));
        order_positions::Entity::update_many()
            .col_expr(order_positions::Column::CancelledAt, Expr::value(now.0))
            .filter(order_positions::Column::OrderId.eq(order))
            .filter(order_positions::Column::Idx.is_in(indexes()))
            .exec(db)
            .await?;
        tickets::Entity::update_many()
            .col_expr(tickets::Column::State, Expr::value(TicketState::Void.as_str()))
            .col_expr(tickets::Column::VoidedAt, Expr::value(now.0))
            .filter(tickets::Column::OrderId.eq(order))
            .filter(tickets::Column::Idx.is_in(indexes()))
            .exec(db)
            .await?;
        let left = order_positions::Entity::find()
            .filter(order_positions::Column::OrderId.eq(order))
            .filter(order_positions::Column::CancelledAt.is_null())
            .count(db)
            .await?;
        let (state, cancelled_at) = match left {
            0 => (OrderState::Cancelled, Some(now.0)),
            _ => (OrderState::PartlyCancelled, None),
        };
        orders::Entity::update_many()
            .col_expr(orders::Column::State, Expr::value(state.as_str()))
            .col_expr(orders::Column::CancelledAt, Expr::value(cancelled_at))
            .col_expr(orders::Column::Position, Expr::value(column(position)?))
            .filter(orders::Column::Id.eq(order))
            .exec(db)
            .await?;
        let returned = i64::try_from(cancelled.positions.len()).unwrap_or(i64::MAX);
        self.sold(-returned, position)?;
        if position > self.high {
            jobs::enqueue(db, &[mail(order, &cancelled, now)], now).await?;
        }
        Ok(())
    }
}

fn mail(order: Uuid, cancelled: &Cancelled<'_>, now: Time) -> NewJob {
    NewJob {
        kind: JOB_ORDER_CANCELLED.to_owned(),
        key: format!("{order}/{:032x}", cancelled.command.0),
        payload: serde_json::json!({ "order": order, "positions": cancelled.positions }),
        due_at: now,
    }
}
