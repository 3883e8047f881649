//! The tables of the log, and how they came about.

use sqlx::{Connection, Executor, PgConnection};

use crate::LogError;

/// Each is run once, in order, in the transaction that counts it. Never changed, only added to, and
/// only such that the release before still works.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE log_entries (
        stream_kind smallint NOT NULL,
        stream_id bytea NOT NULL CHECK (length(stream_id) = 16),
        position bigint NOT NULL CHECK (position > 0),
        body bytea NOT NULL,
        PRIMARY KEY (stream_kind, stream_id, position)
    );
    -- Compressing would cost more time than it saves: bodies are small, or random ids.
    ALTER TABLE log_entries ALTER COLUMN body SET STORAGE EXTERNAL;
    -- Every stream once.
    CREATE INDEX log_streams ON log_entries (stream_kind, stream_id) WHERE position = 1;
    CREATE TABLE log_snapshots (
        stream_kind smallint NOT NULL,
        stream_id bytea NOT NULL,
        position bigint NOT NULL,
        body bytea NOT NULL,
        PRIMARY KEY (stream_kind, stream_id, position)
    );
    ALTER TABLE log_snapshots ALTER COLUMN body SET STORAGE EXTERNAL;
"];

/// Only one replica migrates at a time. The number is ours in this database: `frontrow` in ASCII.
const LOCK: i64 = i64::from_be_bytes(*b"frontrow");

/// Whether every migration was run. Needs no rights but to read.
pub(super) async fn is_current(connection: &mut PgConnection) -> Result<bool, LogError> {
    let exists = exists(connection).await?;
    if !exists {
        return Ok(false);
    }
    let done: i32 = sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM log_migrations")
        .fetch_one(connection)
        .await?;
    Ok(usize::try_from(done).is_ok_and(|done| done >= MIGRATIONS.len()))
}

/// Brings the schema up to date; does nothing to one that is. Waits only briefly for the locks it
/// needs, so that it never queues up in front of a busy table.
pub(super) async fn migrate(connection: &mut PgConnection) -> Result<(), LogError> {
    let mut transaction = connection.begin().await?;
    transaction
        .execute("SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '60s'")
        .await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *transaction).await?;
    let done = done(&mut transaction).await?;
    for (number, migration) in (1_i32..).zip(MIGRATIONS) {
        if number > done {
            transaction.execute(*migration).await?;
            sqlx::query("INSERT INTO log_migrations (number) VALUES ($1)")
                .bind(number)
                .execute(&mut *transaction)
                .await?;
        }
    }
    Ok(transaction.commit().await?)
}

/// Looked up in the catalogue and not with `to_regclass`, which may answer from what this connection
/// remembers from before another replica created it.
async fn exists(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (
            SELECT 1 FROM pg_class WHERE relname = 'log_migrations' AND pg_table_is_visible(oid)
        )",
    )
    .fetch_one(connection)
    .await
}

async fn done(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    // Looked up before it is created, because creating asks for rights that a role of its own may
    // lack.
    let exists = exists(connection).await?;
    if !exists {
        connection.execute("CREATE TABLE log_migrations (number integer PRIMARY KEY)").await?;
    }
    sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM log_migrations")
        .fetch_one(connection)
        .await
}
