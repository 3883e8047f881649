//! The log itself: one conditional write, and reading in order.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::oneshot;

use crate::{Position, Stream};

/// Ordered, durable, numbered entries per stream, and snapshots that make loading them fast.
///
/// Every engine passes the same contract suite (`tests/contract.rs`).
#[async_trait]
pub trait Log: Send + Sync + 'static {
    /// Writes the entry `at`, which must be the position after the head of the stream. It is
    /// durable when this returns `Ok`. Of several that append at one position, exactly one
    /// succeeds.
    async fn append(&self, stream: Stream, at: Position, bytes: Bytes) -> Result<(), AppendError>;

    /// [`Log::append`], after which the log goes on with what follows, without waiting for the caller to come back. A
    /// log that would not be idle meanwhile does not ask.
    async fn append_followed(
        &self,
        stream: Stream,
        at: Position,
        bytes: Bytes,
        following: Arc<dyn Following>,
    ) -> Result<(), AppendError> {
        let _ = following;
        self.append(stream, at, bytes).await
    }

    /// Entries after a position, in order and without gaps: at most `limit` and at most
    /// [`READ_ENTRIES_MAX`](crate::limits::READ_ENTRIES_MAX), ending early with the one that
    /// reaches [`READ_BYTES_MAX`](crate::limits::READ_BYTES_MAX). Empty means that there are none.
    async fn read(
        &self,
        stream: Stream,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Stored>, LogError>;

    /// The last position that is taken; [`Position::START`] for a stream without entries.
    async fn head(&self, stream: Stream) -> Result<Position, LogError>;

    /// Streams that have entries, in order, after the given one: at most `limit` and at most
    /// [`STREAMS_PAGE_MAX`](crate::limits::STREAMS_PAGE_MAX).
    async fn streams(&self, after: Option<Stream>, limit: usize) -> Result<Vec<Stream>, LogError>;

    /// Keeps a snapshot of the state after the entry `at`, and deletes all but the
    /// [`SNAPSHOTS_KEPT`](crate::limits::SNAPSHOTS_KEPT) newest of the stream. One that exists
    /// already stays as it is.
    async fn save_snapshot(
        &self,
        stream: Stream,
        at: Position,
        bytes: Bytes,
    ) -> Result<(), LogError>;

    /// The newest snapshot before a position (`None`: the newest of all).
    async fn latest_snapshot(
        &self,
        stream: Stream,
        before: Option<Position>,
    ) -> Result<Option<Stored>, LogError>;

    /// Throws a snapshot away, because it cannot be read. That it does not exist is no error.
    async fn delete_snapshot(&self, stream: Stream, at: Position) -> Result<(), LogError>;
}

/// What follows an entry.
pub trait Following: Send + Sync + 'static {
    /// The entry at the next position, if there is one. The log asks once for each entry that became durable, before it
    /// tells anybody so, and never after an entry that did not.
    fn take(&self) -> Option<Follower>;
}

/// An entry that follows another one.
pub struct Follower {
    /// What is written.
    pub bytes: Bytes,
    /// Told what became of it; dropped if that is not known.
    pub done: oneshot::Sender<Result<(), AppendError>>,
}

/// Bytes that the log keeps at a position: an entry or a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Where.
    pub position: Position,
    /// What.
    pub bytes: Bytes,
}

/// Why an entry was not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else was faster; nothing changed.
    #[error("the position is taken")]
    Taken,
    /// The position before this one is empty; nothing changed. The log is shorter than the caller
    /// remembers.
    #[error("the position before is empty")]
    Gap,
    /// Nothing was written, for sure.
    #[error("the entry was not written")]
    Failed(#[source] LogError),
    /// Nobody knows whether it was written; only reading tells.
    #[error("the entry may or may not have been written")]
    Doubtful(#[source] LogError),
}

/// The engine failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LogError {
    /// The database said no, or nothing.
    #[error("the log's database failed")]
    Database(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// No answer in time.
    #[error("the log did not answer in time")]
    TimedOut,
    /// The engine was closed, or ended after a failure.
    #[error("the log is closed")]
    Closed,
    /// More bytes than a log keeps in one piece.
    #[error("{bytes} bytes are too many for the log")]
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// The log holds what it should not hold.
    #[error("the log holds a {what} that it should not hold")]
    Corrupt {
        /// What is wrong.
        what: &'static str,
    },
    /// The tables are of an older release.
    #[error("the log's tables are of an older release: run `frontrow migrate` first")]
    Behind,
    /// A fault that was asked for.
    #[error("an injected fault")]
    Injected,
}

impl From<sqlx::Error> for LogError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl From<rusqlite::Error> for LogError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}
