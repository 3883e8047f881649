//! From commands to answers: decide on the speculative state, append one entry, show it, answer.

use std::{
    error::Error,
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
};

use frontrow_ledger::Machine;
use tokio::time::{Instant, timeout};

use super::{Sequencer, Unavailable, draft::Begun, handle::Shared, round::Bounds};
use crate::{
    AppendError, LogError, Position,
    limits::{CONFLICTS_MAX, GIVE_WAY_APPENDS, GIVE_WAY_MAX, WARY_BATCHES},
};

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
            let mut up_to_date = false;
            if self.round.is_empty() {
                self.finish_durable();
                self.drop_hopeless();
                if self.batch.is_empty() {
                    return Ok(());
                }
                self.top_up();
                // Before the log is read and not after: what takes long between reading and
                // appending gives other replicas time to be faster.
                speculate(&mut self.speculative, &self.shared);
                up_to_date = self.behind;
                if self.behind && !self.try_catch_up().await? {
                    failures += 1;
                    self.back_off(failures).await;
                    continue;
                }
                self.decide();
            }
            match self.write_round(up_to_date).await? {
                Settled::Durable(at) => {
                    self.round_is_durable(at);
                    conflicts = 0;
                }
                Settled::UpToDate => self.round.answer(),
                Settled::Behind => self.forget_rounds(),
                Settled::Overtaken => {
                    self.forget_rounds();
                    self.wary = WARY_BATCHES;
                    conflicts += 1;
                    if conflicts > CONFLICTS_MAX {
                        self.answer_all(&Unavailable::Busy);
                        return Ok(());
                    }
                }
                Settled::Failed { doubtful } => {
                    if doubtful {
                        self.round.mark_doubtful();
                    }
                    self.forget_rounds();
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

    /// Decides the batch, as far as an entry has room for it.
    fn decide(&mut self) {
        let bounds = self.bounds();
        let state = speculate(&mut self.speculative, &self.shared);
        let mut page = self.draft.page();
        self.round.decide(state, &mut page, &mut self.batch, self.clock.now(), bounds);
    }

    /// Decides what arrived while the round before is being written. It is written next, and only
    /// if that one was.
    fn decide_ahead(&mut self) {
        self.drop_hopeless();
        if self.batch.is_empty() {
            return;
        }
        let bounds = self.bounds();
        let mut page = self.draft.page();
        if let Some(state) = self.speculative.as_mut().filter(|_| !page.is_taken()) {
            self.ahead.decide(state, &mut page, &mut self.batch, self.clock.now(), bounds);
        }
    }

    fn bounds(&self) -> Bounds {
        Bounds { commands: self.config.batch_commands, record_version: self.config.writable.get() }
    }

    /// Makes the round durable, or at least sure of its ground.
    async fn write_round(&mut self, up_to_date: bool) -> Result<Settled, Unavailable> {
        if let Some(begun) = self.draft.begin() {
            return self.append(begun).await;
        }
        self.finish_durable();
        if up_to_date { Ok(Settled::UpToDate) } else { self.look_at_head().await }
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

    /// Appends the round, and does meanwhile what needs no log: shows and answers the round before,
    /// and decides the one after.
    async fn append(&mut self, begun: Begun) -> Result<Settled, Unavailable> {
        let at = self.position.next();
        let since = Instant::now();
        let (log, stream) = (Arc::clone(&self.log), self.stream);
        let draft = Arc::clone(&self.draft);
        let append = async move {
            match begun {
                Begun::Decided(frame) => log.append_followed(stream, at, frame, draft).await,
                // The log ended with it in its hands.
                Begun::Taken(written) => {
                    written.await.unwrap_or(Err(AppendError::Doubtful(LogError::Closed)))
                }
            }
        };
        let mut append = pin!(timeout(self.config.log_timeout, append));
        let first_look = poll_fn(|context| Poll::Ready(append.as_mut().poll(context))).await;
        if first_look.is_pending() {
            // A log that works in a task of its own begins now.
            tokio::task::yield_now().await;
        }
        self.finish_durable();
        self.share_again();
        let appended = match first_look {
            Poll::Ready(appended) => appended,
            Poll::Pending => self.decide_until(append).await,
        };
        let error = match appended {
            Ok(Ok(())) => {
                self.append_took = since.elapsed();
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
        tracing::warn!(%stream, %at, error = &error as &dyn Error, "append failed");
        Ok(Settled::Failed { doubtful: matches!(error, AppendError::Doubtful(_)) })
    }

    /// Decides what arrives until the append is done. After a conflict nothing is decided ahead: it
    /// would probably be thrown away.
    async fn decide_until<T>(&mut self, mut append: Pin<&mut impl Future<Output = T>>) -> T {
        let room = self.config.batch_commands;
        let mut ahead =
            !self.round.is_empty() && self.wary == 0 && !self.shared.stop.is_cancelled();
        loop {
            if ahead {
                self.decide_ahead();
            }
            // Those that found no room wait, and with them those after them.
            let more = ahead && self.batch.is_empty();
            tokio::select! {
                biased;
                done = &mut append => return done,
                count = self.commands.recv_many(&mut self.batch, room), if more => ahead = count > 0,
            }
        }
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
        if let Some(state) = &mut self.speculative {
            state.advance(now);
        }
        self.round.pass_time(&mut self.draft.page(), now);
        match self.write_round(false).await? {
            Settled::Durable(at) => {
                self.round_is_durable(at);
                self.finish_durable();
            }
            _ => self.forget_rounds(),
        }
        Ok(())
    }

    /// The round is not yet shown; what was decided ahead of it is next.
    fn round_is_durable(&mut self, at: Position) {
        self.position = at;
        std::mem::swap(&mut self.durable, &mut self.round);
        std::mem::swap(&mut self.round, &mut self.ahead);
        self.unseen = true;
    }

    /// Shows the durable round to readers, then answers it.
    fn finish_durable(&mut self) {
        if !std::mem::take(&mut self.unseen) {
            return;
        }
        let (round, at) = (&self.durable, self.position);
        self.shared.change(|committed| {
            round.apply(&mut committed.machine);
            committed.position = at;
        });
        self.announce.send_replace(at);
        self.entries_since_snapshot += 1;
        self.records_since_snapshot += self.durable.records() as u64;
        self.records_apart += self.durable.records() as u64;
        self.durable.answer();
        self.snapshot_if_due();
    }

    /// Makes the speculative state anew where it has come far apart from the committed one: what both have written each for
    /// itself is then kept once. The round that is being written is all that lies between them.
    fn share_again(&mut self) {
        if self.records_apart < self.config.records_apart || !self.ahead.is_empty() {
            return;
        }
        self.records_apart = 0;
        if self.speculative.take().is_some() {
            self.round.apply(speculate(&mut self.speculative, &self.shared));
        }
    }

    /// Throws away what was decided but is not durable; the commands wait again.
    pub(super) fn forget_rounds(&mut self) {
        if self.draft.forget() {
            self.ahead.mark_doubtful();
        }
        // An append that is not done yet may ask what follows it: nothing of what is decided from here on.
        self.draft = Arc::default();
        self.ahead.give_back(&mut self.batch);
        self.round.give_back(&mut self.batch);
        self.speculative = None;
        self.behind = true;
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
