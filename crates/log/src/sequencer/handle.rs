//! What the rest of the shop sees of a sequencer.

use std::{
    fmt,
    sync::{Arc, OnceLock, RwLock},
    time::Duration,
};

use frontrow_ledger::{Machine, Request};
use tokio::{
    sync::{
        Notify,
        mpsc::{self, error::TrySendError},
        oneshot, watch,
    },
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::Pending;
use crate::{Position, Stream};

/// What a command leads to: a record, a refusal, or no decision.
pub type Answer<M> = Result<Result<<M as Machine>::Record, <M as Machine>::Refusal>, Unavailable>;

/// Why there is no decision. Whoever asks again with the same command id, here or elsewhere, never
/// gets it twice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// More commands wait than can be decided soon, or other replicas were faster too often.
    /// Nothing happened.
    #[error("too many commands are waiting")]
    Busy,
    /// The command could not be decided before its deadline. Nothing happened.
    #[error("the command was not decided in time")]
    Late,
    /// The command was decided, but nobody knows whether the log has it.
    #[error("it is not known whether the command was written")]
    Doubtful,
    /// The record of the command is larger than an entry may be. Nothing happened.
    #[error("the record is too large for the log")]
    TooLarge,
    /// Some live replica is of a release that could not read the record. Nothing happened.
    #[error("not every replica can read such a record yet")]
    TooNew,
    /// The log does not answer.
    #[error("the log cannot be reached")]
    Unreachable,
    /// A newer release wrote this entry; a replica of that release can serve the stream.
    #[error("entry {0} holds a record that this release does not know")]
    UnknownRecord(Position),
    /// The storage lost or changed this entry.
    #[error("entry {0} is damaged")]
    Damaged(Position),
    /// The log no longer has this entry, which was durable before: a database was restored or
    /// failed over to a copy that had fallen behind.
    #[error("the log lost entry {0}, which it had acknowledged")]
    Shortened(Position),
    /// The sequencer has ended.
    #[error("the stream is not served by this process any more")]
    Stopped,
}

/// Asks one stream's sequencer, and reads its committed state. Cheap to clone.
pub struct Handle<M: Machine> {
    commands: mpsc::Sender<Pending<M>>,
    shared: Arc<Shared<M>>,
    stream: Stream,
    deadline: Duration,
}

impl<M: Machine> Handle<M> {
    pub(super) fn new(
        commands: mpsc::Sender<Pending<M>>,
        shared: Arc<Shared<M>>,
        stream: Stream,
        deadline: Duration,
    ) -> Self {
        Self { commands, shared, stream, deadline }
    }

    /// Asks for a decision. An answer other than [`Unavailable`] is durable, and [`Handle::read`]
    /// shows it.
    ///
    /// Dropping the future withdraws the command if it is not yet decided.
    pub async fn submit(&self, request: Request<M::Command>) -> Answer<M> {
        let (answer, answered) = oneshot::channel();
        let deadline = Instant::now() + self.deadline;
        let pending = Pending { request, answer, deadline, doubtful: false };
        self.commands.try_send(pending).map_err(|error| match error {
            TrySendError::Full(_) => Unavailable::Busy,
            TrySendError::Closed(_) => self.shared.why_ended(),
        })?;
        answered.await.unwrap_or_else(|_| Err(self.shared.why_ended()))
    }

    /// Looks at the committed state and its position; never waits for the log. The state is at most
    /// [`FOLLOW_INTERVAL`](crate::limits::FOLLOW_INTERVAL) behind other replicas while the log can
    /// be reached.
    ///
    /// Keep it short: it holds up the answers of commands.
    pub fn read<R>(&self, look: impl FnOnce(&M, Position) -> R) -> Result<R, Unavailable> {
        if let Some(reason) = self.shared.refused.get() {
            return Err(reason.clone());
        }
        // Poisoned only if a machine panicked in the middle of an entry.
        let committed = self.shared.committed.read().map_err(|_| Unavailable::Stopped)?;
        Ok(look(&committed.machine, committed.position))
    }

    /// Returns when [`Handle::read`] shows at least the entry at this position; false if it does
    /// not within `patience`, because the log cannot be read or has no such entry.
    pub async fn reach(&self, position: Position, patience: Duration) -> bool {
        let mut positions = self.shared.positions.clone();
        if *positions.borrow_and_update() >= position {
            return true;
        }
        self.shared.wanted.notify_one();
        let reached = positions.wait_for(|reached| *reached >= position);
        matches!(tokio::time::timeout(patience, reached).await, Ok(Ok(_)))
    }

    /// Follows the committed position. Ends when the sequencer does.
    pub fn position_watch(&self) -> watch::Receiver<Position> {
        self.shared.positions.clone()
    }

    /// Which stream this is.
    pub fn stream(&self) -> Stream {
        self.stream
    }

    /// The sequencer has ended, and this handle will not serve again.
    pub fn has_ended(&self) -> bool {
        self.shared.ended.is_cancelled()
    }

    /// The stream cannot be served, and loading it again would not help.
    pub(crate) fn is_refused(&self) -> bool {
        self.shared.refused.get().is_some()
    }

    /// Begins what [`Handle::shutdown`] waits for.
    pub(crate) fn stop(&self) {
        self.shared.stop.cancel();
    }

    /// Takes no further command, answers those that wait, and returns when the sequencer has ended.
    pub async fn shutdown(&self) {
        self.stop();
        self.shared.ended.cancelled().await;
    }
}

impl<M: Machine> Clone for Handle<M> {
    fn clone(&self) -> Self {
        Self {
            commands: self.commands.clone(),
            shared: Arc::clone(&self.shared),
            stream: self.stream,
            deadline: self.deadline,
        }
    }
}

impl<M: Machine> fmt::Debug for Handle<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("stream", &self.stream).finish_non_exhaustive()
    }
}

/// What the handles share with the sequencer's task.
pub(super) struct Shared<M> {
    pub(super) committed: RwLock<Committed<M>>,
    positions: watch::Receiver<Position>,
    refused: OnceLock<Unavailable>,
    /// Somebody waits for entries that others have written.
    pub(super) wanted: Notify,
    /// Somebody asked the sequencer to end.
    pub(super) stop: CancellationToken,
    /// It has.
    pub(super) ended: CancellationToken,
}

/// The replay of every durable entry up to a position.
pub(super) struct Committed<M> {
    pub(super) machine: M,
    pub(super) position: Position,
}

impl<M> Shared<M> {
    pub(super) fn new(
        machine: M,
        position: Position,
        positions: watch::Receiver<Position>,
    ) -> Self {
        Self {
            committed: RwLock::new(Committed { machine, position }),
            positions,
            refused: OnceLock::new(),
            wanted: Notify::new(),
            stop: CancellationToken::new(),
            ended: CancellationToken::new(),
        }
    }

    /// From now on nothing is served, neither commands nor readers.
    pub(super) fn refuse(&self, reason: Unavailable) {
        let _ = self.refused.set(reason);
    }

    pub(super) fn why_ended(&self) -> Unavailable {
        self.refused.get().cloned().unwrap_or(Unavailable::Stopped)
    }

    /// Looks at the committed state from the sequencer's own task, the only one that changes it.
    pub(super) fn look<R>(&self, look: impl FnOnce(&Committed<M>) -> R) -> R {
        look(&self.committed.read().expect("a panic while applying ended the task that calls this"))
    }

    /// Changes the committed state.
    pub(super) fn change<R>(&self, change: impl FnOnce(&mut Committed<M>) -> R) -> R {
        change(
            &mut self
                .committed
                .write()
                .expect("a panic while applying ended the task that calls this"),
        )
    }
}
