//! The tables of the log, and how they came about.

use sqlx::{Connection, Executor, SqliteConnection};

use crate::LogError;

/// Each is run once, in order, in the transaction that counts it. Never changed, only added to, and
/// only such that the release before still works.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE log_entries (
        stream_kind INTEGER NOT NULL,
        stream_id BLOB NOT NULL CHECK (length(stream_id) = 16),
        position INTEGER NOT NULL CHECK (position > 0),
        body BLOB NOT NULL,
        PRIMARY KEY (stream_kind, stream_id, position)
    ) STRICT, WITHOUT ROWID;
    -- Every stream once.
    CREATE INDEX log_streams ON log_entries (stream_kind, stream_id) WHERE position = 1;
    CREATE TABLE log_snapshots (
        stream_kind INTEGER NOT NULL,
        stream_id BLOB NOT NULL,
        position INTEGER NOT NULL,
        part INTEGER NOT NULL,
        parts INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (stream_kind, stream_id, position, part)
    ) STRICT;
"];

/// Brings the file up to date; does nothing to one that is.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), LogError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let done: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *transaction).await?;
    for (number, migration) in (1_i64..).zip(MIGRATIONS) {
        if number > done {
            transaction.execute(*migration).await?;
            let count = format!("PRAGMA user_version = {number}");
            // A pragma takes no parameters; the number is ours.
            transaction.execute(sqlx::AssertSqlSafe(count)).await?;
        }
    }
    Ok(transaction.commit().await?)
}
