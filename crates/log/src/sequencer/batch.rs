//! A batch: decide on the speculative state, append one entry, apply it, answer.

use std::error::Error;

use bytes::Bytes;
use frontrow_ledger::{Applied, Machine, Time, machine::Decision};
use tokio::time::{Instant, timeout};

use super::{
    Sequencer, Unavailable,
    handle::{Answer, Shared},
};
use crate::{
    AppendError, LogError, Position,
    limits::{BATCH_BYTES_MAX, CONFLICTS_MAX, GIVE_WAY_APPENDS, GIVE_WAY_MAX, WARY_BATCHES},
};

/// What was decided and is not yet durable. Its buffers are kept from batch to batch.
pub(super) struct Round<M: Machine> {
    now: Time,
    /// Something expired by `now`.
    due: bool,
    /// For the first commands of the batch, in order.
    outcomes: Vec<Outcome<M>>,
    /// The records of [`Outcome::Recorded`], in order.
    applied: Vec<Applied<M::Record>>,
}

enum Outcome<M: Machine> {
    Recorded,
    Other(Answer<M>),
}

impl<M: Machine> Default for Round<M> {
    fn default() -> Self {
        Self { now: Time(i64::MIN), due: false, outcomes: Vec::new(), applied: Vec::new() }
    }
}

/// What became of a round.
enum Settled {
    Durable(Position),
    /// Nothing to write, and since the commands arrived the log had no entry that they were decided
    /// without.
    UpToDate,
    /// Nothing to write, but the log has more entries.
    Behind,
    /// Another replica was faster.
    Overtaken,
    /// The log failed. Whether the entry was written is known, or not.
    Failed {
        doubtful: bool,
    },
}

impl<M: Machine> Sequencer<M> {
    /// Answers every command of the batch. An error is one that waiting does not mend.
    pub(super) async fn settle(&mut self) -> Result<(), Unavailable> {
        let mut conflicts = 0;
        let mut failures = 0;
        if self.wary > 0 {
            self.wary -= 1;
            self.behind = true;
            self.give_way().await;
        }
        loop {
            self.drop_hopeless();
            if self.batch.is_empty() {
                return Ok(());
            }
            self.top_up();
            // Before the log is read and not after: what takes long between reading and appending
            // gives other replicas time to be faster.
            speculate(&mut self.speculative, &self.shared);
            let up_to_date = self.behind;
            if self.behind && !self.try_catch_up().await? {
                failures += 1;
                self.back_off(failures).await;
                continue;
            }
            self.decide();
            match self.write_round(up_to_date).await? {
                Settled::Durable(at) => {
                    self.commit(at);
                    self.answer();
                    self.snapshot_if_due();
                    conflicts = 0;
                }
                Settled::UpToDate => self.answer(),
                Settled::Behind => self.forget_round(),
                Settled::Overtaken => {
                    self.forget_round();
                    self.wary = WARY_BATCHES;
                    conflicts += 1;
                    if conflicts > CONFLICTS_MAX {
                        self.answer_all(&Unavailable::Busy);
                        return Ok(());
                    }
                }
                Settled::Failed { doubtful } => {
                    if doubtful {
                        self.mark_doubtful();
                    }
                    self.forget_round();
                    failures += 1;
                    self.back_off(failures).await;
                }
            }
        }
    }

    /// After a conflict those who won wait for a moment, or those who lost would lose again and
    /// again.
    async fn give_way(&mut self) {
        let longest = (self.append_took * GIVE_WAY_APPENDS).min(GIVE_WAY_MAX);
        self.pause(longest).await;
    }

    /// Decides the batch at one moment, as far as an entry has room for it.
    fn decide(&mut self) {
        let state = speculate(&mut self.speculative, &self.shared);
        let now = self.clock.now().max(state.now());
        self.round.now = now;
        self.round.due = state.next_due().is_some_and(|due| due <= now);
        state.advance(now);
        for pending in &self.batch {
            if self.writer.len() >= BATCH_BYTES_MAX {
                break;
            }
            let outcome = match state.decide(&pending.request) {
                Err(refusal) => Outcome::Other(Ok(Err(refusal))),
                Ok(Decision::Again(record)) => Outcome::Other(Ok(Ok(record))),
                Ok(Decision::Record(record))
                    if M::record_version(&record) > self.config.writable.get() =>
                {
                    Outcome::Other(Err(Unavailable::TooNew))
                }
                Ok(Decision::Record(record)) => {
                    let applied = Applied {
                        id: pending.request.id,
                        fingerprint: pending.request.fingerprint,
                        record,
                    };
                    if self.writer.push(&applied).is_ok() {
                        state.apply(&applied);
                        self.round.applied.push(applied);
                        Outcome::Recorded
                    } else {
                        Outcome::Other(Err(Unavailable::TooLarge))
                    }
                }
            };
            self.round.outcomes.push(outcome);
        }
    }

