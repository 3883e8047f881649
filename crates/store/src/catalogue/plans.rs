//! The drawing of one room of a venue.

use frontrow_ledger::Time;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::{Result, Store, catalogue::ContentHash, entity::seating_plans, rows};

/// A seating plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatingPlan {
    /// Which.
    pub id: Uuid,
    /// Of which venue.
    pub venue_id: Uuid,
    /// Unique in the venue.
    pub name: String,
    /// Its drawing, kept by [`Store::put_geometry`] before.
    pub geometry: ContentHash,
    /// How many numbered seats.
    pub seats: u32,
    /// When it was imported.
    pub created_at: Time,
}

impl Store {
    /// Inserts or replaces a plan. A performance that exists already keeps what its sale was defined with, so a plan
    /// that was sold should get a new id.
    pub async fn put_seating_plan(&self, plan: &SeatingPlan) -> Result<()> {
        let row = seating_plans::Model {
            id: plan.id,
            venue_id: plan.venue_id,
            name: plan.name.clone(),
            geometry_hash: plan.geometry.0.to_vec(),
            seats: i32::try_from(plan.seats).unwrap_or(i32::MAX),
            created_at: plan.created_at.0,
        };
        let columns = [
            seating_plans::Column::Name,
            seating_plans::Column::GeometryHash,
            seating_plans::Column::Seats,
        ];
        let write = self.write().await?;
        rows::put(&write.tx, row, columns).await?;
        write.commit().await
    }

    /// The plan with this id.
    pub async fn seating_plan(&self, id: Uuid) -> Result<Option<SeatingPlan>> {
        let row = seating_plans::Entity::find_by_id(id).one(self.db()).await?;
        row.map(SeatingPlan::try_from).transpose()
    }

    /// The plan of a venue with this name.
    pub async fn seating_plan_by_name(
        &self,
        venue_id: Uuid,
        name: &str,
    ) -> Result<Option<SeatingPlan>> {
        let row = seating_plans::Entity::find()
            .filter(seating_plans::Column::VenueId.eq(venue_id))
            .filter(seating_plans::Column::Name.eq(name))
            .one(self.db())
            .await?;
        row.map(SeatingPlan::try_from).transpose()
    }
}

impl TryFrom<seating_plans::Model> for SeatingPlan {
    type Error = crate::Error;

    fn try_from(row: seating_plans::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            venue_id: row.venue_id,
            name: row.name,
            geometry: ContentHash(rows::hash(
                &row.geometry_hash,
                "seating_plans",
                "geometry_hash",
            )?),
            seats: u32::try_from(row.seats)
                .map_err(|_| crate::Error::corrupt("seating_plans", "seats"))?,
            created_at: Time(row.created_at),
        })
    }
}
