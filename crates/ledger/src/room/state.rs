//! A room as a machine: time passes, requests are decided, records are applied.

use std::sync::Arc;

use crate::{
    Applied, Decision, FanKey, Machine, Request, Time,
    memory::Memory,
    room::{Command, Line, Record, Refusal, decide, snapshot},
};

/// The waiting room of one sale.
///
/// Cloning is cheap however many wait: everything large is kept in pieces that clones share. The
/// default is a room that is not yet defined.
#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    pub(super) now: Time,
    /// How many records were applied.
    pub(super) applied: u64,
    /// All answers but those to joins.
    pub(super) memory: Memory<Record>,
    pub(super) line: Option<Line>,
}

impl Default for Room {
    fn default() -> Self {
        Self { now: Time(0), applied: 0, memory: Memory::default(), line: None }
    }
}

impl Room {
    /// What the room knows, once it is defined.
    pub fn line(&self) -> Option<&Line> {
        self.line.as_ref()
    }

    /// Counts the records. Equal on every replica that has read the same entries.
    pub fn revision(&self) -> u64 {
        self.applied
    }
}

impl Machine for Room {
    type Command = Command;
    type Record = Record;
    type Refusal = Refusal;

    const LAYOUT: u32 = snapshot::LAYOUT;
    const RECORDS: u32 = 2;

    fn now(&self) -> Time {
        self.now
    }

    fn advance(&mut self, now: Time) {
        if now <= self.now {
            return;
        }
        self.now = now;
        if let Some(line) = &mut self.line {
            line.advance(now);
        }
    }

    fn next_due(&self) -> Option<Time> {
        self.line.as_ref()?.next_due(self.now)
    }

    fn record_version(record: &Record) -> u32 {
        match record {
            Record::Published { .. } => 2,
            _ => 1,
        }
    }

    fn decide(&self, request: &Request<Command>) -> Result<Decision<Record>, Refusal> {
        // The places remember who joined, so that ten million answers need no second table.
        if request.command != Command::Join {
            let known = self.memory.recall(request.id, request.fingerprint);
            if let Some(record) = known.map_err(|_| Refusal::CommandReused)? {
                return Ok(Decision::Again(record.clone()));
            }
        }
        decide::decide(self.line.as_ref(), self.now, request)
    }

    fn apply(&mut self, applied: &Applied<Record>) {
        self.applied += 1;
        match (&mut self.line, &applied.record) {
            (Some(line), Record::Joined { place }) => {
                line.join(FanKey(applied.id.0), *place, self.now);
                return;
            }
            (Some(line), record) => line.apply(record, self.now),
            (None, Record::Defined(terms)) => {
                let mut line = Line::new(Arc::clone(terms));
                line.freeze_if_due(self.now);
                self.line = Some(line);
            }
            (None, _) => panic!("a room is defined before anything else"),
        }
        self.memory.remember(applied);
    }
}
