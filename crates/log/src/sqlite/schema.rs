//! The tables of the log, and how they came about.

use rusqlite::{Connection, TransactionBehavior};

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
pub(super) fn migrate(connection: &mut Connection) -> Result<(), LogError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (number, migration) in (1_i64..).zip(MIGRATIONS) {
        if number > done {
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "user_version", number)?;
        }
    }
    Ok(transaction.commit()?)
}
