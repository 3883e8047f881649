//! Which records may be written while replicas of several releases serve one log.
//!
//! A release that brings a new kind of record can read it at once, but writes it only when every
//! live replica can read it: otherwise a replica of the release before would meet it and stop
//! serving the stream. Every ledger numbers its records by the version that brought them
//! ([`Machine::record_version`](frontrow_ledger::Machine::record_version)).

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// The highest version that may be written: what everybody can read. `own` is what this release can
/// read, `live` what each live replica says that it can.
pub fn writable_version(own: u32, live: impl IntoIterator<Item = u32>) -> u32 {
    live.into_iter().fold(own, u32::min)
}

/// The highest version that may be written at this moment, for all sequencers of a process. Cheap to
/// clone; every clone is the same number.
#[derive(Debug, Clone)]
pub struct Writable(Arc<AtomicU32>);

impl Writable {
    /// Up to this version, until somebody says otherwise.
    pub fn up_to(version: u32) -> Self {
        Self(Arc::new(AtomicU32::new(version)))
    }

    /// From now on up to this version.
    pub fn set(&self, version: u32) {
        self.0.store(version, Ordering::Relaxed);
    }

    /// Up to which version.
    pub fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Default for Writable {
    /// Whatever this release can write: there is no other replica.
    fn default() -> Self {
        Self::up_to(u32::MAX)
    }
}

impl PartialEq for Writable {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for Writable {}

#[cfg(test)]
mod tests {
    use super::writable_version;

    #[test]
    fn the_oldest_live_replica_says_what_may_be_written() {
        assert_eq!(writable_version(3, []), 3);
        assert_eq!(writable_version(3, [3, 3]), 3);
        assert_eq!(writable_version(3, [3, 2, 3]), 2);
        assert_eq!(
            writable_version(2, [3, 3]),
            2,
            "what this release cannot read, it cannot write"
        );
    }
}
