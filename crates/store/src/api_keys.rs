//! Keys of organisations that sell or organise over the API. Only hashes are kept.

use frontrow_ledger::Time;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use uuid::Uuid;

use crate::{Error, Result, Store, entity::api_keys, limits::PAGE_MAX, rows};

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Which.
    pub id: Uuid,
    /// Whose.
    pub organisation_id: Uuid,
    /// What it is for, in the words of who made it.
    pub name: String,
    /// The part of the key that is no secret and finds it; unique.
    pub prefix: String,
    /// Hash of the secret part. Compare in constant time.
    pub secret_hash: [u8; 32],
    /// When it was made.
    pub created_at: Time,
    /// Since when it does not work any more.
    pub revoked_at: Option<Time>,
}

impl Store {
    /// Writes a key. A prefix that another key has is an [`Error::Conflict`].
    pub async fn create_api_key(&self, key: &ApiKey) -> Result<()> {
        let row = api_keys::Model {
            id: key.id,
            organisation_id: key.organisation_id,
            name: key.name.clone(),
            prefix: key.prefix.clone(),
            secret_hash: key.secret_hash.to_vec(),
            created_at: key.created_at.0,
            revoked_at: key.revoked_at.map(|at| at.0),
        };
        let write = self.write().await?;
        rows::insert(&write.tx, vec![row]).await?;
        write.commit().await
    }

    /// The key with this prefix, revoked or not.
    pub async fn api_key_by_prefix(&self, prefix: &str) -> Result<Option<ApiKey>> {
        let row = api_keys::Entity::find().filter(api_keys::Column::Prefix.eq(prefix));
        row.one(self.db()).await?.map(ApiKey::try_from).transpose()
    }

    /// The keys of an organisation, oldest first.
    pub async fn api_keys(&self, organisation_id: Uuid) -> Result<Vec<ApiKey>> {
        let rows = api_keys::Entity::find()
            .filter(api_keys::Column::OrganisationId.eq(organisation_id))
            .order_by_asc(api_keys::Column::CreatedAt)
            .order_by_asc(api_keys::Column::Id)
            .limit(u64::from(PAGE_MAX))
            .all(self.db())
            .await?;
        rows.into_iter().map(ApiKey::try_from).collect()
    }

    /// Ends a key. False if there is none, or it was ended before.
    pub async fn revoke_api_key(&self, id: Uuid, now: Time) -> Result<bool> {
        let write = self.write().await?;
        let done = api_keys::Entity::update_many()
            .col_expr(api_keys::Column::RevokedAt, Expr::value(now.0))
            .filter(api_keys::Column::Id.eq(id))
            .filter(api_keys::Column::RevokedAt.is_null())
            .exec(&write.tx)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected == 1)
    }
}

impl TryFrom<api_keys::Model> for ApiKey {
    type Error = Error;

    fn try_from(row: api_keys::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            organisation_id: row.organisation_id,
            name: row.name,
            prefix: row.prefix,
            secret_hash: rows::hash(&row.secret_hash, "api_keys", "secret_hash")?,
            created_at: Time(row.created_at),
            revoked_at: rows::moment(row.revoked_at),
        })
    }
}
