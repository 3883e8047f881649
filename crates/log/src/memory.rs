//! The log in memory, for tests and simulation, with faults on demand.
//!
//! It outlives whoever uses it: a "restart" is another sequencer over the same `Arc<MemoryLog>`.

mod faults;

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    AppendError, Follower, Following, Log, LogError, Position, Stored, Stream,
    limits::{
        FRAME_BYTES_MAX, READ_BYTES_MAX, READ_ENTRIES_MAX, SNAPSHOT_BYTES_MAX, SNAPSHOTS_KEPT,
        STREAMS_PAGE_MAX,
    },
};

pub use faults::{AppendFault, FaultPlan, NoFaults};

/// Entries and snapshots of all streams, gone when the value is dropped.
pub struct MemoryLog(Arc<Memory>);

struct Memory {
    streams: Mutex<BTreeMap<Stream, Kept>>,
    faults: Arc<dyn FaultPlan>,
}

#[derive(Default)]
struct Kept {
    /// The entry at position 1 is at index 0.
    entries: Vec<Bytes>,
    snapshots: BTreeMap<Position, Bytes>,
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self::with_faults(Arc::new(NoFaults))
    }
}

impl MemoryLog {
    /// An empty log that fails when the plan says so.
    pub fn with_faults(faults: Arc<dyn FaultPlan>) -> Self {
        Self(Arc::new(Memory { streams: Mutex::default(), faults }))
    }
}

impl Memory {
    fn kept(&self) -> MutexGuard<'_, BTreeMap<Stream, Kept>> {
        // Nothing panics while it is locked, and if it did, every state in between is a valid one.
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, stream: Stream, at: Position, bytes: Bytes) -> Result<(), AppendError> {
        let mut kept = self.kept();
        // A refused append must not leave an empty stream behind.
        let head = kept.get(&stream).map_or(0, |kept| kept.entries.len() as u64);
        if at.0 <= head {
            return Err(AppendError::Taken);
        }
        if at.0 > head + 1 {
            return Err(AppendError::Gap);
        }
        kept.entry(stream).or_default().entries.push(bytes);
        Ok(())
    }

    async fn append(
        self: &Arc<Self>,
        stream: Stream,
        at: Position,
        bytes: Bytes,
        following: Option<Arc<dyn Following>>,
    ) -> Result<(), AppendError> {
        if bytes.len() > FRAME_BYTES_MAX {
            return Err(AppendError::Failed(LogError::TooLarge { bytes: bytes.len() }));
        }
        self.pause(stream).await;
        let injected = || LogError::Injected;
        match self.faults.append(stream, at) {
            AppendFault::None => {
                self.write(stream, at, bytes)?;
                self.go_on(stream, at, following);
                // What follows may be durable before the caller hears of what it follows.
                self.pause(stream).await;
                Ok(())
            }
            AppendFault::Fails => Err(AppendError::Failed(injected())),
            AppendFault::DoubtfulLost => Err(AppendError::Doubtful(injected())),
            AppendFault::DoubtfulWritten => {
                self.write(stream, at, bytes)?;
                Err(AppendError::Doubtful(injected()))
            }
            AppendFault::HangsLost => std::future::pending().await,
            AppendFault::HangsWritten => {
                self.write(stream, at, bytes)?;
                self.go_on(stream, at, following);
                std::future::pending().await
            }
        }
    }

    /// Appends what follows, whether the caller waits for that or not.
    fn go_on(
        self: &Arc<Self>,
        stream: Stream,
        at: Position,
        following: Option<Arc<dyn Following>>,
    ) {
        let Some(following) = following else { return };
        let Some(Follower { bytes, done }) = following.take() else { return };
        let memory = Arc::clone(self);
        tokio::spawn(async move {
            let appended = memory.append(stream, at.next(), bytes, Some(following)).await;
            // Whoever asked may be gone.
            let _ = done.send(appended);
        });
    }

    async fn reading(&self, stream: Stream) -> Result<(), LogError> {
        self.pause(stream).await;
        if self.faults.read_fails(stream) { Err(LogError::Injected) } else { Ok(()) }
    }

    async fn pause(&self, stream: Stream) {
        for _ in 0..self.faults.pauses(stream) {
            tokio::task::yield_now().await;
        }
    }
}

#[async_trait]
impl Log for MemoryLog {
    async fn append(&self, stream: Stream, at: Position, bytes: Bytes) -> Result<(), AppendError> {
        self.0.append(stream, at, bytes, None).await
    }

    async fn append_followed(
        &self,
        stream: Stream,
        at: Position,
        bytes: Bytes,
        following: Arc<dyn Following>,
    ) -> Result<(), AppendError> {
        self.0.append(stream, at, bytes, Some(following)).await
    }

    async fn read(
        &self,
        stream: Stream,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Stored>, LogError> {
        self.0.reading(stream).await?;
        let kept = self.0.kept();
        let Some(kept) = kept.get(&stream) else { return Ok(Vec::new()) };
        let mut page = Vec::new();
        let mut bytes_read = 0;
        let start = usize::try_from(after.0).unwrap_or(usize::MAX);
        let mut position = after;
        for bytes in kept.entries.iter().skip(start).take(limit.min(READ_ENTRIES_MAX)) {
            position = position.next();
            bytes_read += bytes.len();
            page.push(Stored { position, bytes: bytes.clone() });
            if bytes_read >= READ_BYTES_MAX {
                break;
            }
        }
        Ok(page)
    }

    async fn head(&self, stream: Stream) -> Result<Position, LogError> {
        self.0.reading(stream).await?;
        Ok(Position(self.0.kept().get(&stream).map_or(0, |kept| kept.entries.len() as u64)))
    }

    async fn streams(&self, after: Option<Stream>, limit: usize) -> Result<Vec<Stream>, LogError> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let kept = self.0.kept();
        let with_entries =
            kept.range((start, Bound::Unbounded)).filter(|(_, kept)| !kept.entries.is_empty());
        Ok(with_entries.map(|(&stream, _)| stream).take(limit.min(STREAMS_PAGE_MAX)).collect())
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
        self.0.reading(stream).await?;
        let mut kept = self.0.kept();
        let snapshots = &mut kept.entry(stream).or_default().snapshots;
        snapshots.entry(at).or_insert(bytes);
        while snapshots.len() > SNAPSHOTS_KEPT {
            snapshots.pop_first();
        }
        Ok(())
    }

    async fn latest_snapshot(
        &self,
        stream: Stream,
        before: Option<Position>,
    ) -> Result<Option<Stored>, LogError> {
        self.0.reading(stream).await?;
        let end = before.map_or(Bound::Unbounded, Bound::Excluded);
        let kept = self.0.kept();
        let Some(kept) = kept.get(&stream) else { return Ok(None) };
        let newest = kept.snapshots.range((Bound::Unbounded, end)).next_back();
        Ok(newest.map(|(&position, bytes)| Stored { position, bytes: bytes.clone() }))
    }

    async fn delete_snapshot(&self, stream: Stream, at: Position) -> Result<(), LogError> {
        self.0.reading(stream).await?;
        if let Some(kept) = self.0.kept().get_mut(&stream) {
            kept.snapshots.remove(&at);
        }
        Ok(())
    }
}
