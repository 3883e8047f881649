//! What is decided together: one entry of the log, and an answer for everybody.

use frontrow_ledger::{Applied, Machine, Time, machine::Decision};

use super::{Pending, Unavailable, draft::Page, handle::Answer};
use crate::limits::BATCH_BYTES_MAX;

/// Commands that were decided and are not yet answered. Its buffers are kept from round to round.
pub(super) struct Round<M: Machine> {
    /// Of the entry.
    now: Time,
    /// Something expired by `now`.
    due: bool,
    /// In the order of arrival.
    commands: Vec<Pending<M>>,
    /// One for each command.
    outcomes: Vec<Outcome<M>>,
    /// The records of [`Outcome::Recorded`], in order.
    applied: Vec<Applied<M::Record>>,
}

enum Outcome<M: Machine> {
    Recorded,
    Other(Answer<M>),
}

/// What bounds a round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) commands: usize,
    /// The newest kind of record that may be written.
    pub(super) record_version: u32,
}

impl<M: Machine> Default for Round<M> {
    fn default() -> Self {
        Self {
            now: Time(i64::MIN),
            due: false,
            commands: Vec::new(),
            outcomes: Vec::new(),
            applied: Vec::new(),
        }
    }
}

impl<M: Machine> Round<M> {
    /// Nobody waits for it.
    pub(super) fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// Something happened that the log must know.
    fn has_entry(&self) -> bool {
        self.due || !self.applied.is_empty()
    }

    pub(super) fn records(&self) -> usize {
        self.applied.len()
    }

    /// A round without commands: time passed.
    pub(super) fn pass_time(&mut self, page: &mut Page, now: Time) {
        self.now = now;
        page.entry = Some(now);
    }

    /// Decides commands in their order, as far as the entry has room for them, and leaves the
    /// others where they are. All of a round are decided at the same moment: `now`, as it was for
    /// the first of them.
    pub(super) fn decide(
        &mut self,
        state: &mut M,
        page: &mut Page,
        waiting: &mut Vec<Pending<M>>,
        now: Time,
        bounds: Bounds,
    ) {
        if self.is_empty() {
            self.now = now.max(state.now());
            self.due = state.next_due().is_some_and(|due| due <= self.now);
            state.advance(self.now);
        }
        let room = bounds.commands.saturating_sub(self.commands.len());
        let before = self.outcomes.len();
        for pending in waiting.iter().take(room) {
            if page.records.len() >= BATCH_BYTES_MAX {
                break;
            }
            let outcome = self.outcome(state, page, pending, bounds);
            self.outcomes.push(outcome);
        }
        self.commands.extend(waiting.drain(..self.outcomes.len() - before));
        page.entry = self.has_entry().then_some(self.now);
    }

    fn outcome(
        &mut self,
        state: &mut M,
        page: &mut Page,
        pending: &Pending<M>,
        bounds: Bounds,
    ) -> Outcome<M> {
        let record = match state.decide(&pending.request) {
            Err(refusal) => return Outcome::Other(Ok(Err(refusal))),
            Ok(Decision::Again(record)) => return Outcome::Other(Ok(Ok(record))),
            Ok(Decision::Record(record)) => record,
        };
        if M::record_version(&record) > bounds.record_version {
            return Outcome::Other(Err(Unavailable::TooNew));
        }
        let (id, fingerprint) = (pending.request.id, pending.request.fingerprint);
        let applied = Applied { id, fingerprint, record };
        if page.records.push(&applied).is_err() {
            return Outcome::Other(Err(Unavailable::TooLarge));
        }
        state.apply(&applied);
        self.applied.push(applied);
        Outcome::Recorded
    }

    /// Brings a state that has seen everything before this round to what it is after it.
    pub(super) fn apply(&self, state: &mut M) {
        state.advance(self.now);
        for applied in &self.applied {
            state.apply(applied);
        }
    }

    /// Answers everybody; the round is empty afterwards.
    pub(super) fn answer(&mut self) {
        let mut records = self.applied.drain(..);
        for (pending, outcome) in self.commands.drain(..).zip(self.outcomes.drain(..)) {
            let answer = match outcome {
                Outcome::Recorded => {
                    let applied = records.next().expect("one record for each recorded outcome");
                    Ok(Ok(applied.record))
                }
                Outcome::Other(answer) => answer,
            };
            // Whoever asked may be gone; what was decided stands.
            let _ = pending.answer.send(answer);
        }
    }

    /// It may have been written, and it may not.
    pub(super) fn mark_doubtful(&mut self) {
        for (pending, outcome) in self.commands.iter_mut().zip(&self.outcomes) {
            pending.doubtful |= matches!(outcome, Outcome::Recorded);
        }
    }

    /// Forgets what was decided; the commands wait again, before those that have waited less.
    pub(super) fn give_back(&mut self, waiting: &mut Vec<Pending<M>>) {
        self.outcomes.clear();
        self.applied.clear();
        waiting.splice(0..0, self.commands.drain(..));
    }
}
