//! The entry that is being decided, where the log finds it as soon as the one before it is durable.
//!
//! The sequencer writes into it, and either it or the log takes what was written. Both do so under one lock, so an
//! entry is taken once; what arrives after that belongs to the entry after it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use frontrow_ledger::Time;
use tokio::sync::oneshot;

use crate::{AppendError, Follower, Following, format::EntryWriter};

#[derive(Default)]
pub(super) struct Draft(Mutex<Page>);

/// What is written so far.
#[derive(Default)]
pub(super) struct Page {
    pub(super) records: EntryWriter,
    /// The moment of the entry, if there is something that the log must know.
    pub(super) entry: Option<Time>,
    /// The log has taken an entry that the sequencer has not yet asked after.
    taken: Option<Written>,
}

type Written = oneshot::Receiver<Result<(), AppendError>>;

/// How far an entry is whose turn has come.
pub(super) enum Begun {
    /// It is to be handed to the log.
    Decided(Bytes),
    /// The log is writing it.
    Taken(Written),
}

impl Page {
    /// The log has taken what was decided: nothing more can be added.
    pub(super) fn is_taken(&self) -> bool {
        self.taken.is_some()
    }

    fn finish(&mut self) -> Option<Bytes> {
        self.entry.take().map(|now| self.records.finish(now))
    }
}

impl Draft {
    pub(super) fn page(&self) -> MutexGuard<'_, Page> {
        // A machine that panicked while it decided ended its sequencer; nobody writes what is here.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The entry whose turn has come; the page is empty afterwards. None if there is nothing that the log must know.
    pub(super) fn begin(&self) -> Option<Begun> {
        let mut page = self.page();
        page.taken.take().map(Begun::Taken).or_else(|| page.finish().map(Begun::Decided))
    }

    /// Throws away what was not taken. Whether something was, of which it is not known what became of it.
    pub(super) fn forget(&self) -> bool {
        let mut page = self.page();
        page.entry = None;
        page.records.clear();
        page.is_taken()
    }
}

impl Following for Draft {
    fn take(&self) -> Option<Follower> {
        let mut page = self.page();
        let bytes = page.finish()?;
        let (done, written) = oneshot::channel();
        page.taken = Some(written);
        Some(Follower { bytes, done })
    }
}
