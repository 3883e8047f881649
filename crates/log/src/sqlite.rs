//! The log in an SQLite file: the embedded default.
//!
//! Write-ahead log with full sync, so what is acknowledged survives a power cut. One connection
//! writes, on a thread of its own that may wait for the disk: appends of several streams that wait
//! for it share one transaction, and so one sync. A few others read. Several processes may use one
//! file; SQLite's lock puts their transactions in order.

mod connection;
mod readers;
mod schema;
mod writer;

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use rusqlite::{OptionalExtension as _, Row};
use tokio::sync::{mpsc, oneshot};

use crate::{
    AppendError, Following, Log, LogError, Position, Stored, Stream, StreamKind,
    limits::{
        FRAME_BYTES_MAX, READ_BYTES_MAX, READ_ENTRIES_MAX, SNAPSHOT_BYTES_MAX,
        SQLITE_SNAPSHOT_PART_BYTES, SQLITE_WRITES_QUEUED, STREAMS_PAGE_MAX,
    },
};
use readers::Readers;
use writer::{Key, Write, Writer};

/// A log in one file.
pub struct SqliteLog {
    writes: mpsc::Sender<Write>,
    readers: Readers,
}

impl SqliteLog {
    /// Opens the file; creates it and its tables if they do not exist.
    pub async fn open(path: &Path) -> Result<Self, LogError> {
        let opened = Writer::open(path).await?;
        let (writes, queue) = mpsc::channel(SQLITE_WRITES_QUEUED);
        std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(|| opened.run(queue))
            .map_err(|error| LogError::Database(Arc::new(error)))?;
        Ok(Self { writes, readers: Readers::new(path) })
    }

    /// Closes the file. Appends afterwards fail.
    pub async fn close(&self) {
        self.readers.close().await;
        let (done, closed) = oneshot::channel();
        if self.writes.send(Write::Close { done }).await.is_ok() {
            let _ = closed.await;
        }
    }

    async fn append(
        &self,
        stream: Stream,
        at: Position,
        bytes: Bytes,
        following: Option<Arc<dyn Following>>,
    ) -> Result<(), AppendError> {
        if bytes.len() > FRAME_BYTES_MAX {
            return Err(AppendError::Failed(LogError::TooLarge { bytes: bytes.len() }));
        }
        let (done, written) = oneshot::channel();
        let write = Write::Append { key: Key::new(stream, at), bytes, done, following };
        self.writes.send(write).await.map_err(|_| AppendError::Failed(LogError::Closed))?;
        // The writer ended with our entry in its hands.
        written.await.unwrap_or(Err(AppendError::Doubtful(LogError::Closed)))
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
        self.append(stream, at, bytes, None).await
    }

    async fn append_followed(
        &self,
        stream: Stream,
        at: Position,
        bytes: Bytes,
        following: Arc<dyn Following>,
    ) -> Result<(), AppendError> {
        self.append(stream, at, bytes, Some(following)).await
    }

    async fn read(
        &self,
        stream: Stream,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Stored>, LogError> {
        let key = Key::new(stream, after);
        let limit = number(limit.min(READ_ENTRIES_MAX));
        // The page ends with the first entry at which the sum of sizes reaches the bound.
        let sql = "WITH sized AS (
                SELECT position, length(body) AS size,
                    sum(length(body)) OVER (ORDER BY position) AS total
                FROM log_entries
                WHERE stream_kind = ?1 AND stream_id = ?2
                    AND position > ?3 AND position <= ?3 + ?4
            )
            SELECT position, body FROM log_entries
            WHERE stream_kind = ?1 AND stream_id = ?2 AND position > ?3
                AND position <= (SELECT max(position) FROM sized WHERE total - size < ?5)
            ORDER BY position";
        self.readers
            .read(move |connection| {
                let mut statement = connection.prepare_cached(sql)?;
                let values = (key.kind, key.id, key.position, limit, number(READ_BYTES_MAX));
                statement.query_and_then(values, stored)?.collect()
            })
            .await
    }

    async fn head(&self, stream: Stream) -> Result<Position, LogError> {
        let key = Key::new(stream, Position::START);
        let sql = "SELECT position FROM log_entries WHERE stream_kind = ?1 AND stream_id = ?2
            ORDER BY position DESC LIMIT 1";
        self.readers
            .read(move |connection| {
                let mut statement = connection.prepare_cached(sql)?;
                let head = statement.query_row((key.kind, key.id), |row| row.get(0)).optional()?;
                head.map_or(Ok(Position::START), position)
            })
            .await
    }

    async fn streams(&self, after: Option<Stream>, limit: usize) -> Result<Vec<Stream>, LogError> {
        let (kind, id) = after.map_or((0, [0; 16]), |stream| {
            (i64::from(stream.kind.code()), stream.id.to_be_bytes())
        });
        let limit = number(limit.min(STREAMS_PAGE_MAX));
        let sql = "SELECT stream_kind, stream_id FROM log_entries
            WHERE position = 1 AND (stream_kind, stream_id) > (?1, ?2)
            ORDER BY stream_kind, stream_id LIMIT ?3";
        self.readers
            .read(move |connection| {
                let mut statement = connection.prepare_cached(sql)?;
                statement.query_and_then((kind, id, limit), self::stream)?.collect()
            })
            .await
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
        let newest = "SELECT position FROM log_snapshots
            WHERE stream_kind = ?1 AND stream_id = ?2 AND position < ?3
            GROUP BY position HAVING count(*) = max(parts)
            ORDER BY position DESC LIMIT 1";
        let parts = "SELECT body FROM log_snapshots
            WHERE stream_kind = ?1 AND stream_id = ?2 AND position = ?3 ORDER BY part";
        self.readers
            .read(move |connection| {
                let mut newest = connection.prepare_cached(newest)?;
                let values = (key.kind, key.id, key.position);
                let Some(newest) =
                    newest.query_row(values, |row| row.get::<_, i64>(0)).optional()?
                else {
                    return Ok(None);
                };
                let mut parts = connection.prepare_cached(parts)?;
                let mut rows = parts.query((key.kind, key.id, newest))?;
                let mut bytes = Vec::new();
                while let Some(row) = rows.next()? {
                    bytes
                        .extend_from_slice(row.get_ref(0)?.as_blob().map_err(corrupt("snapshot"))?);
                }
                Ok(Some(Stored { position: position(newest)?, bytes: bytes.into() }))
            })
            .await
    }

    async fn delete_snapshot(&self, stream: Stream, at: Position) -> Result<(), LogError> {
        let key = Key::new(stream, at);
        self.write(|done| Write::DeleteSnapshot { key, done }).await
    }
}

fn stored(row: &Row<'_>) -> Result<Stored, LogError> {
    let bytes: Vec<u8> = row.get(1)?;
    Ok(Stored { position: position(row.get(0)?)?, bytes: bytes.into() })
}

fn stream(row: &Row<'_>) -> Result<Stream, LogError> {
    let kind: i64 = row.get(0)?;
    let kind = u8::try_from(kind).map_err(corrupt("stream"))?;
    let kind = StreamKind::from_code(kind).ok_or(LogError::Corrupt { what: "stream" })?;
    Ok(Stream { kind, id: u128::from_be_bytes(row.get(1)?) })
}

fn position(stored: i64) -> Result<Position, LogError> {
    u64::try_from(stored).map(Position).map_err(corrupt("position"))
}

fn corrupt<E>(what: &'static str) -> impl FnOnce(E) -> LogError {
    move |_| LogError::Corrupt { what }
}

/// Positions and counts stay far below 2^63; whatever does not is as good as infinite.
fn number(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
