//! How many requests reach us when everybody polls through a cache, computed and not measured: arrivals are random, the
//! object is fresh for a second, and whoever comes first after that asks us.

use crate::bench::report::{Group, Line};

/// Seconds between two polls of those far from the front.
const POLL_SECONDS: f64 = 45.0;
/// Caches that do not know each other: the sites of a large network.
const CACHES: f64 = 50.0;

/// Ten thousand and ten million waiting.
pub(super) fn measure() -> Group {
    let mut group =
        Group::new("Requests at the origin, 50 caches, one poll in 45 s (computed)", "requests");
    let own = [10_000.0, 10_000_000.0].map(origin);
    let line = |name: &str, per_second: f64| Line {
        name: name.to_owned(),
        connections: None,
        count: 0,
        per_second,
        p50_ns: None,
        p99_ns: None,
        ratio: None,
    };
    group
        .lines
        .push(line("each of 10,000,000 asks for a page of their own", 10_000_000.0 / POLL_SECONDS));
    group.lines.push(line("one object, 10,000 waiting", own[0]));
    group.lines.push(line("one object, 10,000,000 waiting", own[1]).against(Some(own[0])));
    group.notes.push("ratio: over ten thousand waiting".to_owned());
    group
}

/// A cache asks once a second if anybody comes, and then as soon as somebody does.
fn origin(waiting: f64) -> f64 {
    let arrivals = waiting / POLL_SECONDS / CACHES;
    CACHES / (1.0 + 1.0 / arrivals)
}
