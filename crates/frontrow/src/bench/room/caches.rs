//! How many requests reach us when everybody polls through a cache, computed and not measured: arrivals are random, the
//! object is fresh for a second, and whoever comes first after that asks us.

use crate::bench::report::{Group, Line};

/// Seconds between two polls of those far from the front.
const POLL_SECONDS: f64 = 45.0;
/// Caches that do not know each other, the sites of a large network, or one in front of all of them that asks for them:
/// an origin shield.
const CACHES: [(f64, &str); 2] = [(50.0, "50 caches"), (1.0, "one shared cache")];

/// Ten thousand and ten million waiting.
pub(super) fn measure() -> Group {
    let mut group = Group::new("Requests at the origin, one poll in 45 s (computed)", "requests");
    let line = |name: &str, value: f64| Line {
        name: name.to_owned(),
        connections: None,
        count: 0,
        value,
        p50_ns: None,
        p99_ns: None,
        ratio: None,
    };
    group
        .lines
        .push(line("each of 10,000,000 asks for a page of their own", 10_000_000.0 / POLL_SECONDS));
    for (caches, what) in CACHES {
        let [few, many] = [10_000.0, 10_000_000.0].map(|waiting| origin(waiting, caches));
        group.lines.push(line(&format!("one object, {what}, 10,000 waiting"), few));
        let name = format!("one object, {what}, 10,000,000 waiting");
        group.lines.push(line(&name, many).against(Some(few)));
    }
    group.notes.push("ratio: over ten thousand waiting".to_owned());
    group
}

/// A cache asks once a second if anybody comes, and then as soon as somebody does.
fn origin(waiting: f64, caches: f64) -> f64 {
    let arrivals = waiting / POLL_SECONDS / caches;
    caches / (1.0 + 1.0 / arrivals)
}
