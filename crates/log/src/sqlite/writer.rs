//! The one connection that writes.

use std::{error::Error, time::Duration};

use bytes::Bytes;
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::{mpsc, oneshot};

use super::schema;
use crate::{
    AppendError, LogError, Position, Stream,
    limits::{SNAPSHOTS_KEPT, SQLITE_WRITES_TOGETHER},
};

const OPEN_ATTEMPTS: u32 = 50;
const OPEN_PAUSE: Duration = Duration::from_millis(20);

/// A stream and a position, as they are stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) kind: i64,
    pub(super) id: [u8; 16],
    pub(super) position: i64,
}

impl Key {
    pub(super) fn new(stream: Stream, position: Position) -> Self {
        Self {
            kind: i64::from(stream.kind.code()),
            id: stream.id.to_be_bytes(),
            position: i64::try_from(position.0).unwrap_or(i64::MAX),
        }
    }
}

type Done<T, E> = oneshot::Sender<Result<T, E>>;

/// What the writer is asked for.
pub(super) enum Write {
    Append {
        key: Key,
        bytes: Bytes,
        done: Done<(), AppendError>,
    },
    SnapshotPart {
        key: Key,
        part: i64,
        parts: i64,
        bytes: Bytes,
        done: Done<(), LogError>,
    },
    /// Deletes a piece of what is older than the snapshots that are kept; answers whether there was
    /// any.
    PruneSnapshots {
        key: Key,
        done: Done<bool, LogError>,
    },
    DeleteSnapshot {
        key: Key,
        done: Done<(), LogError>,
    },
    Close {
        done: oneshot::Sender<()>,
    },
}

/// What a write came to, until its transaction is committed.
enum Outcome {
    Append(Result<(), AppendError>),
    Snapshot,
    Prune(bool),
}

pub(super) struct Writer {
    options: SqliteConnectOptions,
    /// `None` after a failure: nothing of a connection that failed is trusted.
    connection: Option<SqliteConnection>,
}

impl Writer {
    pub(super) async fn open(options: SqliteConnectOptions) -> Result<Self, LogError> {
        let mut connection = first_connection(&options).await?;
        schema::migrate(&mut connection).await?;
        Ok(Self { options, connection: Some(connection) })
    }

    /// Until the log is closed or dropped. What waits is written together.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Write>) {
        let mut writes = Vec::new();
        let mut closing = Vec::new();
        while closing.is_empty() && queue.recv_many(&mut writes, SQLITE_WRITES_TOGETHER).await > 0 {
            writes = writes
                .into_iter()
                .filter_map(|write| match write {
                    Write::Close { done } => {
                        closing.push(done);
                        None
                    }
                    other => Some(other),
                })
                .collect();
            if !writes.is_empty() {
                self.write(&mut writes).await;
            }
        }
        queue.close();
        if let Some(connection) = self.connection {
            // Folds the write-ahead log into the file.
            let _ = connection.close().await;
        }
        for done in closing {
            let _ = done.send(());
        }
    }

    async fn write(&mut self, writes: &mut Vec<Write>) {
        let mut outcomes = Vec::with_capacity(writes.len());
        match self.transact(writes, &mut outcomes).await {
            Ok(()) => {
                for (write, outcome) in writes.drain(..).zip(outcomes) {
                    write.answer(outcome);
                }
            }
            Err(failure) => {
                self.connection = None;
                tracing::warn!(error = &failure as &dyn Error, "log not written");
                for write in writes.drain(..) {
                    write.fail(&failure);
                }
            }
        }
    }

    async fn transact(
        &mut self,
        writes: &[Write],
        outcomes: &mut Vec<Outcome>,
    ) -> Result<(), Failure> {
        if self.connection.is_none() {
            self.connection = Some(self.options.connect().await.map_err(Failure::certain)?);
        }
        let connection = self.connection.as_mut().expect("it was opened above");
        if let [write] = writes {
            // A statement is a transaction of its own, so its failure may be that of the commit.
            outcomes.push(write.execute(connection).await.map_err(Failure::of_commit)?);
            return Ok(());
        }
        let begun = connection.begin_with("BEGIN IMMEDIATE").await;
        let mut transaction = begun.map_err(Failure::certain)?;
        for write in writes {
            let outcome = write.execute(&mut transaction).await.map_err(Failure::certain)?;
            outcomes.push(outcome);
        }
        transaction.commit().await.map_err(Failure::of_commit)
    }
}

/// Creating a file that another process creates at the same moment may be refused at once:
/// switching to the write-ahead log does not wait for locks.
async fn first_connection(options: &SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    let mut attempts = 0;
    loop {
        match options.connect().await {
            Err(error) if was_refused(&error) && attempts < OPEN_ATTEMPTS => {
                attempts += 1;
                tokio::time::sleep(OPEN_PAUSE).await;
            }
            connected => return connected,
        }
    }
}

/// Why a transaction was not committed, as far as is known.
#[derive(Debug, thiserror::Error)]
#[error("the transaction was not committed")]
struct Failure {
    #[source]
    error: LogError,
    doubtful: bool,
}

impl Failure {
    fn certain(error: sqlx::Error) -> Self {
        Self { error: error.into(), doubtful: false }
    }

    fn of_commit(error: sqlx::Error) -> Self {
        let doubtful = !was_refused(&error);
        Self { error: error.into(), doubtful }
    }
}

