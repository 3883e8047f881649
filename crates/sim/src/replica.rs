//! One replica: the real sequencer on a runtime of its own, which runs exactly as far as it is told to.
//!
//! Time on this runtime stands still unless it is moved. Dropping the runtime is a crash: whatever was waiting for
//! anything is gone, in the middle of whatever it was doing.

use std::{sync::Arc, time::Duration};

use frontrow_ledger::{Machine, Request};
use frontrow_log::{
    Handle, Log, ManualClock, Position, Sequencer, SequencerConfig, Stream, Unavailable,
    sequencer::Answer,
};
use tokio::{
    runtime::{Builder, Runtime},
    task::{JoinHandle, JoinSet, yield_now},
};

use crate::Broken;

/// Numbers the questions of a run, so that two with one command id are told apart.
pub(crate) type Question = u64;

pub(crate) struct Replica<M: Machine> {
    handle: Option<Handle<M>>,
    starting: Option<JoinHandle<Result<Handle<M>, Unavailable>>>,
    asked: JoinSet<(Question, Answer<M>)>,
    /// The furthest position that readers of this replica have seen.
    pub(crate) seen: Position,
    /// Last: everything that lives on it goes first.
    runtime: Runtime,
}

impl<M: Machine> Replica<M> {
    /// Begins to load the stream.
    pub(crate) fn start(
        log: Arc<dyn Log>,
        stream: Stream,
        clock: Arc<ManualClock>,
        config: SequencerConfig,
    ) -> Self {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            // One task at a time, so that the world decides after each of them.
            .event_interval(1)
            .build()
            .expect("a runtime without a driver needs nothing from the system");
        let starting = runtime.spawn(Sequencer::start(log, stream, clock, config));
        Self {
            handle: None,
            starting: Some(starting),
            asked: JoinSet::new(),
            seen: Position::START,
            runtime,
        }
    }

    /// Lets so many tasks run, one after the other.
    pub(crate) fn run(&mut self, tasks: u32) -> Result<(), Broken> {
        self.runtime.block_on(async {
            for _ in 0..tasks {
                yield_now().await;
            }
        });
        self.take_handle()
    }

    /// Lets time pass for timeouts and pauses; what a command calls now is the clock's.
    pub(crate) fn pass(&mut self, time: Duration) -> Result<(), Broken> {
        self.runtime.block_on(tokio::time::advance(time));
        self.take_handle()
    }

    /// Somebody asks and waits.
    pub(crate) fn ask(&mut self, question: Question, request: Request<M::Command>) {
        let Some(handle) = self.handle.clone() else { return };
        let asking = async move { (question, handle.submit(request).await) };
        self.asked.spawn_on(asking, self.runtime.handle());
    }

    /// Everybody who waits here hangs up.
    pub(crate) fn hang_up(&mut self) {
        self.asked.abort_all();
    }

    /// An answer that has arrived.
    pub(crate) fn answered(&mut self) -> Option<(Question, Answer<M>)> {
        loop {
            match self.asked.try_join_next()? {
                Ok(answer) => return Some(answer),
                Err(hung_up) => assert!(hung_up.is_cancelled(), "a question panicked"),
            }
        }
    }

    /// Questions that wait here.
    pub(crate) fn waiting(&self) -> usize {
        self.asked.len()
    }

    /// Whether it serves.
    pub(crate) fn is_up(&self) -> bool {
        self.handle.is_some()
    }

    /// Whether it could not be loaded and must be started again.
    pub(crate) fn is_lost(&self) -> bool {
        self.handle.is_none() && self.starting.is_none()
    }

    /// Looks at what readers see.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&M, Position) -> R) -> Option<R> {
        self.handle.as_ref()?.read(look).ok()
    }

    fn take_handle(&mut self) -> Result<(), Broken> {
        if let Some(starting) = self.starting.take_if(|starting| starting.is_finished()) {
            match self.runtime.block_on(starting) {
                Ok(Ok(handle)) => self.handle = Some(handle),
                Ok(Err(Unavailable::Unreachable)) => {}
                Ok(Err(reason)) => return Err(Broken(format!("a replica cannot start: {reason}"))),
                Err(error) => return Err(Broken(format!("a replica cannot start: {error}"))),
            }
        }
        if self.handle.as_ref().is_some_and(Handle::has_ended) {
            let why = self.handle.as_ref().and_then(|handle| handle.read(|_, _| ()).err());
            return Err(Broken(match why {
                Some(reason) => format!("a sequencer ended: {reason}"),
                None => "a sequencer ended".to_owned(),
            }));
        }
        Ok(())
    }
}
