//! Where.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::{Result, Store, entity::venues, rows, texts::fold};

/// A venue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Venue {
    /// Which.
    pub id: Uuid,
    /// In URLs; unique.
    pub slug: String,
    /// As people call it.
    pub name: String,
    /// City, as on the filter of the front page.
    pub city: String,
    /// ISO 3166 code of two letters.
    pub country: String,
    /// IANA time zone, such as `Europe/Prague`.
    pub zone: String,
    /// Street and number.
    pub address: String,
}

impl Store {
    /// Inserts or replaces a venue. A slug that another venue has is an [`Error::Conflict`](crate::Error::Conflict).
    pub async fn put_venue(&self, venue: &Venue) -> Result<()> {
        let row = venues::Model {
            id: venue.id,
            slug: venue.slug.clone(),
            name: venue.name.clone(),
            city: venue.city.clone(),
            country: venue.country.clone(),
            zone: venue.zone.clone(),
            address: venue.address.clone(),
            folded: fold(&format!("{} {}", venue.name, venue.city)),
        };
        let columns = [
            venues::Column::Slug,
            venues::Column::Name,
            venues::Column::City,
            venues::Column::Country,
            venues::Column::Zone,
            venues::Column::Address,
            venues::Column::Folded,
        ];
        let write = self.write().await?;
        rows::put(&write.tx, row, columns).await?;
        write.commit().await
    }

    /// The venue with this id.
    pub async fn venue(&self, id: Uuid) -> Result<Option<Venue>> {
        Ok(venues::Entity::find_by_id(id).one(self.db()).await?.map(Venue::from))
    }

    /// The venue with this slug.
    pub async fn venue_by_slug(&self, slug: &str) -> Result<Option<Venue>> {
        let rows = venues::Entity::find().filter(venues::Column::Slug.eq(slug));
        Ok(rows.one(self.db()).await?.map(Venue::from))
    }
}

impl From<venues::Model> for Venue {
    fn from(row: venues::Model) -> Self {
        Self {
            id: row.id,
            slug: row.slug,
            name: row.name,
            city: row.city,
            country: row.country,
            zone: row.zone,
            address: row.address,
        }
    }
}