/// SQLite said no before it wrote anything that counts.
fn was_refused(error: &sqlx::Error) -> bool {
    const BUSY: i32 = 5;
    const LOCKED: i32 = 6;
    const READONLY: i32 = 8;
    const FULL: i32 = 13;
    const CANTOPEN: i32 = 14;
    const TOOBIG: i32 = 18;
    const CONSTRAINT: i32 = 19;
    let Some(code) = error.as_database_error().and_then(sqlx::error::DatabaseError::code) else {
        return false;
    };
    // The low byte of an extended code is the primary one.
    let code = code.parse::<i32>().map_or(0, |code| code & 0xff);
    matches!(code, BUSY | LOCKED | READONLY | FULL | CANTOPEN | TOOBIG | CONSTRAINT)
}

impl Write {
    async fn execute(&self, connection: &mut SqliteConnection) -> Result<Outcome, sqlx::Error> {
        match self {
            Self::Append { key, bytes, .. } => {
                append(connection, key, bytes).await.map(Outcome::Append)
            }
            Self::SnapshotPart { key, part, parts, bytes, .. } => {
                sqlx::query("INSERT OR IGNORE INTO log_snapshots VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
                    .bind(key.kind)
                    .bind(&key.id[..])
                    .bind(key.position)
                    .bind(part)
                    .bind(parts)
                    .bind(&bytes[..])
                    .execute(connection)
                    .await?;
                Ok(Outcome::Snapshot)
            }
            Self::PruneSnapshots { key, .. } => prune(connection, key).await.map(Outcome::Prune),
            Self::DeleteSnapshot { key, .. } => {
                sqlx::query(
                    "DELETE FROM log_snapshots
                    WHERE stream_kind = ?1 AND stream_id = ?2 AND position = ?3",
                )
                .bind(key.kind)
                .bind(&key.id[..])
                .bind(key.position)
                .execute(connection)
                .await?;
                Ok(Outcome::Snapshot)
            }
            Self::Close { .. } => Ok(Outcome::Snapshot),
        }
    }

    /// Whoever asked may be gone.
    fn answer(self, outcome: Outcome) {
        match (self, outcome) {
            (Self::Append { done, .. }, Outcome::Append(result)) => drop(done.send(result)),
            (Self::PruneSnapshots { done, .. }, Outcome::Prune(some)) => {
                drop(done.send(Ok(some)));
            }
            (Self::SnapshotPart { done, .. } | Self::DeleteSnapshot { done, .. }, _) => {
                drop(done.send(Ok(())));
            }
            // Nothing else comes out of `execute`; a sender that is dropped reads as a closed log.
            _ => {}
        }
    }

    fn fail(self, failure: &Failure) {
        let error = failure.error.clone();
        match self {
            Self::Append { done, .. } if failure.doubtful => {
                drop(done.send(Err(AppendError::Doubtful(error))));
            }
            Self::Append { done, .. } => drop(done.send(Err(AppendError::Failed(error)))),
            Self::PruneSnapshots { done, .. } => drop(done.send(Err(error))),
            Self::SnapshotPart { done, .. } | Self::DeleteSnapshot { done, .. } => {
                drop(done.send(Err(error)));
            }
            Self::Close { done } => drop(done.send(())),
        }
    }
}

async fn append(
    connection: &mut SqliteConnection,
    key: &Key,
    bytes: &[u8],
) -> Result<Result<(), AppendError>, sqlx::Error> {
    let inserted = sqlx::query(
        "INSERT INTO log_entries (stream_kind, stream_id, position, body)
        SELECT ?1, ?2, ?3, ?4
        WHERE ?3 = 1 + (
            SELECT coalesce(max(position), 0) FROM log_entries
            WHERE stream_kind = ?1 AND stream_id = ?2
        )",
    )
    .bind(key.kind)
    .bind(&key.id[..])
    .bind(key.position)
    .bind(bytes)
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(Ok(()));
    }
    // Entries are never deleted, so what is taken stays taken; a gap may have been filled since,
    // which is as true.
    let taken: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM log_entries
            WHERE stream_kind = ?1 AND stream_id = ?2 AND position = ?3)",
    )
    .bind(key.kind)
    .bind(&key.id[..])
    .bind(key.position)
    .fetch_one(connection)
    .await?;
    Ok(Err(if taken { AppendError::Taken } else { AppendError::Gap }))
}

/// Deletes one position's parts that are older than the snapshots that are kept.
async fn prune(connection: &mut SqliteConnection, key: &Key) -> Result<bool, sqlx::Error> {
    let deleted = sqlx::query(
        "DELETE FROM log_snapshots
        WHERE rowid IN (
            SELECT rowid FROM log_snapshots
            WHERE stream_kind = ?1 AND stream_id = ?2 AND position < (
                SELECT position FROM log_snapshots
                WHERE stream_kind = ?1 AND stream_id = ?2
                GROUP BY position HAVING count(*) = max(parts)
                ORDER BY position DESC LIMIT 1 OFFSET ?3
            )
            LIMIT 8
        )",
    )
    .bind(key.kind)
    .bind(&key.id[..])
    .bind(i64::try_from(SNAPSHOTS_KEPT).unwrap_or(i64::MAX) - 1)
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected() > 0)
}
