//! Many seeds on all processors.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use crate::{Broken, Ledger, Options, Stats, run};

/// Commands of one seed: long enough to get into trouble, short enough to read.
pub const OPERATIONS_PER_SEED: u64 = 10_000;

/// A seed that broke a promise.
#[derive(Debug, thiserror::Error)]
#[error("seed {seed}: {broken}\nreplay it: cargo run -p frontrow-sim --{} --seed {seed}", ledger.flag())]
pub struct Failure {
    /// Of what.
    pub ledger: Ledger,
    /// Which.
    pub seed: u64,
    /// What.
    pub broken: Broken,
}

/// Runs seeds from `first` on, each with the operations of `options`, until they are `operations` together or one
/// fails. Calls `progress` with what has been seen so far after each seed.
pub fn run_many(
    first: u64,
    operations: u64,
    options: Options,
    progress: impl Fn(&Stats) + Sync,
) -> Result<Stats, Failure> {
    let seeds = operations.div_ceil(options.operations.max(1));
    let next = AtomicU64::new(0);
    let so_far = Mutex::new((Stats::default(), None));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= seeds {
                        break;
                    }
                    let seed = first.wrapping_add(number);
                    let result = run_caught(seed, options);
                    let mut so_far = so_far.lock().unwrap_or_else(PoisonError::into_inner);
                    match result {
                        Ok(stats) => {
                            so_far.0.add(&stats);
                            progress(&so_far.0);
                        }
                        Err(broken) => {
                            next.store(seeds, Ordering::Relaxed);
                            so_far.1.get_or_insert(Failure {
                                ledger: options.ledger,
                                seed,
                                broken,
                            });
                        }
                    }
                }
            });
        }
    });
    match so_far.into_inner().unwrap_or_else(PoisonError::into_inner) {
        (_, Some(failure)) => Err(failure),
        (stats, None) => Ok(stats),
    }
}

/// A panic is a broken promise too: the ledger asserts what it relies on.
fn run_caught(seed: u64, options: Options) -> Result<Stats, Broken> {
    std::panic::catch_unwind(|| run(seed, options))
        .unwrap_or_else(|_| Err(Broken("a panic; its message is above".to_owned())))
}
