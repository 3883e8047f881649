//! Reading a stream as entries: the way of whoever replays a log.

use std::{sync::Arc, time::Duration};

use frontrow_ledger::Entry;
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

use crate::{
    Log, LogError, Position, Stream,
    format::{DecodeError, decode_entry},
    limits::{READ_BYTES_MAX, READ_ENTRIES_MAX},
};

/// Some entries of a stream, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<R> {
    /// Each with its position; without gaps.
    pub entries: Vec<(Position, Entry<R>)>,
    /// The log may have more after these.
    pub more: bool,
}

/// Why entries could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The engine failed.
    #[error("the log could not be read")]
    Log(#[source] LogError),
    /// One entry is not what it should be.
    #[error("entry {position} of {stream} cannot be read")]
    Decode {
        /// Of which stream.
        stream: Stream,
        /// Where.
        position: Position,
        /// What is wrong.
        #[source]
        source: DecodeError,
    },
    /// The log skipped an entry.
    #[error("{stream} has no entry {position}, but later ones")]
    Missing {
        /// Of which stream.
        stream: Stream,
        /// Where.
        position: Position,
    },
}

/// Reads a stream to its end, page by page, and one page ahead: while its user applies a page, the
/// next one is read and decoded by another task.
pub struct Pages<R> {
    log: Arc<dyn Log>,
    stream: Stream,
    limit: Duration,
    next: Next<R>,
}

type Read<R> = Result<Page<R>, ReadError>;

enum Next<R> {
    After(Position),
    Ahead(AbortOnDropHandle<Read<R>>),
    End,
}

impl<R: DeserializeOwned + Send + 'static> Pages<R> {
    /// Begins after a position. Each page may take the log so long.
    pub fn new(log: Arc<dyn Log>, stream: Stream, after: Position, limit: Duration) -> Self {
        Self { log, stream, limit, next: Next::After(after) }
    }

    /// The next page; `None` after the last one, which may be empty, or after an error.
    pub async fn next(&mut self) -> Result<Option<Page<R>>, ReadError> {
        let page = match std::mem::replace(&mut self.next, Next::End) {
            Next::End => return Ok(None),
            // Most who read are up to date and read one page: they need no other task.
            Next::After(after) => read_in_time(&*self.log, self.stream, after, self.limit).await?,
            Next::Ahead(task) => {
                task.await.unwrap_or_else(|error| match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => Err(ReadError::Log(LogError::Closed)),
                })?
            }
        };
        if let Some((last, _)) = page.entries.last().filter(|_| page.more) {
            let (log, stream, after, limit) =
                (Arc::clone(&self.log), self.stream, *last, self.limit);
            let ahead = async move { read_in_time(&*log, stream, after, limit).await };
            self.next = Next::Ahead(AbortOnDropHandle::new(tokio::spawn(ahead)));
        }
        Ok(Some(page))
    }
}

async fn read_in_time<R: DeserializeOwned>(
    log: &dyn Log,
    stream: Stream,
    after: Position,
    limit: Duration,
) -> Read<R> {
    let read = timeout(limit, read_page(log, stream, after)).await;
    read.unwrap_or(Err(ReadError::Log(LogError::TimedOut)))
}

/// The entries after a position: one page of them.
pub async fn read_page<R: DeserializeOwned>(
    log: &dyn Log,
    stream: Stream,
    after: Position,
) -> Result<Page<R>, ReadError> {
    let stored = log.read(stream, after, READ_ENTRIES_MAX).await.map_err(ReadError::Log)?;
    let bytes: usize = stored.iter().map(|entry| entry.bytes.len()).sum();
    let more = stored.len() >= READ_ENTRIES_MAX || bytes >= READ_BYTES_MAX;
    let mut entries = Vec::with_capacity(stored.len());
    let mut expected = after;
    for entry in stored {
        expected = expected.next();
        if entry.position != expected {
            return Err(ReadError::Missing { stream, position: expected });
        }
        let decoded = decode_entry(&entry.bytes).map_err(|source| ReadError::Decode {
            stream,
            position: entry.position,
            source,
        })?;
        entries.push((entry.position, decoded));
    }
    Ok(Page { entries, more })
}
