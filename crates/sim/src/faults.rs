//! What fails, drawn from the seed.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use frontrow_log::{
    Position, Stream,
    memory::{AppendFault, FaultPlan},
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};

/// Faults of one log, in one run.
#[derive(Debug)]
pub(crate) struct Faults {
    random: Mutex<SmallRng>,
    /// Of a thousand appends, so many go wrong.
    appends_failing: u32,
    /// Of a thousand readings.
    reads_failing: u32,
    /// An operation lets others run at most so often before it takes effect.
    pauses_max: u32,
    /// Nothing fails any more, nothing pauses: the run is coming to its end.
    healed: AtomicBool,
    /// For a moment nothing fails: somebody looks on who is no part of the simulation.
    observed: AtomicBool,
}

impl Faults {
    /// Rates for one run: some runs have no faults at all, some hardly anything else.
    pub(crate) fn draw(random: &mut SmallRng) -> Self {
        let mut rate = |rates: [u32; 4]| rates[random.random_range(0..rates.len())];
        Self {
            appends_failing: rate([0, 5, 30, 150]),
            reads_failing: rate([0, 5, 20, 60]),
            pauses_max: rate([0, 1, 3, 8]),
            healed: AtomicBool::new(false),
            observed: AtomicBool::new(false),
            random: Mutex::new(SmallRng::seed_from_u64(random.random())),
        }
    }

    /// From now on nothing fails.
    pub(crate) fn heal(&self) {
        self.healed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn set_observed(&self, observed: bool) {
        self.observed.store(observed, Ordering::Relaxed);
    }

    fn is_healthy(&self) -> bool {
        self.healed.load(Ordering::Relaxed) || self.observed.load(Ordering::Relaxed)
    }

    /// Whether that many of a thousand includes this time.
    fn strikes(&self, of_thousand: u32) -> bool {
        !self.is_healthy() && of_thousand > 0 && self.random().random_ratio(of_thousand, 1_000)
    }

    fn random(&self) -> MutexGuard<'_, SmallRng> {
        self.random.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FaultPlan for Faults {
    fn append(&self, _: Stream, _: Position) -> AppendFault {
        const FAULTS: [AppendFault; 5] = [
            AppendFault::Fails,
            AppendFault::DoubtfulLost,
            AppendFault::DoubtfulWritten,
            AppendFault::HangsLost,
            AppendFault::HangsWritten,
        ];
        if self.strikes(self.appends_failing) {
            FAULTS[self.random().random_range(0..FAULTS.len())]
        } else {
            AppendFault::None
        }
    }

    fn read_fails(&self, _: Stream) -> bool {
        self.strikes(self.reads_failing)
    }

    fn pauses(&self, _: Stream) -> u32 {
        if self.pauses_max == 0 || self.is_healthy() {
            return 0;
        }
        self.random().random_range(0..=self.pauses_max)
    }
}
