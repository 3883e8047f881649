//! Seeded simulation: several replicas sell one sale over a log that fails, and nothing that was promised breaks.
//!
//! What runs is the real thing: [`Sequencer`](frontrow_log::Sequencer), [`Sale`](frontrow_ledger::sale::Sale) and
//! [`MemoryLog`](frontrow_log::MemoryLog). What is made up is the world around them, and all of it follows from one
//! number: the sale, what fans and organisers ask, which replica runs next and for how long, clocks, crashes, lost
//! answers and failed appends. The same seed is the same run, to the last step.
//!
//! - [`run`] runs one seed; [`run_many`] runs many on all processors.
//! - `world` is the loop, `replica` one replica on a runtime of its own, `fans` what is asked, `faults` what fails.
//! - `room` is the same for waiting rooms: a world, fans and a truth of their own.
//! - `truth` reads the log and holds it against the answers; `model` is the same sale kept by hand.
//!
//! What is absent: threads within a run, sockets, disks, the system's clock. Nothing here runs in production.

mod answers;
mod fans;
mod faults;
mod many;
mod model;
mod replica;
mod room;
mod stats;
mod terms;
mod truth;
mod world;

pub use many::{Failure, OPERATIONS_PER_SEED, run_many};
pub use stats::Stats;
pub use world::{Ledger, Options, run};

/// What happened that must not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub(crate) String);

/// Breaks off with a sentence unless something holds.
macro_rules! must {
    ($holds:expr, $($sentence:tt)+) => {
        if !$holds {
            return Err($crate::Broken(format!($($sentence)+)));
        }
    };
}
pub(crate) use must;
