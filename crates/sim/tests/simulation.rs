//! Ten million commands against replicas that crash, over a log that fails: no promise breaks.
//!
//! The same seeds every time. `cargo run -p frontrow-sim -- --first-seed N` looks at others.

use std::io::Write;

use frontrow_sim::{OPERATIONS_PER_SEED, Options, run, run_many};

#[test]
fn ten_million_operations_keep_every_promise() {
    let options = Options { operations: OPERATIONS_PER_SEED, trace: false };
    let stats = run_many(1, 10_000_000, options, |stats| {
        if stats.operations % 1_000_000 < OPERATIONS_PER_SEED {
            // Past the capture of the test runner: a minute of silence looks like a hang.
            let _ = writeln!(std::io::stderr(), "simulated {} operations", stats.operations);
        }
    });
    let stats = stats.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(stats.operations >= 10_000_000, "{stats}");
}

#[test]
fn the_same_seed_is_the_same_run() {
    let options = Options { operations: 3_000, trace: false };
    for seed in 1..=8 {
        let runs = [(); 2].map(|()| run(seed, options).map(|stats| stats.to_string()));
        assert!(runs[0].is_ok());
        assert_eq!(runs[0], runs[1], "seed {seed}");
    }
}
