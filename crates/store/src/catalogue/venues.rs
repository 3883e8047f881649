//! Where.

use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use crate::{Error, Result, Store, entity::venues, rows, texts::fold};

/// A venue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Venue {
    /// Which.
    pub id: Uuid,
    /// Whose; only they change it and sell in it. `None` is nobody's yet: it is from before venues had owners.
    pub organisation_id: Option<Uuid>,
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
    /// Inserts a venue, or replaces it if it is the same organisation's or nobody's. Another organisation's, and a slug
    /// that another venue has, is an [`Error::Conflict`].
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
            organisation_id: venue.organisation_id,
        };
        let columns = [
            venues::Column::Slug,
            venues::Column::Name,
            venues::Column::City,
            venues::Column::Country,
            venues::Column::Zone,
            venues::Column::Address,
            venues::Column::Folded,
            venues::Column::OrganisationId,
        ];
        let owner = (venues::Entity, venues::Column::OrganisationId);
        let mine = Expr::col(owner).is_null().or(Expr::col(owner).eq(venue.organisation_id));
        let write = self.write().await?;
        if rows::put_if(&write.tx, row, columns, mine).await? == 0 {
            return Err(Error::Conflict("another organisation's venue".into()));
        }
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
            organisation_id: row.organisation_id,
        }
    }
}
