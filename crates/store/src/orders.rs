//! Purchases: who, what, for how much, and how far.
//!
//! The shop writes an order before its payment opens. Whether its places are sold is decided by the ledger, and
//! written here by the [projector](crate::projection) alone.

mod at_once;
mod create;
mod list;

use std::sync::LazyLock;

use frontrow_ledger::{AreaId, CategoryId, ChannelId, SeatId, TicketTypeId, Time, sale::Place};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

pub use create::{Created, NewOrder, NewPosition};
pub use list::{OrderFilter, OrderScope};

use crate::{
    Error, Result, Store,
    entity::{order_positions, orders, payments, tickets},
    limits,
    payments::Payment,
    rows, sql,
    text_enum::text_enum,
    tickets::Ticket,
};

text_enum! {
    /// How far an order is.
    OrderState in "orders"."state" {
        /// Not paid yet.
        Pending = "pending",
        /// Sold: there are tickets.
        Paid = "paid",
        /// Some of its places went back.
        PartlyCancelled = "partly-cancelled",
        /// All of its places went back.
        Cancelled = "cancelled",
        /// It was not paid, or its places were gone. Late money may still make it [`OrderState::Paid`].
        Failed = "failed",
    }
}

/// Who bought. Empty after [`Store::erase_contact`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// As they wrote it.
    pub name: String,
    /// Where the tickets go.
    pub email: String,
    /// May be empty.
    pub phone: String,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Personal data stays out of logs even where somebody prints a whole order.
        f.write_str("Contact(..)")
    }
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Which; the ledger's [`OrderId`](frontrow_ledger::OrderId).
    pub id: Uuid,
    /// What people read out on the phone; unique.
    pub code: String,
    /// Hash of the secret in the order's link. Compare in constant time.
    pub secret_hash: [u8; 32],
    /// Who sells.
    pub organisation_id: Uuid,
    /// Of which performance.
    pub performance_id: Uuid,
    /// The hold that it buys.
    pub hold_id: Uuid,
    /// Through which door.
    pub channel: ChannelId,
    /// How far.
    pub state: OrderState,
    /// Who bought.
    pub contact: Contact,
    /// In which language they are written to.
    pub locale: String,
    /// The sum of its positions' prices.
    pub total_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// When it was written.
    pub created_at: Time,
    /// When the ledger sold it.
    pub paid_at: Option<Time>,
    /// When the last of its places went back.
    pub cancelled_at: Option<Time>,
    /// When its contact was erased.
    pub erased_at: Option<Time>,
    /// Where in the log it was last decided on.
    pub position: Option<u64>,
}

/// One place of an order.
#[derive(Clone, PartialEq, Eq)]
pub struct OrderPosition {
    /// Its index, as in the ledger.
    pub index: u16,
    /// Where.
    pub place: Place,
    /// The place in words, as it was shown.
    pub label: String,
    /// Its price category.
    pub category: CategoryId,
    /// Adult, student, ...
    pub ticket_type: TicketTypeId,
    /// Its price.
    pub price_minor: i64,
    /// Who will use it; may be empty.
    pub attendee_name: String,
    /// When it went back.
    pub cancelled_at: Option<Time>,
}

impl std::fmt::Debug for OrderPosition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OrderPosition")
            .field("index", &self.index)
            .field("place", &self.place)
            .field("price_minor", &self.price_minor)
            .field("cancelled_at", &self.cancelled_at)
            .finish_non_exhaustive()
    }
}

/// An order with its places and tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDetails {
    /// The order.
    pub order: Order,
    /// By index.
    pub positions: Vec<OrderPosition>,
    /// By index of their position; none before it is paid.
    pub tickets: Vec<Ticket>,
    /// Oldest first.
    pub payments: Vec<Payment>,
}

static ORDER_AND_PAYMENTS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, {} FROM orders LEFT JOIN payments ON payments.order_id = orders.id
        WHERE orders.id = $1 ORDER BY payments.created_at, payments.id LIMIT {}",
        sql::columns::<orders::Entity>("o_"),
        sql::columns::<payments::Entity>("p_"),
        limits::PAYMENTS_PER_ORDER_MAX,
    )
});

static POSITIONS_AND_TICKETS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, {} FROM order_positions LEFT JOIN tickets
            ON tickets.order_id = order_positions.order_id AND tickets.idx = order_positions.idx
        WHERE order_positions.order_id = $1 ORDER BY order_positions.idx",
        sql::columns::<order_positions::Entity>("p_"),
        sql::columns::<tickets::Entity>("t_"),
    )
});

impl Store {
    /// The order with this id.
    pub async fn order(&self, id: Uuid) -> Result<Option<Order>> {
        let row = self.find::<orders::Entity, _>([id.into()]).await?;
        row.map(Order::try_from).transpose()
    }

    /// The order with this code.
    pub async fn order_by_code(&self, code: &str) -> Result<Option<Order>> {
        let row = orders::Entity::find().filter(orders::Column::Code.eq(code));
        row.one(self.db()).await?.map(Order::try_from).transpose()
    }

    /// An order with its places, tickets and payments.
    pub async fn order_details(&self, id: Uuid) -> Result<Option<OrderDetails>> {
        // Nothing is read more often than this, so it takes two questions and not four.
        let Some((order, payments)) = self.order_and_payments(id).await? else { return Ok(None) };
        let (positions, tickets) = self.positions_and_tickets(id).await?;
        Ok(Some(OrderDetails { order, positions, tickets, payments }))
    }

