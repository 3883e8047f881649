//! How many requests reach us when everybody polls through a cache, computed and not measured: arrivals are random, the
//! object is fresh for a second, and whoever comes first after that asks us.

use frontrow_ledger::room::Polls;

use crate::bench::report::{Group, Line};

/// Turns that come in a second: who is near the front asks more often.
const TURNS_A_SECOND: f64 = 10.0;
/// Whose turn comes within so many seconds asks as one who is near, and as one in the middle: see [`Polls`].
const NEAR_SECONDS: f64 = 120.0;
const MIDDLE_SECONDS: f64 = 600.0;
/// Each waits up to a fifth longer than it is told.
const JITTER: f64 = 1.1;
/// Caches that do not know each other, the sites of a large network, or one in front of all of them that asks for them:
/// an origin shield.
const CACHES: [(f64, &str); 2] = [(50.0, "50 caches"), (1.0, "one shared cache")];

/// Ten thousand and ten million waiting.
pub(super) fn measure() -> Group {
    let mut group = Group::new("Requests at the origin, 10 turns a second (computed)", "requests");
    let line = |name: &str, value: f64| Line {
        name: name.to_owned(),
        connections: None,
        count: 0,
        value,
        p50_ns: None,
        p99_ns: None,
        ratio: None,
    };
    group.lines.push(line("each of 10,000,000 asks for a page of their own", polls(10_000_000.0)));
    for (caches, what) in CACHES {
        let [few, many] = [10_000.0, 10_000_000.0].map(|waiting| origin(waiting, caches));
        group.lines.push(line(&format!("one object, {what}, 10,000 waiting"), few));
        let name = format!("one object, {what}, 10,000,000 waiting");
        group.lines.push(line(&name, many).against(Some(few)));
    }
    group.notes.push("ratio: over ten thousand waiting".to_owned());
    group
}

/// Polls a second of so many who wait: the first of them soon have their turn.
fn polls(waiting: f64) -> f64 {
    let near = waiting.min(TURNS_A_SECOND * NEAR_SECONDS);
    let soon = waiting.min(TURNS_A_SECOND * MIDDLE_SECONDS);
    let Polls { near: near_every, middle, far } = Polls::LIVELY;
    let of = |people: f64, every: u8| people / (f64::from(every) * JITTER);
    of(near, near_every) + of(soon - near, middle) + of(waiting - soon, far)
}

/// A cache asks once a second if anybody comes, and then as soon as somebody does.
fn origin(waiting: f64, caches: f64) -> f64 {
    let arrivals = polls(waiting) / caches;
    caches / (1.0 + 1.0 / arrivals)
}
