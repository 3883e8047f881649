//! One stream on one replica: gathers commands, decides them together, appends one entry, answers
//! everybody.
//!
//! # Two states
//!
//! The **committed** state is the replay of durable entries and nothing else. Readers see it,
//! behind a lock that the sequencer takes only to apply an entry that is already durable. The
//! **speculative** state belongs to the sequencer's task: commands are decided on it and their
//! records applied to it before they are durable, so that the second command of a batch sees what
//! the first one took. It can be thrown away at any time: it is a copy of the committed state plus
//! what is in flight.
//!
//! # A round
//!
//! While an append is in flight, what arrives is decided on top of it, *ahead*, and is the next
//! entry as soon as the append is done: no timer, no tuning. What was durable before is shown and
//! answered in the same time, so that the log never waits for the processor
//! (`docs/adr/0013-decided-ahead.md`). A round's `now` is the clock's time when its first command
//! is decided, but never before the state's. Every round ends in one of two ways, and only then is
//! anybody answered, because even a refusal may rest on another command of the same round or of the
//! one before:
//!
//! - something was accepted: one entry is appended;
//! - nothing was accepted: the log was read to its end, or its head looked at, after the commands
//!   arrived, so that a refusal is never the answer of a replica that has fallen behind.
//!
//! If another replica was faster, the speculative state is thrown away, the new entries are read
//! and everything that was decided on it is decided again. If an append failed or its outcome is
//! doubtful, the sequencer is *poisoned*: it says nothing more until it has read the log to its
//! end, and then decides again what it has not answered. Commands that turn out to be in the log
//! already are recognised by their id.
//!
//! # Time, and why replay is exact
//!
//! The committed state's clock is moved by entries alone, so a position of the log means one state,
//! bit for bit, on every replica: that is what an `ETag`, a snapshot and a projection rely on. Two
//! things follow.
//!
//! *Expiry while nobody asks for anything.* It must show within a second, but must not change the
//! committed state behind the log's back: another replica, whose clock is behind, may still append
//! an entry of an earlier moment (say, that extends a hold), and a state that had let the hold
//! lapse would no longer be what replay gives. So when something is due the sequencer appends an
//! entry without records: time passed. If two replicas do so at once, one is refused, reads the
//! other's, and finds nothing due any more.
//!
//! *A round that accepted nothing* moves the speculative clock without an entry. That is harmless
//! as long as the next entry is not earlier: letting time pass in two steps or in one leaves the
//! same state (a law of [`Machine::advance`]), and this replica's next round is not earlier by
//! construction. When another replica's next entry *is* earlier, the speculative state is thrown
//! away.

mod batch;
mod draft;
mod follow;
mod handle;
mod round;
mod snapshots;

use std::{
    sync::{Arc, atomic::AtomicUsize},
    time::Duration,
};

use frontrow_ledger::Machine;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::{Instant, sleep_until},
};

use crate::{
    Clock, Log, Position, Stream, Writable,
    limits::{
        BATCH_COMMANDS_MAX, COMMAND_DEADLINE, FOLLOW_INTERVAL, LOG_TIMEOUT, QUEUE_COMMANDS_MAX,
        RECORDS_APART_MAX, RELOAD_PAUSE_MAX, SNAPSHOT_ENTRIES, SNAPSHOT_INTERVAL, SNAPSHOT_RECORDS,
    },
};
use draft::Draft;
use handle::Shared;
use round::Round;

pub use handle::{Answer, Handle, Unavailable};

/// How a sequencer behaves. The default is [`limits`](crate::limits); tests choose smaller numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequencerConfig {
    /// Commands that may wait; more are shed.
    pub queue_commands: usize,
    /// Commands decided in one entry.
    pub batch_commands: usize,
    /// After this a command is answered even if it could not be decided.
    pub deadline: Duration,
    /// How long one operation of the log may take.
    pub log_timeout: Duration,
    /// How often an idle sequencer looks for entries of other replicas and for what is due.
    pub follow_interval: Duration,
    /// Records between two snapshots.
    pub snapshot_records: u64,
    /// Entries between two snapshots.
    pub snapshot_entries: u64,
    /// Time between two snapshots, however much is written.
    pub snapshot_interval: Duration,
    /// Records after which the two states share their pieces again.
    pub records_apart: u64,
    /// Where the random pauses after conflicts come from; different on every replica.
    pub jitter_seed: u64,
    /// Which records may be written.
    pub writable: Writable,
}

impl Default for SequencerConfig {
    fn default() -> Self {
        Self {
            queue_commands: QUEUE_COMMANDS_MAX,
            batch_commands: BATCH_COMMANDS_MAX,
            deadline: COMMAND_DEADLINE,
            log_timeout: LOG_TIMEOUT,
            follow_interval: FOLLOW_INTERVAL,
            snapshot_records: SNAPSHOT_RECORDS,
            snapshot_entries: SNAPSHOT_ENTRIES,
            snapshot_interval: SNAPSHOT_INTERVAL,
            records_apart: RECORDS_APART_MAX,
            jitter_seed: 0,
            writable: Writable::default(),
        }
    }
}

