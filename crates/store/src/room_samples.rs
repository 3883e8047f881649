//! How waiting rooms stood in the last half hour: the same for whoever looks, whichever replica they ask.

use frontrow_ledger::Time;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{Error, Result, Store, entity::room_samples, limits, rows};

/// How a room stood at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomSample {
    /// When.
    pub at: Time,
    /// All who had a place.
    pub joined: u64,
    /// Those whose turn had not come.
    pub waiting: u64,
    /// Those whose turn had come.
    pub called: u64,
    /// Those of them whose turn had passed and who had not come in.
    pub missed: u64,
    /// Those who were in the shop.
    pub in_shop: u32,
    /// Turns a minute that the rates allowed.
    pub rate_per_minute: u64,
}

impl Store {
    /// Notes how a room stands, and forgets what was noted before `kept_from`. One note a moment: another one is not
    /// taken.
    pub async fn note_room_sample(
        &self,
        performance: Uuid,
        sample: &RoomSample,
        kept_from: Time,
    ) -> Result<()> {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let row = room_samples::Model {
            performance_id: performance,
            at: sample.at.0,
            joined: number(sample.joined),
            waiting: number(sample.waiting),
            called: number(sample.called),
            missed: number(sample.missed),
            in_shop: sample.in_shop.into(),
            rate_per_minute: number(sample.rate_per_minute),
        };
        let write = self.write().await?;
        rows::insert_missing(&write.tx, vec![row]).await?;
        room_samples::Entity::delete_many()
            .filter(room_samples::Column::PerformanceId.eq(performance))
            .filter(room_samples::Column::At.lt(kept_from.0))
            .exec(&write.tx)
            .await?;
        write.commit().await
    }

    /// How a room stood, oldest first; the last so many notes at the most.
    pub async fn room_samples(&self, performance: Uuid) -> Result<Vec<RoomSample>> {
        let rows = room_samples::Entity::find()
            .filter(room_samples::Column::PerformanceId.eq(performance))
            .order_by_desc(room_samples::Column::At)
            .limit(limits::ROOM_SAMPLES_MAX)
            .all(self.db())
            .await?;
        rows.into_iter().rev().map(RoomSample::try_from).collect()
    }
}

impl TryFrom<room_samples::Model> for RoomSample {
    type Error = Error;

    fn try_from(row: room_samples::Model) -> Result<Self> {
        let number = |number: i64, column| {
            u64::try_from(number).map_err(|_| Error::corrupt("room_samples", column))
        };
        Ok(Self {
            at: Time(row.at),
            joined: number(row.joined, "joined")?,
            waiting: number(row.waiting, "waiting")?,
            called: number(row.called, "called")?,
            missed: number(row.missed, "missed")?,
            in_shop: u32::try_from(row.in_shop)
                .map_err(|_| Error::corrupt("room_samples", "in_shop"))?,
            rate_per_minute: number(row.rate_per_minute, "rate_per_minute")?,
        })
    }
}
