//! One dated showing, and what the log says of its sale.

use frontrow_ledger::Time;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Result, Store,
    catalogue::{Event, SeatingPlan, Venue},
    entity::{events, performances, seating_plans, venues},
    page::{Cursor, Page, PageRequest},
    rows, sql,
    text_enum::text_enum,
};

text_enum! {
    /// How far the sale of a performance is.
    SaleState in "performances"."sale_state" {
        /// The ledger does not know yet what is sold.
        Undefined = "undefined",
        /// Not selling: not yet, or not any more.
        Closed = "closed",
        /// Selling.
        Open = "open",
    }
}

/// A performance as it is announced.
#[derive(Debug, Clone, PartialEq)]
pub struct Performance {
    /// Which; also the id of its sale and of its stream in the log.
    pub id: Uuid,
    /// Of what.
    pub event_id: Uuid,
    /// Where.
    pub venue_id: Uuid,
    /// In which room.
    pub plan_id: Uuid,
    /// When it starts.
    pub starts_at: Time,
    /// When people are let in.
    pub doors_at: Option<Time>,
    /// ISO 4217.
    pub currency: String,
    /// Labels of what the ledger knows by number: categories, ticket types, areas, allocations. The shop's document.
    pub offer: Value,
    /// When it was created.
    pub created_at: Time,
}

/// What the log says of the sale of a performance. Written by the projector alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerformanceOnSale {
    /// How far it is.
    pub state: SaleState,
    /// When the shop's pages start selling; `None` means as soon as it is open.
    pub on_sale_from: Option<Time>,
    /// Lowest price, if there is any.
    pub price_from: Option<i64>,
    /// Highest price, if there is any.
    pub price_to: Option<i64>,
    /// All places.
    pub capacity: i64,
    /// Not blocked and not sold; places that carts hold at the moment count as left.
    pub places_left: i64,
    /// Up to where in the log.
    pub position: u64,
}

/// A performance with everything that its page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct PerformanceDetails {
    /// As announced.
    pub performance: Performance,
    /// Its sale.
    pub sale: PerformanceOnSale,
    /// Of what.
    pub event: Event,
    /// Where.
    pub venue: Venue,
    /// In which room.
    pub plan: SeatingPlan,
}

impl Store {
    /// Inserts a performance or replaces what is announced of it; what the log says of its sale stays.
    pub async fn put_performance(&self, performance: &Performance) -> Result<()> {
        let row = performances::Model {
            id: performance.id,
            event_id: performance.event_id,
            venue_id: performance.venue_id,
            plan_id: performance.plan_id,
            starts_at: performance.starts_at.0,
            doors_at: performance.doors_at.map(|at| at.0),
            currency: performance.currency.clone(),
            offer: performance.offer.clone(),
            created_at: performance.created_at.0,
            ..projected_columns_reset()
        };
        let columns = [
            performances::Column::EventId,
            performances::Column::VenueId,
            performances::Column::PlanId,
            performances::Column::StartsAt,
            performances::Column::DoorsAt,
            performances::Column::Currency,
            performances::Column::Offer,
        ];
        let write = self.write().await?;
        rows::put(&write.tx, row, columns).await?;
        write.commit().await
    }

    /// The performance with this id and its sale.
    pub async fn performance(&self, id: Uuid) -> Result<Option<(Performance, PerformanceOnSale)>> {
        let row = sql::find::<performances::Entity, _>(self.db(), [id.into()]).await?;
        row.map(split).transpose()
    }