/// The task behind a [`Handle`].
pub struct Sequencer<M: Machine> {
    log: Arc<dyn Log>,
    stream: Stream,
    clock: Arc<dyn Clock>,
    config: SequencerConfig,
    commands: mpsc::Receiver<Pending<M>>,
    shared: Arc<Shared<M>>,
    position: Position,
    announce: watch::Sender<Position>,
    /// `None` until a command needs it.
    speculative: Option<M>,
    /// The log may have entries after [`Self::position`]: they are read before anything else is
    /// decided.
    behind: bool,
    append_took: Duration,
    /// Batches that look for entries of other replicas before they are decided; set by a conflict.
    wary: u32,
    /// Not yet decided, in the order of arrival.
    batch: Vec<Pending<M>>,
    /// Decided, and being written.
    round: Round<M>,
    /// Decided on top of [`Self::round`], to be written next.
    ahead: Round<M>,
    /// The entry of [`Self::ahead`], where the log finds it; before a round is handed over, its own.
    draft: Arc<Draft>,
    /// Written last, up to [`Self::position`].
    durable: Round<M>,
    /// [`Self::durable`] is neither shown nor answered yet.
    unseen: bool,
    jitter: SmallRng,
    entries_since_snapshot: u64,
    records_since_snapshot: u64,
    snapshot_not_before: Instant,
    snapshot: Option<JoinHandle<()>>,
    /// Of the last snapshot that was taken here.
    snapshot_bytes: Arc<AtomicUsize>,
    /// Records that both states have written since they shared all their pieces.
    records_apart: u64,
}

/// A command that waits for its answer.
struct Pending<M: Machine> {
    request: frontrow_ledger::Request<M::Command>,
    answer: oneshot::Sender<Answer<M>>,
    deadline: Instant,
    /// It was part of an append that may have been written.
    doubtful: bool,
}

impl<M: Machine> Sequencer<M> {
    /// Loads a stream (its newest readable snapshot and the entries after it) and starts to serve
    /// it. A stream without entries starts from the machine's default.
    ///
    /// It ends when every [`Handle`] is gone, or after [`Handle::shutdown`].
    pub async fn start(
        log: Arc<dyn Log>,
        stream: Stream,
        clock: Arc<dyn Clock>,
        config: SequencerConfig,
    ) -> Result<Handle<M>, Unavailable> {
        let (machine, position) = follow::load_snapshot(&*log, stream, config.log_timeout).await?;
        let (sender, commands) = mpsc::channel(config.queue_commands);
        let (announce, positions) = watch::channel(position);
        let shared = Arc::new(Shared::new(machine, position, positions));
        let handle = Handle::new(sender, Arc::clone(&shared), stream, config.deadline);
        let jitter = SmallRng::seed_from_u64(config.jitter_seed ^ stream.id as u64);
        let mut sequencer = Self {
            log,
            stream,
            clock,
            config,
            commands,
            shared,
            position,
            announce,
            speculative: None,
            behind: true,
            append_took: Duration::ZERO,
            wary: 0,
            batch: Vec::new(),
            round: Round::default(),
            ahead: Round::default(),
            draft: Arc::default(),
            durable: Round::default(),
            unseen: false,
            jitter,
            entries_since_snapshot: 0,
            records_since_snapshot: 0,
            snapshot_not_before: Instant::now(),
            snapshot: None,
            snapshot_bytes: Arc::default(),
            records_apart: 0,
        };
        sequencer.catch_up_from_start().await?;
        tokio::spawn(sequencer.run());
        Ok(handle)
    }

    async fn run(mut self) {
        // Dropped last, also when a machine panics: whoever waits for the end is woken.
        let _ended = self.shared.ended.clone().drop_guard();
        let served = self.serve().await;
        if let Err(reason) = served {
            let (stream, position) = (self.stream, self.position);
            tracing::error!(%stream, %position, %reason, "stream is no longer served");
            self.shared.refuse(reason);
        }
        self.commands.close();
        self.forget_rounds();
        let reason = self.shared.why_ended();
        while let Ok(pending) = self.commands.try_recv() {
            self.batch.push(pending);
        }
        for pending in self.batch.drain(..) {
            let _ = pending.answer.send(Err(reason.clone()));
        }
        if let Some(snapshot) = self.snapshot.take() {
            let _ = snapshot.await;
        }
    }

    /// Until nobody can ask any more, everything asked before [`Handle::shutdown`] is answered, or
    /// something is wrong that waiting does not mend.
    async fn serve(&mut self) -> Result<(), Unavailable> {
        let mut follow_at = Instant::now() + self.config.follow_interval;
        loop {
            let room = self.config.batch_commands;
            tokio::select! {
                biased;
                () = self.shared.stop.cancelled(), if !self.commands.is_closed() => {
                    self.commands.close();
                }
                count = self.commands.recv_many(&mut self.batch, room) => {
                    if count == 0 {
                        return Ok(());
                    }
                    self.settle().await?;
                }
                () = self.shared.wanted.notified() => self.follow().await?,
                () = sleep_until(follow_at) => {
                    self.follow().await?;
                    follow_at = Instant::now() + self.config.follow_interval;
                }
            }
        }
    }

    /// Takes what has arrived meanwhile into the batch.
    fn top_up(&mut self) {
        while self.batch.len() < self.config.batch_commands {
            let Ok(pending) = self.commands.try_recv() else { break };
            if !pending.answer.is_closed() {
                self.batch.push(pending);
            }
        }
    }

    /// A pause after a failure of the log; its bound doubles with every failure in a row.
    async fn back_off(&mut self, failures: u32) {
        self.pause(Duration::from_micros(256 << failures.min(20)).min(RELOAD_PAUSE_MAX)).await;
    }

    /// A random pause.
    async fn pause(&mut self, longest: Duration) {
        if longest.is_zero() {
            return;
        }
        let micros = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
        let pause = Duration::from_micros(self.jitter.random_range(0..=micros));
        tokio::time::sleep(pause).await;
    }
}
