//! Reading a stream as entries: the way of whoever replays a log.

use frontrow_ledger::Entry;
use serde::de::DeserializeOwned;

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
