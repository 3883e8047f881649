//! Who sells.

use frontrow_ledger::Time;
use sea_orm::{EntityTrait, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{Result, Store, entity::organisations, limits::PAGE_MAX, rows};

/// A promoter, venue or club that owns events and API keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Which.
    pub id: Uuid,
    /// As printed on tickets.
    pub name: String,
    /// When it came to the shop.
    pub created_at: Time,
}

impl Store {
    /// Inserts or renames an organisation.
    pub async fn put_organisation(&self, organisation: &Organisation) -> Result<()> {
        let row = organisations::Model {
            id: organisation.id,
            name: organisation.name.clone(),
            created_at: organisation.created_at.0,
        };
        let write = self.write().await?;
        rows::put(&write.tx, row, [organisations::Column::Name]).await?;
        write.commit().await
    }

    /// The organisation with this id.
    pub async fn organisation(&self, id: Uuid) -> Result<Option<Organisation>> {
        let row = organisations::Entity::find_by_id(id).one(self.db()).await?;
        Ok(row.map(Organisation::from))
    }

    /// The oldest organisations; a shop has few.
    pub async fn organisations(&self) -> Result<Vec<Organisation>> {
        let rows = organisations::Entity::find()
            .order_by_asc(organisations::Column::CreatedAt)
            .order_by_asc(organisations::Column::Id)
            .limit(u64::from(PAGE_MAX))
            .all(self.db())
            .await?;
        Ok(rows.into_iter().map(Organisation::from).collect())
    }
}

impl From<organisations::Model> for Organisation {
    fn from(row: organisations::Model) -> Self {
        Self { id: row.id, name: row.name, created_at: Time(row.created_at) }
    }
}
