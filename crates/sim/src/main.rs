//! Runs one seed with a trace, or many without.

use std::process::ExitCode;

use clap::Parser;
use frontrow_sim::{Ledger, Options, Stats, run, run_many};

/// Simulates replicas over a log that fails. Exits with 1 if a promise breaks.
#[derive(Debug, Parser)]
struct Args {
    /// Replay this seed and tell every step.
    #[arg(long, conflicts_with_all = ["operations", "first_seed"])]
    seed: Option<u64>,
    /// Submit so many commands, over as many seeds as that takes.
    #[arg(long, default_value_t = 10_000_000)]
    operations: u64,
    /// Where the seeds begin.
    #[arg(long, default_value_t = 1)]
    first_seed: u64,
    /// Commands of one seed; a replay needs the same number.
    #[arg(long, default_value_t = frontrow_sim::OPERATIONS_PER_SEED)]
    per_seed: u64,
    /// Simulate waiting rooms instead of sales.
    #[arg(long)]
    room: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let ledger = if args.room { Ledger::Room } else { Ledger::Sale };
    let options = Options { operations: args.per_seed, trace: args.seed.is_some(), ledger };
    let result = match args.seed {
        Some(seed) => run(seed, options).map_err(|broken| format!("seed {seed}: {broken}")),
        None => run_many(args.first_seed, args.operations, options, progress(args.per_seed))
            .map_err(|failure| failure.to_string()),
    };
    match result {
        Ok(stats) => {
            println!("{stats}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// Says how far it is now and then.
fn progress(per_seed: u64) -> impl Fn(&Stats) + Sync {
    const EVERY: u64 = 500_000;
    move |stats| {
        if stats.operations % EVERY < per_seed {
            eprintln!("{} operations", stats.operations);
        }
    }
}
