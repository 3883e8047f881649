//! The one connection that writes, and its thread.

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::{
    connection::{self, Role, was_refused},
    schema,
};
use crate::{
    AppendError, Follower, Following, LogError, Position, Stream,
    limits::{SNAPSHOTS_KEPT, SQLITE_WRITES_TOGETHER},
};

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
        following: Option<Arc<dyn Following>>,
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
    Prune(bool),
    Done,
}

pub(super) struct Writer {
    path: PathBuf,
    /// `None` after a failure: nothing of a connection that failed is trusted.
    connection: Option<Connection>,
}

impl Writer {
    pub(super) async fn open(path: &Path) -> Result<Self, LogError> {
        let mut connection = connection::open_patiently(path, Role::Writer).await?;
        // Another process may be at it: that is waited for on a thread that may wait.
        let migrated = tokio::task::spawn_blocking(move || {
            schema::migrate(&mut connection)?;
            Ok::<_, LogError>(connection)
        });
        let connection = migrated.await.map_err(|_| LogError::Closed)??;
        Ok(Self { path: path.to_owned(), connection: Some(connection) })
    }

    /// Until the log is closed or dropped. What waits is written together.
    pub(super) fn run(mut self, mut queue: mpsc::Receiver<Write>) {
        let mut writes = Vec::new();
        let mut closing = Vec::new();
        while closing.is_empty() && next(&mut queue, &mut writes) {
            let closes = |write: &mut Write| matches!(write, Write::Close { .. });
            closing.extend(writes.extract_if(.., closes));
            if !writes.is_empty() {
                self.write(&mut writes);
            }
        }
        queue.close();
        // Folds the write-ahead log into the file.
        drop(self.connection);
        for close in closing {
            close.answer(Outcome::Done);
        }
    }

    fn write(&mut self, writes: &mut Vec<Write>) {
        let mut outcomes = Vec::with_capacity(writes.len());
        match self.transact(writes, &mut outcomes) {
            Ok(()) => {
                let mut following = Vec::new();
                for (write, outcome) in writes.drain(..).zip(outcomes) {
                    following.extend(write.following(&outcome));
                    write.answer(outcome);
                }
                *writes = following;
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

    fn transact(&mut self, writes: &[Write], outcomes: &mut Vec<Outcome>) -> Result<(), Failure> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            closed => {
                closed.insert(connection::open(&self.path, Role::Writer).map_err(Failure::certain)?)
            }
        };
        if let [write] = writes {
            // A statement is a transaction of its own, so its failure may be that of the commit.
            outcomes.push(write.execute(connection).map_err(Failure::of_commit)?);
            return Ok(());
        }
        let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = begun.map_err(Failure::certain)?;
        for write in writes {
            outcomes.push(write.execute(&transaction).map_err(Failure::certain)?);
        }
        transaction.commit().map_err(Failure::of_commit)
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
    fn certain(error: rusqlite::Error) -> Self {
        Self { error: error.into(), doubtful: false }
    }

    fn of_commit(error: rusqlite::Error) -> Self {
        let doubtful = !was_refused(&error);
        Self { error: error.into(), doubtful }
    }
}

impl Write {
    fn execute(&self, connection: &Connection) -> Result<Outcome, rusqlite::Error> {
        match self {
            Self::Append { key, bytes, .. } => append(connection, key, bytes).map(Outcome::Append),
            Self::SnapshotPart { key, part, parts, bytes, .. } => {
                let insert = "INSERT OR IGNORE INTO log_snapshots VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
                connection.prepare_cached(insert)?.execute((
                    key.kind,
                    key.id,
                    key.position,
                    part,
                    parts,
                    &bytes[..],
                ))?;
                Ok(Outcome::Done)
            }
            Self::PruneSnapshots { key, .. } => prune(connection, key).map(Outcome::Prune),
            Self::DeleteSnapshot { key, .. } => {
                let delete = "DELETE FROM log_snapshots
                    WHERE stream_kind = ?1 AND stream_id = ?2 AND position = ?3";
                connection.prepare_cached(delete)?.execute((key.kind, key.id, key.position))?;
                Ok(Outcome::Done)
            }
            Self::Close { .. } => Ok(Outcome::Done),
        }
    }

    /// What is written next, because this was.
    fn following(&self, outcome: &Outcome) -> Option<Self> {
        let (Self::Append { key, following: Some(following), .. }, Outcome::Append(Ok(()))) =
            (self, outcome)
        else {
            return None;
        };
        let Follower { bytes, done } = following.take()?;
        let key = Key { position: key.position + 1, ..*key };
        Some(Self::Append { key, bytes, done, following: Some(Arc::clone(following)) })
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
            (Self::Close { done }, _) => drop(done.send(())),
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

/// Adds what waits to what follows; waits only if there is neither. False once nobody can ask any more.
fn next(queue: &mut mpsc::Receiver<Write>, writes: &mut Vec<Write>) -> bool {
    if writes.is_empty() {
        return queue.blocking_recv_many(writes, SQLITE_WRITES_TOGETHER) > 0;
    }
    while writes.len() < SQLITE_WRITES_TOGETHER
        && let Ok(write) = queue.try_recv()
    {
        writes.push(write);
    }
    true
}

fn append(
    connection: &Connection,
    key: &Key,
    bytes: &[u8],
) -> Result<Result<(), AppendError>, rusqlite::Error> {
    let insert = "INSERT INTO log_entries (stream_kind, stream_id, position, body)
        SELECT ?1, ?2, ?3, ?4
        WHERE ?3 = 1 + (
            SELECT coalesce(max(position), 0) FROM log_entries
            WHERE stream_kind = ?1 AND stream_id = ?2
        )";
    let values = (key.kind, key.id, key.position, bytes);
    if connection.prepare_cached(insert)?.execute(values)? == 1 {
        return Ok(Ok(()));
    }
    // Entries are never deleted, so what is taken stays taken; a gap may have been filled since,
    // which is as true.
    let exists = "SELECT EXISTS (SELECT 1 FROM log_entries
            WHERE stream_kind = ?1 AND stream_id = ?2 AND position = ?3)";
    let values = (key.kind, key.id, key.position);
    let taken: bool = connection.prepare_cached(exists)?.query_row(values, |row| row.get(0))?;
    Ok(Err(if taken { AppendError::Taken } else { AppendError::Gap }))
}

/// Deletes one position's parts that are older than the snapshots that are kept.
fn prune(connection: &Connection, key: &Key) -> Result<bool, rusqlite::Error> {
    let delete = "DELETE FROM log_snapshots
        WHERE rowid IN (
            SELECT rowid FROM log_snapshots
            WHERE stream_kind = ?1 AND stream_id = ?2 AND position < (
                SELECT position FROM log_snapshots
                WHERE stream_kind = ?1 AND stream_id = ?2
                GROUP BY position HAVING count(*) = max(parts)
                ORDER BY position DESC LIMIT 1 OFFSET ?3
            )
            LIMIT 8
        )";
    let older = i64::try_from(SNAPSHOTS_KEPT).unwrap_or(i64::MAX) - 1;
    Ok(connection.prepare_cached(delete)?.execute((key.kind, key.id, older))? > 0)
}
