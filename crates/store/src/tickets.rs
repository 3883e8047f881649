//! The right to enter. Tickets are made by the [projector](crate::projection) alone.

use frontrow_ledger::Time;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{Error, Result, Store, entity::tickets, limits::PAGE_MAX, rows, text_enum::text_enum};

text_enum! {
    /// Whether a ticket lets in.
    TicketState in "tickets"."state" {
        /// It does.
        Valid = "valid",
        /// Its place went back to sale.
        Void = "void",
    }
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Which: follows from the order and the index, so that projecting again makes the same one.
    pub id: Uuid,
    /// For what.
    pub performance_id: Uuid,
    /// Of which order.
    pub order_id: Uuid,
    /// For which of its places.
    pub index: u16,
    /// Its running number in the performance, from 1, in the order of the log.
    pub serial: u64,
    /// Whether it lets in.
    pub state: TicketState,
    /// When its place was sold.
    pub created_at: Time,
    /// When its place went back.
    pub voided_at: Option<Time>,
}

/// The id of the ticket for a place of an order.
pub fn ticket_id(order_id: Uuid, index: u16) -> Uuid {
    Uuid::new_v5(&order_id, &index.to_be_bytes())
}

impl Store {
    /// The ticket with this id.
    pub async fn ticket(&self, id: Uuid) -> Result<Option<Ticket>> {
        let row = self.find::<tickets::Entity, _>([id.into()]).await?;
        row.map(Ticket::try_from).transpose()
    }

    /// Tickets of a performance by their serial, after one.
    pub async fn tickets_of_performance(
        &self,
        performance_id: Uuid,
        after_serial: u64,
    ) -> Result<Vec<Ticket>> {
        let rows = tickets::Entity::find()
            .filter(tickets::Column::PerformanceId.eq(performance_id))
            .filter(tickets::Column::Serial.gt(i64::try_from(after_serial).unwrap_or(i64::MAX)))
            .order_by_asc(tickets::Column::Serial)
            .limit(u64::from(PAGE_MAX))
            .all(self.db())
            .await?;
        rows.into_iter().map(Ticket::try_from).collect()
    }
}

impl TryFrom<tickets::Model> for Ticket {
    type Error = Error;

    fn try_from(row: tickets::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            performance_id: row.performance_id,
            order_id: row.order_id,
            index: u16::try_from(row.idx).map_err(|_| Error::corrupt("tickets", "idx"))?,
            serial: u64::try_from(row.serial).map_err(|_| Error::corrupt("tickets", "serial"))?,
            state: TicketState::read(&row.state)?,
            created_at: Time(row.created_at),
            voided_at: rows::moment(row.voided_at),
        })
    }
}
