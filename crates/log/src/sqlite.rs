//! The log in an SQLite file: the embedded default.
//!
//! Write-ahead log with full sync, so what is acknowledged survives a power cut. One connection
//! writes, in its own task: appends of several streams that wait for it share one transaction, and
//! so one sync. A few others read. Several processes may use one file; SQLite's lock puts their
//! transactions in order.

mod schema;
mod writer;

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use sqlx::{
    Row, SqlitePool,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};
use tokio::sync::{mpsc, oneshot};

use crate::{
    AppendError, Log, LogError, Position, Stored, Stream, StreamKind,
    limits::{
        FRAME_BYTES_MAX, READ_BYTES_MAX, READ_ENTRIES_MAX, SNAPSHOT_BYTES_MAX, SQLITE_FOLD_PAGES,
        SQLITE_READERS, SQLITE_SNAPSHOT_PART_BYTES, SQLITE_WRITES_QUEUED, STREAMS_PAGE_MAX,
    },
};
use writer::{Key, Write, Writer};

/// How long a write waits for another process that writes to the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// A log in one file.
pub struct SqliteLog {
    writes: mpsc::Sender<Write>,
    readers: SqlitePool,
}

impl SqliteLog {
    /// Opens the file; creates it and its tables if they do not exist.
    pub async fn open(path: &Path) -> Result<Self, LogError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // Without it, macOS acknowledges what is still in the disk's cache.
            .pragma("fullfsync", "ON")
            // Folding the write-ahead log into the file holds up whoever appends, however little
            // there is to fold.
            .pragma("wal_autocheckpoint", SQLITE_FOLD_PAGES.to_string())
            .busy_timeout(BUSY_TIMEOUT);
        let writer = Writer::open(options.clone()).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .acquire_timeout(BUSY_TIMEOUT)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        let (sender, queue) = mpsc::channel(SQLITE_WRITES_QUEUED);
        tokio::spawn(writer.run(queue));
        Ok(Self { writes: sender, readers })
    }

    /// Closes the file. Appends afterwards fail.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.writes.send(Write::Close { done }).await.is_ok() {
            let _ = closed.await;
        }
        self.readers.close().await;
    }

    async fn write<T>(
        &self,
        write: impl FnOnce(oneshot::Sender<Result<T, LogError>>) -> Write,
    ) -> Result<T, LogError> {
        let (done, written) = oneshot::channel();
        self.writes.send(write(done)).await.map_err(|_| LogError::Closed)?;
        written.await.map_err(|_| LogError::Closed)?
    }
}

#[async_trait]
impl Log for SqliteLog {
    async fn append(&self, stream: Stream, at: Position, bytes: Bytes) -> Result<(), AppendError> {
        if bytes.len() > FRAME_BYTES_MAX {
            return Err(AppendError::Failed(LogError::TooLarge { bytes: bytes.len() }));
        }
        let (done, written) = oneshot::channel();
        let write = Write::Append { key: Key::new(stream, at), bytes, done };
        self.writes.send(write).await.map_err(|_| AppendError::Failed(LogError::Closed))?;
        // The writer ended with our entry in its hands.
        written.await.unwrap_or(Err(AppendError::Doubtful(LogError::Closed)))
    }

    async fn read(
        &self,
        stream: Stream,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Stored>, LogError> {
        let key = Key::new(stream, after);
        let limit = limit.min(READ_ENTRIES_MAX);
        // The page ends with the first entry at which the sum of sizes reaches the bound.
        let rows = sqlx::query(
            "WITH sized AS (
                SELECT position, length(body) AS size,
                    sum(length(body)) OVER (ORDER BY position) AS total
                FROM log_entries
                WHERE stream_kind = ?1 AND stream_id = ?2
                    AND position > ?3 AND position <= ?3 + ?4
            )
            SELECT position, body FROM log_entries
            WHERE stream_kind = ?1 AND stream_id = ?2 AND position > ?3
                AND position <= (SELECT max(position) FROM sized WHERE total - size < ?5)
            ORDER BY position",
        )
        .bind(key.kind)
        .bind(&key.id[..])
        .bind(key.position)
        .bind(number(limit))
        .bind(number(READ_BYTES_MAX))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(stored).collect()
    }

