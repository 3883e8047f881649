//! What the log decided, shown in the tables: exactly once.
//!
//! A stream's checkpoint is moved in the transaction that writes what its entries mean, from the position that the
//! projector believes in. Of two projectors that have read the same entries, one moves it and the other finds it
//! moved; one that dies in between has written nothing. Ids and serials follow from the log alone, so that
//! projecting everything again writes the same rows.

mod cancelled;
mod confirmed;
mod sale;

use frontrow_ledger::{Entry, sale::Record};
use frontrow_log::{Position, Stream};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, QueryTrait, sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    Error, Result, Store,
    catalogue::projected_columns_reset,
    connect::Write,
    entity::{order_positions, orders, performances, projections, tickets},
    limits,
    orders::OrderState,
    rows, sql,
};

/// Kind of the job that mails the tickets of an order; its key is the order's id, its payload `{"order": id}`.
pub const JOB_ORDER_CONFIRMED: &str = "order-confirmed";
/// Kind of the job that tells of a cancellation; its payload is `{"order": id, "positions": [index, ..]}`.
pub const JOB_ORDER_CANCELLED: &str = "order-cancelled";

/// What came of projecting some entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Projected {
    /// They are in the tables, up to this one: maybe not all of them, for a transaction has a bound.
    Done(Position),
    /// The checkpoint is here, not where the caller thought; nothing changed. Read on from here.
    Moved(Position),
    /// There is no performance of this stream (yet); nothing changed.
    Orphan,
}

/// What every part of a projection needs.
struct Context<'a> {
    write: &'a Write,
    /// The row of the stream's performance, as it will be written back.
    performance: performances::Model,
    /// Entries after this one were never projected before: they may cause jobs.
    high: Position,
}

impl Store {
    /// Up to where a stream is in the tables.
    pub async fn checkpoint(&self, stream: Stream) -> Result<Position> {
        let key = [stream.to_string().into()];
        let row = sql::find::<projections::Entity, _>(self.db(), key).await?;
        row.map_or(Ok(Position::START), |row| position(row.position))
    }

    /// Writes what some entries of a sale mean. `entries` follow directly on `after`.
    pub async fn project(
        &self,
        stream: Stream,
        after: Position,
        entries: &[(Position, Entry<Record>)],
    ) -> Result<Projected> {
        let entries = bounded(entries);
        let (Some((first, _)), Some((last, _))) = (entries.first(), entries.last()) else {
            return Ok(Projected::Done(after));
        };
        if *first != after.next() {
            return Err(Error::Bug("the entries do not follow on the position".into()));
        }
        let write = self.write().await?;
        let high = match move_checkpoint(&write.tx, stream, after, *last).await? {
            Ok(high) => high,
            Err(moved) => return Ok(Projected::Moved(moved)),
        };
        let key = [Uuid::from_u128(stream.id).into()];
        let Some(before) = sql::find::<performances::Entity, _>(&write.tx, key).await? else {
            return Ok(Projected::Orphan);
        };
        let mut context = Context { write: &write, performance: before.clone(), high };
        for (position, entry) in entries {
            context.entry(*position, entry).await?;
        }
        let after = context.performance;
        write_sale(&write.tx, &before, after).await?;
        write.commit().await?;
        Ok(Projected::Done(*last))
    }

    /// Takes everything that was projected from a stream out of the tables again and starts over: for when the
    /// tables were restored or repaired. Projecting the stream from the start then gives the same rows. No mail is
    /// sent twice.
    pub async fn reset_projection(&self, stream: Stream) -> Result<()> {
        let performance_id = Uuid::from_u128(stream.id);
        let write = self.write().await?.long();
        let mine = orders::Column::PerformanceId.eq(performance_id);
        projections::Entity::update_many()
            .col_expr(projections::Column::Position, Expr::value(0_i64))
            .filter(projections::Column::Stream.eq(stream.to_string()))
            .exec(&write.tx)
            .await?;
        tickets::Entity::delete_many()
            .filter(tickets::Column::PerformanceId.eq(performance_id))
            .exec(&write.tx)
            .await?;
        let ids = orders::Entity::find().select_only().column(orders::Column::Id);
        order_positions::Entity::update_many()
            .col_expr(order_positions::Column::CancelledAt, Expr::value(None::<i64>))
            .filter(
                order_positions::Column::OrderId.in_subquery(ids.filter(mine.clone()).into_query()),
            )
            .exec(&write.tx)
            .await?;
        orders::Entity::update_many()
            .col_expr(orders::Column::State, Expr::value(OrderState::Pending.as_str()))
            .col_expr(orders::Column::PaidAt, Expr::value(None::<i64>))
            .col_expr(orders::Column::CancelledAt, Expr::value(None::<i64>))
            .col_expr(orders::Column::Position, Expr::value(None::<i64>))
            .filter(mine)
            .filter(orders::Column::Position.is_not_null())
            .exec(&write.tx)
            .await?;
        if let Some(row) = performances::Entity::find_by_id(performance_id).one(&write.tx).await? {
            let cleared = with_sale_of(row.clone(), projected_columns_reset());
            write_sale(&write.tx, &row, cleared).await?;
        }
        write.commit().await
    }
}