    /// An order with its payments, oldest first.
    pub async fn order_and_payments(&self, id: Uuid) -> Result<Option<(Order, Vec<Payment>)>> {
        let rows = self.ask(&ORDER_AND_PAYMENTS, [id.into()]).await?;
        let mut order = None;
        let mut payments = Vec::new();
        for row in rows {
            if order.is_none() {
                order = Some(Order::try_from(sql::part::<orders::Model>(&row, "o_")?)?);
            }
            if row.try_get::<Option<Uuid>>("p_", "id")?.is_some() {
                payments.push(Payment::try_from(sql::part::<payments::Model>(&row, "p_")?)?);
            }
        }
        Ok(order.map(|order| (order, payments)))
    }

    /// The places of an order, and the tickets for them.
    pub async fn positions_and_tickets(
        &self,
        id: Uuid,
    ) -> Result<(Vec<OrderPosition>, Vec<Ticket>)> {
        let rows = self.ask(&POSITIONS_AND_TICKETS, [id.into()]).await?;
        let (mut positions, mut tickets) = (Vec::new(), Vec::new());
        for row in rows {
            let position: order_positions::Model = sql::part(&row, "p_")?;
            positions.push(OrderPosition::try_from(position)?);
            if row.try_get::<Option<Uuid>>("t_", "id")?.is_some() {
                tickets.push(Ticket::try_from(sql::part::<tickets::Model>(&row, "t_")?)?);
            }
        }
        Ok((positions, tickets))
    }

    /// Gives up on an unpaid order; false if it is not pending. Late money may still sell it.
    pub async fn fail_order(&self, id: Uuid) -> Result<bool> {
        let write = self.write_one().await?;
        let done = orders::Entity::update_many()
            .col_expr(orders::Column::State, Expr::value(OrderState::Failed.as_str()))
            .filter(orders::Column::Id.eq(id))
            .filter(orders::Column::State.eq(OrderState::Pending.as_str()))
            .exec(&write)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected == 1)
    }

    /// Forgets who bought: blanks the contact and the attendees' names. What was sold for how much stays. False if
    /// there is no such order.
    pub async fn erase_contact(&self, id: Uuid, now: Time) -> Result<bool> {
        let write = self.write().await?;
        let done = orders::Entity::update_many()
            .col_expr(orders::Column::ContactName, Expr::value(""))
            .col_expr(orders::Column::ContactEmail, Expr::value(""))
            .col_expr(orders::Column::ContactPhone, Expr::value(""))
            .col_expr(orders::Column::ErasedAt, Expr::value(now.0))
            .filter(orders::Column::Id.eq(id))
            .exec(&write.tx)
            .await?;
        order_positions::Entity::update_many()
            .col_expr(order_positions::Column::AttendeeName, Expr::value(""))
            .filter(order_positions::Column::OrderId.eq(id))
            .exec(&write.tx)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected == 1)
    }
}

/// A place as two columns.
pub(crate) fn place_columns(place: Place) -> (&'static str, i64) {
    match place {
        Place::Seat(seat) => ("seat", i64::from(seat.0)),
        Place::Area(area) => ("area", i64::from(area.0)),
    }
}

fn place(kind: &str, id: i64) -> Result<Place> {
    let place = match kind {
        "seat" => u32::try_from(id).ok().map(|id| Place::Seat(SeatId(id))),
        "area" => u16::try_from(id).ok().map(|id| Place::Area(AreaId(id))),
        _ => None,
    };
    place.ok_or(Error::corrupt("order_positions", "place_id"))
}

impl TryFrom<orders::Model> for Order {
    type Error = Error;

    fn try_from(row: orders::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            code: row.code,
            secret_hash: rows::hash(&row.secret_hash, "orders", "secret_hash")?,
            organisation_id: row.organisation_id,
            performance_id: row.performance_id,
            hold_id: row.hold_id,
            channel: ChannelId(
                u8::try_from(row.channel).map_err(|_| Error::corrupt("orders", "channel"))?,
            ),
            state: OrderState::read(&row.state)?,
            contact: Contact {
                name: row.contact_name,
                email: row.contact_email,
                phone: row.contact_phone,
            },
            locale: row.locale,
            total_minor: row.total_minor,
            currency: row.currency,
            created_at: Time(row.created_at),
            paid_at: rows::moment(row.paid_at),
            cancelled_at: rows::moment(row.cancelled_at),
            erased_at: rows::moment(row.erased_at),
            position: row
                .position
                .map(u64::try_from)
                .transpose()
                .map_err(|_| Error::corrupt("orders", "position"))?,
        })
    }
}

impl TryFrom<order_positions::Model> for OrderPosition {
    type Error = Error;

    fn try_from(row: order_positions::Model) -> Result<Self> {
        let small = |value: i32, column| {
            u16::try_from(value).map_err(|_| Error::corrupt("order_positions", column))
        };
        Ok(Self {
            index: small(row.idx, "idx")?,
            place: place(&row.place_kind, row.place_id)?,
            label: row.label,
            category: CategoryId(small(row.category, "category")?),
            ticket_type: TicketTypeId(small(row.ticket_type, "ticket_type")?),
            price_minor: row.price_minor,
            attendee_name: row.attendee_name,
            cancelled_at: rows::moment(row.cancelled_at),
        })
    }
}
