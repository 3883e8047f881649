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
    assert!(stats.crashes > 10_000 && stats.snapshots_loaded > 10_000, "{stats}");
    assert!(stats.answers_lost > 100_000, "{stats}");
    // What was never met was never tested.
    let missed: Vec<_> = MET.iter().filter(|what| !stats.seen.contains_key(*what)).collect();
    assert!(missed.is_empty(), "never met: {missed:?}\n{stats}");
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

/// Every record, every refusal, every way to get no answer.
const MET: [&str; 63] = [
    "record defined",
    "record repriced",
    "record allocation-set",
    "record windows-set",
    "record limits-set",
    "record area-capacity-set",
    "record opened",
    "record closed",
    "record blocked",
    "record unblocked",
    "record held",
    "record extended",
    "record removed",
    "record released",
    "record reacquired",
    "record checked-out",
    "record confirmed",
    "record cancelled",
    "answer accepted",
    "answer busy",
    "answer late",
    "answer doubtful",
    "idempotency-key-reused",
    "sale-not-defined",
    "sale-already-defined",
    "bad-terms",
    "sale-closed",
    "hold-unknown",
    "hold-expired",
    "hold-sold",
    "hold-live",
    "hold-in-payment",
    "other-channel",
    "order-mismatch",
    "order-taken",
    "order-unknown",
    "order-cancelled",
    "position-unknown",
    "block-unknown",
    "block-taken",
    "not-blocked",
    "block-limit",
    "nothing-asked",
    "too-many-places",
    "seat-unknown",
    "area-unknown",
    "category-unknown",
    "allocation-unknown",
    "seat-duplicate",
    "not-for-sale",
    "not-a-multiple",
    "companion-alone",
    "not-yet-on-sale",
    "no-longer-on-sale",
    "over-order-limit",
    "over-buyer-limit",
    "no-more-extensions",
    "allocation-full",
    "seats-gone",
    "area-full",
    "category-full",
    "not-together",
    "area-in-use",
];