    /// The performance with this id and everything around it.
    pub async fn performance_details(&self, id: Uuid) -> Result<Option<PerformanceDetails>> {
        let Some(row) = sql::find::<performances::Entity, _>(self.db(), [id.into()]).await? else {
            return Ok(None);
        };
        // Four look-ups by primary key; what they refer to is never deleted.
        let event = sql::find::<events::Entity, _>(self.db(), [row.event_id.into()]).await?;
        let venue = sql::find::<venues::Entity, _>(self.db(), [row.venue_id.into()]).await?;
        let plan = sql::find::<seating_plans::Entity, _>(self.db(), [row.plan_id.into()]).await?;
        let (performance, sale) = split(row)?;
        Ok(Some(PerformanceDetails {
            performance,
            sale,
            event: event.ok_or(Error::corrupt("performances", "event_id"))?.try_into()?,
            venue: venue.ok_or(Error::corrupt("performances", "venue_id"))?.into(),
            plan: plan.ok_or(Error::corrupt("performances", "plan_id"))?.try_into()?,
        }))
    }

    /// The performances of an event that start at `from` or later, soonest first.
    pub async fn performances_of_event(
        &self,
        event_id: Uuid,
        from: Time,
        page: PageRequest,
    ) -> Result<Page<(Performance, PerformanceOnSale)>> {
        let mut query = performances::Entity::find()
            .filter(performances::Column::EventId.eq(event_id))
            .filter(performances::Column::StartsAt.gte(from.0))
            .order_by_asc(performances::Column::StartsAt)
            .order_by_asc(performances::Column::Id)
            .limit(page.fetch());
        if let Some(after) = page.after {
            let columns = (performances::Column::StartsAt, performances::Column::Id);
            query = query.filter(rows::after(columns, after));
        }
        let rows = query.all(&self.long()).await?;
        let items = rows.into_iter().map(split).collect::<Result<Vec<_>>>()?;
        Ok(page.page(items, |(item, _)| Cursor { at: item.starts_at, id: item.id }))
    }

    /// Every performance, past ones too, soonest first: for workers that look after each sale.
    pub async fn performances(&self, page: PageRequest) -> Result<Page<Performance>> {
        let mut query = performances::Entity::find()
            .order_by_asc(performances::Column::StartsAt)
            .order_by_asc(performances::Column::Id)
            .limit(page.fetch());
        if let Some(after) = page.after {
            let columns = (performances::Column::StartsAt, performances::Column::Id);
            query = query.filter(rows::after(columns, after));
        }
        let rows = query.all(&self.long()).await?;
        let items = rows.into_iter().map(|row| Ok(split(row)?.0)).collect::<Result<Vec<_>>>()?;
        Ok(page.page(items, |item| Cursor { at: item.starts_at, id: item.id }))
    }
}

/// A row before the log has said anything of it; every other column is to be overwritten.
pub(crate) fn projected_columns_reset() -> performances::Model {
    performances::Model {
        id: Uuid::nil(),
        event_id: Uuid::nil(),
        venue_id: Uuid::nil(),
        plan_id: Uuid::nil(),
        starts_at: 0,
        doors_at: None,
        currency: String::new(),
        offer: Value::Null,
        created_at: 0,
        sale_state: SaleState::Undefined.as_str().to_owned(),
        on_sale_from: None,
        price_from: None,
        price_to: None,
        capacity: 0,
        area_capacities: Value::Array(Vec::new()),
        public_categories: Value::Array(Vec::new()),
        blocked: 0,
        sold: 0,
        tickets_issued: 0,
        updated_position: 0,
    }
}

pub(crate) fn split(row: performances::Model) -> Result<(Performance, PerformanceOnSale)> {
    let sale = PerformanceOnSale {
        state: SaleState::read(&row.sale_state)?,
        on_sale_from: rows::moment(row.on_sale_from),
        price_from: row.price_from,
        price_to: row.price_to,
        capacity: row.capacity,
        places_left: row.capacity - row.blocked - row.sold,
        position: u64::try_from(row.updated_position)
            .map_err(|_| Error::corrupt("performances", "updated_position"))?,
    };
    let performance = Performance {
        id: row.id,
        event_id: row.event_id,
        venue_id: row.venue_id,
        plan_id: row.plan_id,
        starts_at: Time(row.starts_at),
        doors_at: rows::moment(row.doors_at),
        currency: row.currency,
        offer: row.offer,
        created_at: Time(row.created_at),
    };
    Ok((performance, sale))
}
