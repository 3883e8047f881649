//! The tables' shape, as steps that are applied once and never edited.
//!
//! Steps expand and contract: a step only adds (a table, a nullable column, an index), so that replicas of the
//! version before keep working beside it; what nobody reads any more is dropped a release later. A step is one SQL
//! text for both engines in which the types that differ are written as `{uuid}`, `{json}` and so on.

use std::collections::HashSet;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, Statement, TransactionTrait,
};
use sea_orm_migration::{
    MigrationName, MigrationTrait, MigratorTrait, SchemaManager, async_trait::async_trait,
    seaql_migrations,
};

use crate::{
    Result, Store,
    connect::{Db, Engine, Tx},
    limits,
};

/// Every step in order: its name and its text.
const STEPS: [(&str, &str); 4] = [
    ("m0001_first", include_str!("migrations/m0001_first.sql")),
    ("m0002_venue_owner", include_str!("migrations/m0002_venue_owner.sql")),
    ("m0003_replicas", include_str!("migrations/m0003_replicas.sql")),
    ("m0004_rooms", include_str!("migrations/m0004_rooms.sql")),
];

/// Types by engine. SQLite's tables are strict, so that a wrong type is an error there too.
const POSTGRES_WORDS: [(&str, &str); 6] = [
    ("{uuid}", "uuid"),
    ("{int}", "integer"),
    ("{bigint}", "bigint"),
    ("{bytes}", "bytea"),
    ("{json}", "jsonb"),
    ("{strict}", ""),
];
const SQLITE_WORDS: [(&str, &str); 6] = [
    ("{uuid}", "blob"),
    ("{int}", "integer"),
    ("{bigint}", "integer"),
    ("{bytes}", "blob"),
    ("{json}", "text"),
    ("{strict}", "strict"),
];

/// Any number will do, as long as every replica takes the same one.
const POSTGRES_TURN: i64 = 0x4652_4f4e_5452_4f57;

/// Applies what is missing, in one transaction.
pub(crate) async fn run(store: &Store) -> Result<()> {
    // Looked at first, because whoever serves may lack the right to change tables.
    if is_current(store).await? {
        return Ok(());
    }
    match store.db() {
        Db::Postgres(postgres) => {
            let apart = postgres.apart().await?;
            let tx = apart.begin().await?;
            take_turn(&tx).await?;
            apply(&tx).await?;
            tx.commit().await?;
            Ok(apart.close().await?)
        }
        Db::Sqlite { .. } => {
            let write = store.write().await?;
            if let Tx::Sqlite(tx) = &write.tx {
                apply(tx).await?;
            }
            write.commit().await
        }
    }
}

async fn apply(tx: &DatabaseTransaction) -> Result<()> {
    if !all_applied(Steps::get_migration_models(tx).await?) {
        Steps::up(tx, None).await?;
    }
    Ok(())
}

/// Whether every step was applied. Steps of a newer version are none of our business.
pub(crate) async fn is_current(store: &Store) -> Result<bool> {
    let exists = match store.engine() {
        Engine::Sqlite => {
            "SELECT count(*) FROM sqlite_master WHERE name = 'seaql_migrations'".to_owned()
        }
        Engine::Postgres => {
            // Not `to_regclass`, which may answer from what the connection remembers from before.
            "SELECT count(*) FROM pg_class \
             WHERE relname = 'seaql_migrations' AND pg_table_is_visible(oid)"
                .to_owned()
        }
    };
    let exists = Statement::from_string(store.db().get_database_backend(), exists);
    let exists = store.db().query_one_raw(exists).await?;
    let exists: i64 = exists.map_or(Ok(0), |row| row.try_get_by(0))?;
    if exists == 0 {
        return Ok(false);
    }
    let applied = seaql_migrations::Entity::find().all(store.db()).await?;
    Ok(all_applied(applied))
}

/// Replicas that start together migrate one after another; none waits long for a table that is in use.
async fn take_turn(tx: &DatabaseTransaction) -> Result<()> {
    let (turn, lock) = (limits::MIGRATION_TURN.as_millis(), limits::MIGRATION_LOCK.as_millis());
    let sql = format!(
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = {turn}; \
         SET LOCAL idle_in_transaction_session_timeout = 0; \
         SELECT pg_advisory_xact_lock({POSTGRES_TURN}); SET LOCAL lock_timeout = {lock};"
    );
    tx.execute_unprepared(&sql).await?;
    Ok(())
}

fn all_applied(applied: Vec<seaql_migrations::Model>) -> bool {
    let applied: HashSet<String> = applied.into_iter().map(|step| step.version).collect();
    STEPS.iter().all(|(name, _)| applied.contains(*name))
}

struct Steps;

impl MigratorTrait for Steps {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        STEPS.iter().map(|(name, sql)| Box::new(Step { name, sql }) as Box<_>).collect()
    }
}

struct Step {
    name: &'static str,
    sql: &'static str,
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> std::result::Result<(), DbErr> {
        let words = match manager.get_database_backend() {
            sea_orm::DbBackend::Sqlite => SQLITE_WORDS,
            _ => POSTGRES_WORDS,
        };
        let mut sql = self.sql.to_owned();
        for (word, meaning) in words {
            sql = sql.replace(word, meaning);
        }
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }
}
