//! Where the time comes from.

use std::sync::atomic::{AtomicI64, Ordering};

use frontrow_ledger::Time;

/// A source of time. Only the binary has one that reads the system's clock.
pub trait Clock: Send + Sync + 'static {
    /// This moment. May go backwards; the sequencer sees to it that a stream's time does not.
    fn now(&self) -> Time;
}

/// A clock that stands where it is put, for tests and simulation.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `now`.
    pub const fn new(now: Time) -> Self {
        Self(AtomicI64::new(now.0))
    }

    /// Puts the clock, also backwards.
    pub fn set(&self, now: Time) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Lets milliseconds pass.
    pub fn pass_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}
