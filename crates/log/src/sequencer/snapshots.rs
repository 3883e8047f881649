//! Taking snapshots in the background.

use std::{
    error::Error,
    sync::{Arc, atomic::Ordering},
};

use frontrow_ledger::Machine;
use tokio::{
    runtime::{Handle as Runtime, RuntimeFlavor},
    task::block_in_place,
    time::Instant,
};

use super::Sequencer;
use crate::{format, limits::SNAPSHOT_BYTES_LIGHT};

impl<M: Machine> Sequencer<M> {
    /// Starts a snapshot of the committed state if enough was written since the last one. Only the
    /// replica that appends takes snapshots, so that those who just follow do not write the same
    /// ones.
    pub(super) fn snapshot_if_due(&mut self) {
        // What is large is written less often, or a crowd that gathers would be written many times.
        let heavy_times = self.snapshot_bytes.load(Ordering::Relaxed) / SNAPSHOT_BYTES_LIGHT;
        let times = u64::try_from(heavy_times).unwrap_or(u64::MAX).max(1);
        let due = self.entries_since_snapshot >= self.config.snapshot_entries.saturating_mul(times)
            || self.records_since_snapshot >= self.config.snapshot_records.saturating_mul(times);
        let running = self.snapshot.as_ref().is_some_and(|snapshot| !snapshot.is_finished());
        let now = Instant::now();
        if !due || running || now < self.snapshot_not_before {
            return;
        }
        self.snapshot_not_before = now + self.config.snapshot_interval;
        self.entries_since_snapshot = 0;
        self.records_since_snapshot = 0;
        let bytes = Arc::clone(&self.snapshot_bytes);
        let (log, stream, shared) = (Arc::clone(&self.log), self.stream, Arc::clone(&self.shared));
        self.snapshot = Some(tokio::spawn(async move {
            let (frame, position) = heavy(|| {
                // A copy holds up the sequencer for a shorter time than writing it out would.
                let (machine, position) =
                    shared.look(|committed| (committed.machine.clone(), committed.position));
                (format::encode_snapshot(&machine), position)
            });
            let Ok(frame) = frame else {
                tracing::warn!(%stream, %position, "snapshot not encoded");
                return;
            };
            bytes.store(frame.len(), Ordering::Relaxed);
            if let Err(error) = log.save_snapshot(stream, position, frame).await {
                let error = &error as &dyn Error;
                tracing::warn!(%stream, %position, error, "snapshot not saved");
            }
        }));
    }
}

/// Work that takes a processor for milliseconds, without holding up the other tasks of this thread
/// where the runtime has more than one.
pub(super) fn heavy<R>(work: impl FnOnce() -> R) -> R {
    match Runtime::current().runtime_flavor() {
        RuntimeFlavor::MultiThread => block_in_place(work),
        _ => work(),
    }
}