impl Context<'_> {
    async fn entry(&mut self, position: Position, entry: &Entry<Record>) -> Result<()> {
        let mut sold = Vec::new();
        for applied in &entry.applied {
            match &applied.record {
                Record::Confirmed { hold, order, positions } => {
                    sold.push(confirmed::Sold { hold: *hold, order: *order, positions });
                }
                Record::Cancelled { order, positions } => {
                    // It may be one of those that were sold a moment ago.
                    self.confirmed(position, entry.now, std::mem::take(&mut sold)).await?;
                    let cancelled =
                        cancelled::Cancelled { command: applied.id, order: *order, positions };
                    self.cancelled(position, entry.now, cancelled).await?;
                }
                record => sale::apply(&mut self.performance, record, position)?,
            }
        }
        self.confirmed(position, entry.now, sold).await
    }

    /// Moves the number of sold places.
    fn sold(&mut self, places: i64, position: Position) -> Result<()> {
        self.performance.sold += places;
        self.performance.updated_position = column(position)?;
        Ok(())
    }
}

/// As many entries as one transaction takes, at least one.
fn bounded(entries: &[(Position, Entry<Record>)]) -> &[(Position, Entry<Record>)] {
    let mut records = 0;
    let fits = |(_, entry): &&(Position, Entry<Record>)| {
        let before = records;
        records += entry.applied.len();
        before < limits::PROJECT_RECORDS_MAX
    };
    let count = entries.iter().take_while(fits).count();
    entries.get(..count).unwrap_or(entries)
}

/// Moves the checkpoint if it is where the caller believes; answers how far it ever was, or where it is.
async fn move_checkpoint(
    db: &impl ConnectionTrait,
    stream: Stream,
    from: Position,
    to: Position,
) -> Result<std::result::Result<Position, Position>> {
    let key = stream.to_string();
    let fresh = projections::Model { stream: key.clone(), position: 0, high_position: 0 };
    rows::insert_missing(db, vec![fresh]).await?;
    let moved = projections::Entity::update_many()
        .col_expr(projections::Column::Position, Expr::value(column(to)?))
        .filter(projections::Column::Stream.eq(&key))
        .filter(projections::Column::Position.eq(column(from)?))
        .exec(db)
        .await?;
    let row = sql::find::<projections::Entity, _>(db, [key.as_str().into()]).await?;
    let row = row.ok_or(Error::corrupt("projections", "stream"))?;
    if moved.rows_affected == 0 {
        return Ok(Err(position(row.position)?));
    }
    projections::Entity::update_many()
        .col_expr(projections::Column::HighPosition, Expr::value(row.position))
        .filter(projections::Column::Stream.eq(&key))
        .filter(projections::Column::HighPosition.lt(row.position))
        .exec(db)
        .await?;
    Ok(Ok(position(row.high_position)?))
}

/// Writes the projected columns of a performance, if they changed, and no others.
async fn write_sale(
    db: &impl ConnectionTrait,
    before: &performances::Model,
    after: performances::Model,
) -> Result<()> {
    if after == *before {
        return Ok(());
    }
    let mut row = before.clone().into_active_model();
    row.sale_state = sea_orm::Set(after.sale_state);
    row.on_sale_from = sea_orm::Set(after.on_sale_from);
    row.price_from = sea_orm::Set(after.price_from);
    row.price_to = sea_orm::Set(after.price_to);
    row.capacity = sea_orm::Set(after.capacity);
    row.area_capacities = sea_orm::Set(after.area_capacities);
    row.public_categories = sea_orm::Set(after.public_categories);
    row.blocked = sea_orm::Set(after.blocked);
    row.sold = sea_orm::Set(after.sold);
    row.tickets_issued = sea_orm::Set(after.tickets_issued);
    row.updated_position = sea_orm::Set(after.updated_position);
    row.update(db).await?;
    Ok(())
}

fn with_sale_of(row: performances::Model, sale: performances::Model) -> performances::Model {
    performances::Model {
        id: row.id,
        event_id: row.event_id,
        venue_id: row.venue_id,
        plan_id: row.plan_id,
        starts_at: row.starts_at,
        doors_at: row.doors_at,
        currency: row.currency,
        offer: row.offer,
        created_at: row.created_at,
        ..sale
    }
}

fn position(column: i64) -> Result<Position> {
    u64::try_from(column).map(Position).map_err(|_| Error::corrupt("projections", "position"))
}

fn column(position: Position) -> Result<i64> {
    i64::try_from(position.0).map_err(|_| Error::Bug("a position beyond 2^63".into()))
}
