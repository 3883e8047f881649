//! Faults in the order in which a test wants them.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use frontrow_log::{
    MemoryLog, Position, Stream,
    memory::{AppendFault, FaultPlan},
};

/// Append faults one after the other, then none; reading fails while it is told to.
#[derive(Default)]
pub struct Script {
    appends: Mutex<VecDeque<AppendFault>>,
    always: Mutex<Option<AppendFault>>,
    reads_fail: AtomicBool,
    reads: AtomicU32,
    pauses: AtomicU32,
}

impl Script {
    /// A log with its script.
    pub fn log() -> (Arc<MemoryLog>, Arc<Self>) {
        let script = Arc::new(Self::default());
        (Arc::new(MemoryLog::with_faults(Arc::clone(&script) as Arc<dyn FaultPlan>)), script)
    }

    /// The next appends fail like this.
    pub fn next(&self, faults: &[AppendFault]) {
        self.appends.lock().unwrap().extend(faults);
    }

    /// All appends fail like this, or none any more.
    pub fn always(&self, fault: Option<AppendFault>) {
        *self.always.lock().unwrap() = fault;
    }

    /// Whether reading fails from now on.
    pub fn reads_fail(&self, fail: bool) {
        self.reads_fail.store(fail, Ordering::SeqCst);
    }

    /// How often an operation lets others run, from now on.
    pub fn pauses(&self, pauses: u32) {
        self.pauses.store(pauses, Ordering::SeqCst);
    }

    /// Readings so far.
    pub fn reads(&self) -> u32 {
        self.reads.load(Ordering::SeqCst)
    }
}

impl FaultPlan for Script {
    fn append(&self, _stream: Stream, _at: Position) -> AppendFault {
        let always = *self.always.lock().unwrap();
        always.or_else(|| self.appends.lock().unwrap().pop_front()).unwrap_or(AppendFault::None)
    }

    fn read_fails(&self, _stream: Stream) -> bool {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.reads_fail.load(Ordering::SeqCst)
    }

    fn pauses(&self, _stream: Stream) -> u32 {
        self.pauses.load(Ordering::SeqCst)
    }
}