    async fn head(&self, stream: Stream) -> Result<Position, LogError> {
        let key = Key::new(stream, Position::START);
        let head: Option<i64> = sqlx::query_scalar(
            "SELECT position FROM log_entries WHERE stream_kind = ?1 AND stream_id = ?2
            ORDER BY position DESC LIMIT 1",
        )
        .bind(key.kind)
        .bind(&key.id[..])
        .fetch_optional(&self.readers)
        .await?;
        head.map_or(Ok(Position::START), position)
    }

    async fn streams(&self, after: Option<Stream>, limit: usize) -> Result<Vec<Stream>, LogError> {
        let (kind, id) = after.map_or((0, [0; 16]), |stream| {
            (i64::from(stream.kind.code()), stream.id.to_be_bytes())
        });
        let rows = sqlx::query(
            "SELECT stream_kind, stream_id FROM log_entries
            WHERE position = 1 AND (stream_kind, stream_id) > (?1, ?2)
            ORDER BY stream_kind, stream_id LIMIT ?3",
        )
        .bind(kind)
        .bind(&id[..])
        .bind(number(limit.min(STREAMS_PAGE_MAX)))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(stream).collect()
    }

    async fn save_snapshot(
        &self,
        stream: Stream,
        at: Position,
        bytes: Bytes,
    ) -> Result<(), LogError> {
        if bytes.len() > SNAPSHOT_BYTES_MAX {
            return Err(LogError::TooLarge { bytes: bytes.len() });
        }
        let key = Key::new(stream, at);
        // In parts, so that appends do not wait for the whole of it.
        let parts = number(bytes.len().div_ceil(SQLITE_SNAPSHOT_PART_BYTES).max(1));
        for part in 0..parts {
            let start = usize::try_from(part).unwrap_or(0) * SQLITE_SNAPSHOT_PART_BYTES;
            let end = bytes.len().min(start + SQLITE_SNAPSHOT_PART_BYTES);
            let bytes = bytes.slice(start..end);
            self.write(|done| Write::SnapshotPart { key, part, parts, bytes, done }).await?;
        }
        while self.write(|done| Write::PruneSnapshots { key, done }).await? {}
        Ok(())
    }

    async fn latest_snapshot(
        &self,
        stream: Stream,
        before: Option<Position>,
    ) -> Result<Option<Stored>, LogError> {
        let key = Key::new(stream, before.unwrap_or(Position(u64::MAX)));
        let newest: Option<i64> = sqlx::query_scalar(
            "SELECT position FROM log_snapshots
            WHERE stream_kind = ?1 AND stream_id = ?2 AND position < ?3
            GROUP BY position HAVING count(*) = max(parts)
            ORDER BY position DESC LIMIT 1",
        )
        .bind(key.kind)
        .bind(&key.id[..])
        .bind(key.position)
        .fetch_optional(&self.readers)
        .await?;
        let Some(newest) = newest else { return Ok(None) };
        let parts: Vec<Vec<u8>> = sqlx::query_scalar(
            "SELECT body FROM log_snapshots
            WHERE stream_kind = ?1 AND stream_id = ?2 AND position = ?3 ORDER BY part",
        )
        .bind(key.kind)
        .bind(&key.id[..])
        .bind(newest)
        .fetch_all(&self.readers)
        .await?;
        Ok(Some(Stored { position: position(newest)?, bytes: parts.concat().into() }))
    }

    async fn delete_snapshot(&self, stream: Stream, at: Position) -> Result<(), LogError> {
        let key = Key::new(stream, at);
        self.write(|done| Write::DeleteSnapshot { key, done }).await
    }
}

fn stored(row: &SqliteRow) -> Result<Stored, LogError> {
    let bytes: Vec<u8> = row.try_get(1)?;
    Ok(Stored { position: position(row.try_get(0)?)?, bytes: bytes.into() })
}

fn stream(row: &SqliteRow) -> Result<Stream, LogError> {
    let corrupt = LogError::Corrupt { what: "stream" };
    let kind: i64 = row.try_get(0)?;
    let kind = u8::try_from(kind).ok().and_then(StreamKind::from_code).ok_or(corrupt.clone())?;
    let id: Vec<u8> = row.try_get(1)?;
    let id = id.try_into().map_err(|_| corrupt)?;
    Ok(Stream { kind, id: u128::from_be_bytes(id) })
}

fn position(stored: i64) -> Result<Position, LogError> {
    u64::try_from(stored).map(Position).map_err(|_| LogError::Corrupt { what: "position" })
}

/// Positions and counts stay far below 2^63; whatever does not is as good as infinite.
fn number(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
