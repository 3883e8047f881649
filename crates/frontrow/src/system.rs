//! The machine: its clock, its randomness, its processors and its descriptors. Nothing below this crate touches them.

use std::num::NonZero;

use frontrow_ledger::Time;
use frontrow_log::Clock;
use frontrow_shop::random::Random;
use frontrow_web::limits::CONNECTIONS_MAX;
use rand::{TryRng, rngs::SysRng};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The time of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Time {
        Time(jiff::Timestamp::now().as_millisecond())
    }
}

/// The randomness of this machine's kernel.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        SysRng
            .try_fill_bytes(bytes)
            .expect("without randomness from the kernel nothing can be signed or sold");
    }
}

/// How many threads answer requests: one for each processor. Where this process writes its log to a file itself, one of
/// several processors is left to the thread that does: each of the others has to be woken less often, which costs more
/// than it brings (`docs/bench.md`).
pub fn workers(writes_log: bool) -> usize {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    if writes_log && processors > 2 { processors - 1 } else { processors }
}

/// Descriptors that are not connections of fans: databases, files, mail, providers.
const OTHER_DESCRIPTORS: u64 = 512;

/// How many connections this process may have at once. Takes all the descriptors that the system allows it.
pub fn connections_max() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let wanted = Rlimit { current: limit.maximum, ..limit };
        if setrlimit(Resource::Nofile, wanted).is_ok() {
            limit = wanted;
        }
    }
    // No limit is as good as a very large one.
    let descriptors = limit.current.unwrap_or(u64::MAX);
    let connections = descriptors.saturating_sub(OTHER_DESCRIPTORS).max(descriptors / 2);
    usize::try_from(connections).unwrap_or(usize::MAX).min(CONNECTIONS_MAX)
}
