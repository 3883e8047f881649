//! The tables' shape, as steps that are applied once and never edited.
//!
//! Steps expand and contract: a step only adds (a table, a nullable column, an index), so that replicas of the
//! version before keep working beside it; what nobody reads any more is dropped a release later. A step is one SQL
//! text for both engines in which the types that differ are written as `{uuid}`, `{json}` and so on.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, Statement};

use crate::{Result, Store, connect::Engine, limits};

/// Every step in order: its name and its text.
const STEPS: [(&str, &str); 7] = [
    ("m0001_first", include_str!("migrations/m0001_first.sql")),
    ("m0002_venue_owner", include_str!("migrations/m0002_venue_owner.sql")),
    ("m0003_replicas", include_str!("migrations/m0003_replicas.sql")),
    ("m0004_rooms", include_str!("migrations/m0004_rooms.sql")),
    ("m0005_room_wishes", include_str!("migrations/m0005_room_wishes.sql")),
    ("m0006_unlocked", include_str!("migrations/m0006_unlocked.sql")),
    ("m0007_room_doors", include_str!("migrations/m0007_room_doors.sql")),
];

/// Types by engine. SQLite's tables are strict, so that a wrong type is an error there too. What only PostgreSQL knows is a
/// comment elsewhere.
const POSTGRES_WORDS: [(&str, &str); 7] = [
    ("{uuid}", "uuid"),
    ("{int}", "integer"),
    ("{bigint}", "bigint"),
    ("{bytes}", "bytea"),
    ("{json}", "jsonb"),
    ("{strict}", ""),
    ("{postgres}", ""),
];
const SQLITE_WORDS: [(&str, &str); 7] = [
    ("{uuid}", "blob"),
    ("{int}", "integer"),
    ("{bigint}", "integer"),
    ("{bytes}", "blob"),
    ("{json}", "text"),
    ("{strict}", "strict"),
    ("{postgres}", "--"),
];

/// Any number will do, as long as every replica takes the same one.
const POSTGRES_TURN: i64 = 0x4652_4f4e_5452_4f57;

/// Which steps were applied, under the name and in the shape that the first of our tables have it.
const APPLIED: &str = "CREATE TABLE IF NOT EXISTS seaql_migrations \
    (version varchar NOT NULL PRIMARY KEY, applied_at bigint NOT NULL)";

/// Applies what is missing, in one transaction.
pub(crate) async fn run(store: &Store) -> Result<()> {
    // Looked at first, because whoever serves may lack the right to change tables.
    if is_current(store).await? {
        return Ok(());
    }
    let write = store.write().await?.long();
    let (words, now) = match store.engine() {
        Engine::Sqlite => (SQLITE_WORDS, "unixepoch()"),
        Engine::Postgres => {
            take_turn(&write.tx).await?;
            (POSTGRES_WORDS, "extract(epoch FROM now())::bigint")
        }
    };
    write.tx.execute_unprepared(APPLIED).await?;
    let applied = applied(&write.tx).await?;
    for (name, sql) in STEPS.iter().filter(|(name, _)| !applied.contains(*name)) {
        let mut sql = (*sql).to_owned();
        for (word, meaning) in words {
            sql = sql.replace(word, meaning);
        }
        write.tx.execute_unprepared(&sql).await?;
        let done = format!("INSERT INTO seaql_migrations VALUES ('{name}', {now})");
        write.tx.execute_unprepared(&done).await?;
    }
    write.commit().await
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
    let applied = applied(store.db()).await?;
    Ok(STEPS.iter().all(|(name, _)| applied.contains(*name)))
}

async fn applied(db: &impl ConnectionTrait) -> Result<HashSet<String>> {
    let sql = "SELECT version FROM seaql_migrations";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    Ok(rows.iter().map(|row| row.try_get_by(0)).collect::<std::result::Result<_, _>>()?)
}

/// Replicas that start together migrate one after another; none waits long for a table that is in use.
async fn take_turn(db: &impl ConnectionTrait) -> Result<()> {
    let (turn, lock) = (limits::MIGRATION_TURN.as_millis(), limits::MIGRATION_LOCK.as_millis());
    let sql = format!(
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = {turn}; \
         SET LOCAL idle_in_transaction_session_timeout = 0; \
         SELECT pg_advisory_xact_lock({POSTGRES_TURN}); SET LOCAL lock_timeout = {lock};"
    );
    db.execute_unprepared(&sql).await?;
    Ok(())
}