    /// Makes the round durable, or at least sure of its ground.
    async fn write_round(&mut self, up_to_date: bool) -> Result<Settled, Unavailable> {
        if self.round.applied.is_empty() && !self.round.due {
            return if up_to_date { Ok(Settled::UpToDate) } else { self.look_at_head().await };
        }
        let frame = self.writer.finish(self.round.now);
        self.append(frame).await
    }

    async fn look_at_head(&mut self) -> Result<Settled, Unavailable> {
        let head = timeout(self.config.log_timeout, self.log.head(self.stream)).await;
        match head.unwrap_or(Err(LogError::TimedOut)) {
            Ok(head) if head == self.position => Ok(Settled::UpToDate),
            Ok(head) if head < self.position => Err(Unavailable::Shortened(self.position)),
            Ok(_) => Ok(Settled::Behind),
            Err(error) => {
                tracing::warn!(stream = %self.stream, error = &error as &dyn Error, "head not read");
                Ok(Settled::Failed { doubtful: false })
            }
        }
    }

    async fn append(&mut self, frame: Bytes) -> Result<Settled, Unavailable> {
        let at = self.position.next();
        let began = Instant::now();
        let appended =
            timeout(self.config.log_timeout, self.log.append(self.stream, at, frame)).await;
        let error = match appended {
            Ok(Ok(())) => {
                self.append_took = began.elapsed();
                return Ok(Settled::Durable(at));
            }
            Ok(Err(error)) => error,
            Err(_) => AppendError::Doubtful(LogError::TimedOut),
        };
        match error {
            AppendError::Taken => return Ok(Settled::Overtaken),
            AppendError::Gap => return Err(Unavailable::Shortened(self.position)),
            AppendError::Failed(_) | AppendError::Doubtful(_) => {}
        }
        let stream = self.stream;
        tracing::warn!(%stream, %at, error = &error as &dyn Error, "append failed");
        Ok(Settled::Failed { doubtful: matches!(error, AppendError::Doubtful(_)) })
    }

    /// Lets time pass in the log, if something is due and nobody has said so yet.
    pub(super) async fn tick(&mut self) -> Result<(), Unavailable> {
        let (due, state_now) =
            self.shared.look(|committed| (committed.machine.next_due(), committed.machine.now()));
        let now = self.clock.now().max(state_now);
        let now = self.speculative.as_ref().map_or(now, |state| now.max(state.now()));
        if due.is_none_or(|due| due > now) {
            return Ok(());
        }
        let frame = self.writer.finish(now);
        match self.append(frame).await? {
            Settled::Durable(at) => {
                if let Some(state) = &mut self.speculative {
                    state.advance(now);
                }
                self.round.now = now;
                self.commit(at);
                self.snapshot_if_due();
            }
            _ => self.forget_round(),
        }
        Ok(())
    }

    /// Shows the durable round to readers.
    fn commit(&mut self, at: Position) {
        let round = &self.round;
        self.shared.change(|committed| {
            committed.machine.advance(round.now);
            for applied in &round.applied {
                committed.machine.apply(applied);
            }
            committed.position = at;
        });
        self.position = at;
        self.announce.send_replace(at);
        self.entries_since_snapshot += 1;
        self.records_since_snapshot += self.round.applied.len() as u64;
    }

    /// Answers the commands of the round; those that found no room in it stay in the batch.
    fn answer(&mut self) {
        let decided = self.round.outcomes.len();
        let mut records = self.round.applied.drain(..);
        for (pending, outcome) in self.batch.drain(..decided).zip(self.round.outcomes.drain(..)) {
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

    /// Throws away what was decided but is not durable; the commands stay in the batch.
    fn forget_round(&mut self) {
        self.round.outcomes.clear();
        self.round.applied.clear();
        self.speculative = None;
        self.behind = true;
    }

    fn mark_doubtful(&mut self) {
        for (pending, outcome) in self.batch.iter_mut().zip(&self.round.outcomes) {
            pending.doubtful |= matches!(outcome, Outcome::Recorded);
        }
    }

    /// Answers commands that waited too long and drops those whose asker is gone.
    fn drop_hopeless(&mut self) {
        let now = Instant::now();
        let hopeless =
            |pending: &mut super::Pending<M>| pending.deadline <= now || pending.answer.is_closed();
        for pending in self.batch.extract_if(.., hopeless) {
            let reason = if pending.doubtful { Unavailable::Doubtful } else { Unavailable::Late };
            let _ = pending.answer.send(Err(reason));
        }
    }

    fn answer_all(&mut self, reason: &Unavailable) {
        for pending in self.batch.drain(..) {
            let reason = if pending.doubtful { Unavailable::Doubtful } else { reason.clone() };
            let _ = pending.answer.send(Err(reason));
        }
    }
}

/// The speculative state; a copy of the committed one if there is none.
fn speculate<'a, M: Machine>(speculative: &'a mut Option<M>, shared: &Shared<M>) -> &'a mut M {
    speculative.get_or_insert_with(|| shared.look(|committed| committed.machine.clone()))
}
