//! What a run went through, to see that it went everywhere.

use std::{collections::BTreeMap, fmt};

use frontrow_ledger::sale::Record;
use frontrow_log::Unavailable;

use crate::answers::Answer;

/// Counts of one run or of many.
#[derive(Debug, Clone, Default)]
pub struct Stats {
    /// Commands that were submitted, retries and duplicates included.
    pub operations: u64,
    /// Entries in the logs.
    pub entries: u64,
    /// Replicas that crashed.
    pub crashes: u64,
    /// Replicas that were loaded from a snapshot.
    pub snapshots_loaded: u64,
    /// Answers that were lost on their way.
    pub answers_lost: u64,
    /// Records by kind, refusals by code, and why there was no answer.
    pub seen: BTreeMap<&'static str, u64>,
}

impl Stats {
    /// Counts one more of a kind.
    pub(crate) fn see(&mut self, what: &'static str) {
        *self.seen.entry(what).or_default() += 1;
    }

    /// Adds another run.
    pub(crate) fn add(&mut self, other: &Self) {
        self.operations += other.operations;
        self.entries += other.entries;
        self.crashes += other.crashes;
        self.snapshots_loaded += other.snapshots_loaded;
        self.answers_lost += other.answers_lost;
        for (what, count) in &other.seen {
            *self.seen.entry(what).or_default() += count;
        }
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operations, entries, crashes, snapshots_loaded, answers_lost, seen } = self;
        writeln!(
            f,
            "{operations} operations, {entries} entries, {crashes} crashes, \
             {snapshots_loaded} snapshots loaded, {answers_lost} answers lost"
        )?;
        for (what, count) in seen {
            writeln!(f, "  {count:>10} {what}")?;
        }
        Ok(())
    }
}

/// The name of a record's kind.
pub(crate) fn kind(record: &Record) -> &'static str {
    match record {
        Record::Defined(_) => "record defined",
        Record::Repriced(_) => "record repriced",
        Record::AllocationSet(..) => "record allocation-set",
        Record::WindowsSet(_) => "record windows-set",
        Record::LimitsSet(_) => "record limits-set",
        Record::AreaCapacitySet(_) => "record area-capacity-set",
        Record::Opened => "record opened",
        Record::Closed => "record closed",
        Record::Blocked { .. } => "record blocked",
        Record::Unblocked { .. } => "record unblocked",
        Record::Held { .. } => "record held",
        Record::Extended { .. } => "record extended",
        Record::Removed { .. } => "record removed",
        Record::Released { .. } => "record released",
        Record::Reacquired { .. } => "record reacquired",
        Record::CheckedOut { .. } => "record checked-out",
        Record::Confirmed { .. } => "record confirmed",
        Record::Cancelled { .. } => "record cancelled",
    }
}

/// The kind of an answer: accepted, the refusal's code, or why there is none.
pub(crate) fn outcome(answer: &Answer) -> &'static str {
    match answer {
        Ok(Ok(_)) => "answer accepted",
        Ok(Err(refusal)) => refusal.code(),
        Err(Unavailable::Busy) => "answer busy",
        Err(Unavailable::Late) => "answer late",
        Err(Unavailable::Doubtful) => "answer doubtful",
        Err(_) => "answer other",
    }
}
