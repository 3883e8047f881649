//! All streams of one ledger on one replica, loaded when somebody asks for them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use frontrow_ledger::Machine;
use tokio::{
    sync::{OnceCell, Semaphore},
    time::Instant,
};

use crate::{
    Clock, Handle, Log, Position, Sequencer, SequencerConfig, Stream, Unavailable,
    limits::{STREAM_IDLE, STREAMS_LOADED_MAX, STREAMS_LOADING_MAX},
};

/// How many streams a registry keeps, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryConfig {
    /// For each stream.
    pub sequencer: SequencerConfig,
    /// At most so many; the one that was idle longest makes room.
    pub streams_loaded: usize,
    /// A stream that nobody asked for during this time is unloaded.
    pub idle: Duration,
}

impl Default for RegistryConfig {
    fn default() -> Self {
        Self {
            sequencer: SequencerConfig::default(),
            streams_loaded: STREAMS_LOADED_MAX,
            idle: STREAM_IDLE,
        }
    }
}

/// Streams and their sequencers.
pub struct Registry<M: Machine> {
    log: Arc<dyn Log>,
    clock: Arc<dyn Clock>,
    config: RegistryConfig,
    loading: Semaphore,
    slots: Mutex<HashMap<Stream, Slot<M>>>,
}

/// Shared by everybody who waits for the stream to load, so that it is loaded once. A stream that
/// cannot be served, whatever is tried, stays here as its reason.
type Cell<M> = Arc<OnceCell<Result<Handle<M>, Unavailable>>>;

struct Slot<M: Machine> {
    cell: Cell<M>,
    used_at: Instant,
}

impl<M: Machine> Registry<M> {
    /// No streams yet.
    pub fn new(log: Arc<dyn Log>, clock: Arc<dyn Clock>, config: RegistryConfig) -> Self {
        Self {
            log,
            clock,
            config,
            loading: Semaphore::new(STREAMS_LOADING_MAX),
            slots: Mutex::default(),
        }
    }

    /// The stream's sequencer; loads it if need be.
    ///
    /// Do not keep the handle for longer than a request: a stream is unloaded when the last handle
    /// is gone.
    pub async fn open(&self, stream: Stream) -> Result<Handle<M>, Unavailable> {
        let cell = self.cell(stream);
        let opened = cell
            .get_or_try_init(async || {
                let _turn = self.loading.acquire().await.map_err(|_| Unavailable::Stopped)?;
                match self.start(stream).await {
                    Ok(handle) => Ok(Ok(handle)),
                    Err(reason) if is_lasting(&reason) => Ok(Err(reason)),
                    Err(reason) => Err(reason),
                }
            })
            .await?;
        opened.clone()
    }

    /// Streams in memory.
    pub fn loaded(&self) -> usize {
        self.lock().len()
    }

    /// The streams in memory with their committed positions, the one used last first; at most so
    /// many.
    pub fn positions(&self, limit: usize) -> Vec<(Stream, Position)> {
        let mut used: Vec<(Instant, Stream, Position)> = self
            .lock()
            .iter()
            .filter_map(|(stream, slot)| {
                let handle = slot.cell.get()?.as_ref().ok()?;
                Some((slot.used_at, *stream, *handle.position_watch().borrow()))
            })
            .collect();
        used.sort_unstable_by_key(|(used_at, ..)| std::cmp::Reverse(*used_at));
        used.into_iter().take(limit).map(|(_, stream, position)| (stream, position)).collect()
    }

    /// Unloads streams that nobody asked for lately. Opening another one does the same; this is for
    /// quiet times.
    pub fn unload_idle(&self) {
        let now = Instant::now();
        self.lock().retain(|_, slot| now.duration_since(slot.used_at) < self.config.idle);
    }

    /// Opens nothing more, and ends every sequencer after it has answered what waits.
    pub async fn shutdown(&self) {
        self.loading.close();
        let open = std::mem::take(&mut *self.lock());
        let handles = open.values().filter_map(|slot| slot.cell.get()?.as_ref().ok());
        // All of them begin to end before the first is waited for.
        handles.clone().for_each(Handle::stop);
        for handle in handles {
            handle.shutdown().await;
        }
    }

    async fn start(&self, stream: Stream) -> Result<Handle<M>, Unavailable> {
        let (log, clock) = (Arc::clone(&self.log), Arc::clone(&self.clock));
        Sequencer::start(log, stream, clock, self.config.sequencer.clone()).await
    }

    fn cell(&self, stream: Stream) -> Cell<M> {
        let now = Instant::now();
        let mut slots = self.lock();
        if let Some(slot) = slots.get_mut(&stream)
            && !slot.has_ended()
        {
            slot.used_at = now;
            return Arc::clone(&slot.cell);
        }
        slots.retain(|_, slot| now.duration_since(slot.used_at) < self.config.idle);
        slots.remove(&stream);
        if slots.len() >= self.config.streams_loaded {
            let oldest = slots.iter().min_by_key(|(_, slot)| slot.used_at);
            if let Some((&oldest, _)) = oldest {
                slots.remove(&oldest);
            }
        }
        let cell = Cell::<M>::default();
        slots.insert(stream, Slot { cell: Arc::clone(&cell), used_at: now });
        cell
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Stream, Slot<M>>> {
        // Nothing panics while it is locked.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M: Machine> Slot<M> {
    /// Its sequencer ended by itself without a reason that lasts, for example because a machine
    /// panicked.
    fn has_ended(&self) -> bool {
        matches!(self.cell.get(), Some(Ok(handle)) if handle.has_ended() && !handle.is_refused())
    }
}

/// Loading again would end the same way.
fn is_lasting(reason: &Unavailable) -> bool {
    matches!(
        reason,
        Unavailable::UnknownRecord(_) | Unavailable::Damaged(_) | Unavailable::Shortened(_)
    )
}
