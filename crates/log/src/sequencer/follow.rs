//! Loading a stream, and keeping up with what other replicas append.

use std::{error::Error, sync::Arc, time::Duration};

use frontrow_ledger::{Entry, Machine};
use tokio::time::timeout;

use super::{Sequencer, Unavailable, snapshots::heavy};
use crate::{
    Log, LogError, Position, Stream,
    entries::{Pages, ReadError},
    format::{self, DecodeError},
};

/// Entries applied while readers wait.
const ENTRIES_AT_ONCE: usize = 64;

/// The newest snapshot that can be read, or the beginning.
pub(super) async fn load_snapshot<M: Machine>(
    log: &dyn Log,
    stream: Stream,
    limit: Duration,
) -> Result<(M, Position), Unavailable> {
    let mut before = None;
    loop {
        let found = timeout(limit, log.latest_snapshot(stream, before)).await;
        let stored = match found.unwrap_or(Err(LogError::TimedOut)) {
            Ok(Some(stored)) => stored,
            Ok(None) => return Ok((M::default(), Position::START)),
            Err(error) => {
                tracing::warn!(%stream, error = &error as &dyn Error, "snapshot not read");
                return Err(Unavailable::Unreachable);
            }
        };
        let position = stored.position;
        match heavy(|| format::decode_snapshot(&stored.bytes)) {
            Ok(machine) => return Ok((machine, position)),
            Err(error) => {
                tracing::warn!(%stream, %position, %error, "snapshot is thrown away");
                if matches!(error, DecodeError::BadChecksum | DecodeError::Truncated) {
                    // Another release may well read the others; a damaged one is of no use to
                    // anybody.
                    let _ = timeout(limit, log.delete_snapshot(stream, position)).await;
                }
                before = Some(position);
            }
        }
    }
}

/// Why the log could not be read to its end.
enum Trouble {
    /// It may work later.
    Passing,
    /// Waiting does not mend it.
    Lasting(Unavailable),
}

impl<M: Machine> Sequencer<M> {
    /// The entries after the snapshot; nobody is served before they are applied.
    pub(super) async fn catch_up_from_start(&mut self) -> Result<(), Unavailable> {
        let head = timeout(self.config.log_timeout, self.log.head(self.stream)).await;
        match head {
            Ok(Ok(head)) if head < self.position => {
                return Err(Unavailable::Shortened(self.position));
            }
            Ok(Ok(_)) => {}
            Ok(Err(_)) | Err(_) => return Err(Unavailable::Unreachable),
        }
        if self.try_catch_up().await? { Ok(()) } else { Err(Unavailable::Unreachable) }
    }

    /// What an idle sequencer does now and then: sees what others wrote, and lets time pass.
    pub(super) async fn follow(&mut self) -> Result<(), Unavailable> {
        if self.try_catch_up().await? { self.tick().await } else { Ok(()) }
    }

    /// Reads the log to its end; `false` if it could not be read this time.
    pub(super) async fn try_catch_up(&mut self) -> Result<bool, Unavailable> {
        match self.catch_up().await {
            Ok(()) => {
                self.behind = false;
                Ok(true)
            }
            Err(Trouble::Passing) => {
                self.behind = true;
                Ok(false)
            }
            Err(Trouble::Lasting(reason)) => Err(reason),
        }
    }

    async fn catch_up(&mut self) -> Result<(), Trouble> {
        let log = Arc::clone(&self.log);
        let mut pages = Pages::new(log, self.stream, self.position, self.config.log_timeout);
        while let Some(page) = pages.next().await.map_err(|error| self.trouble(&error))? {
            for entries in page.entries.chunks(ENTRIES_AT_ONCE) {
                self.replay(entries);
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }

    /// Applies entries of others, or our own of which we did not know that they were written.
    fn replay(&mut self, entries: &[(Position, Entry<M::Record>)]) {
        let Some(&(last, _)) = entries.last() else { return };
        self.shared.change(|committed| {
            for (_, entry) in entries {
                entry.replay(&mut committed.machine);
            }
            committed.position = last;
        });
        for (_, entry) in entries {
            // See "Time, and why replay is exact".
            self.speculative.take_if(|state| state.now() > entry.now);
            if let Some(state) = &mut self.speculative {
                entry.replay(state);
            }
            self.entries_since_snapshot += 1;
            self.records_since_snapshot += entry.applied.len() as u64;
        }
        self.position = last;
        self.announce.send_replace(last);
    }

    fn trouble(&self, error: &ReadError) -> Trouble {
        tracing::warn!(stream = %self.stream, error = error as &dyn Error, "log not read");
        match error {
            ReadError::Log(_) => Trouble::Passing,
            ReadError::Missing { position, .. } => {
                Trouble::Lasting(Unavailable::Damaged(*position))
            }
            ReadError::Decode { position, source, .. } => Trouble::Lasting(match source {
                DecodeError::Truncated | DecodeError::BadChecksum => {
                    Unavailable::Damaged(*position)
                }
                DecodeError::UnknownVersion(_) | DecodeError::UnknownRecord => {
                    Unavailable::UnknownRecord(*position)
                }
            }),
        }
    }
}
