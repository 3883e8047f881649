//! The processes that serve one shop: each says every few seconds that it is there and how far it is.

use frontrow_ledger::Time;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Error, Result, Store, entity::replicas, limits, rows, text_enum::text_enum};

text_enum! {
    /// What a replica is about to do.
    ReplicaState in "replicas"."state" {
        /// It takes requests.
        Serving = "serving",
        /// It finishes what is in flight and ends.
        Draining = "draining",
    }
}

/// A process that serves the shop, as it said of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Replica {
    /// Which process; another one after a restart.
    pub id: Uuid,
    /// What it was built from.
    pub build: String,
    /// What it does: `all`, or roles separated by commas.
    pub roles: String,
    /// Where it listens.
    pub address: String,
    /// What it is about to do.
    pub state: ReplicaState,
    /// The highest version of records that it can read.
    pub knows: u32,
    /// Tells its secret from another one without telling the secret.
    pub secret_print: String,
    /// The streams that it serves, the one used last first; not all of them.
    pub streams: Vec<StreamLag>,
    /// When it started.
    pub started_at: Time,
    /// When it last said so.
    pub seen_at: Time,
}

/// How far a replica is with one stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamLag {
    /// `sale/UUID`.
    pub stream: String,
    /// The last entry that it has applied.
    pub position: u64,
    /// Entries of the log that it had not applied at that moment.
    pub behind: u64,
    /// Entries of the log that were not in the tables at that moment.
    pub unprojected: u64,
}

impl Store {
    /// Says that a replica is there, and forgets those that have not said so for long.
    pub async fn replica_seen(&self, replica: &Replica) -> Result<()> {
        let row = replicas::Model {
            id: replica.id,
            build: replica.build.clone(),
            roles: replica.roles.clone(),
            address: replica.address.clone(),
            state: replica.state.as_str().to_owned(),
            knows: i32::try_from(replica.knows).unwrap_or(i32::MAX),
            secret_print: replica.secret_print.clone(),
            streams: serde_json::to_value(&replica.streams)
                .map_err(|error| Error::Bug(error.into()))?,
            started_at: replica.started_at.0,
            seen_at: replica.seen_at.0,
        };
        let changing =
            [replicas::Column::State, replicas::Column::Streams, replicas::Column::SeenAt];
        let write = self.write().await?;
        rows::put(&write.tx, row, changing).await?;
        let forgotten = replica.seen_at.plus_ms(-limits::REPLICA_FORGOTTEN_MS);
        replicas::Entity::delete_many()
            .filter(replicas::Column::SeenAt.lt(forgotten.0))
            .exec(&write.tx)
            .await?;
        write.commit().await
    }

    /// Forgets a replica that ends.
    pub async fn replica_gone(&self, id: Uuid) -> Result<()> {
        let write = self.write_one().await?;
        replicas::Entity::delete_by_id(id).exec(&write).await?;
        write.commit().await
    }

    /// Replicas that said since a moment that they are there, by age; so many of them at the most.
    pub async fn replicas(&self, seen_since: Time) -> Result<Vec<Replica>> {
        let rows = replicas::Entity::find()
            .filter(replicas::Column::SeenAt.gte(seen_since.0))
            .order_by_asc(replicas::Column::StartedAt)
            .order_by_asc(replicas::Column::Id)
            .limit(limits::REPLICAS_MAX)
            .all(self.db())
            .await?;
        rows.into_iter().map(Replica::try_from).collect()
    }
}

impl TryFrom<replicas::Model> for Replica {
    type Error = Error;

    fn try_from(row: replicas::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            build: row.build,
            roles: row.roles,
            address: row.address,
            state: ReplicaState::read(&row.state)?,
            knows: u32::try_from(row.knows).map_err(|_| Error::corrupt("replicas", "knows"))?,
            secret_print: row.secret_print,
            streams: serde_json::from_value(row.streams)
                .map_err(|_| Error::corrupt("replicas", "streams"))?,
            started_at: Time(row.started_at),
            seen_at: Time(row.seen_at),
        })
    }
}
