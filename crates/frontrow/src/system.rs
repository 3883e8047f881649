//! The machine: its clock and its randomness. Nothing below this crate touches them.

use frontrow_ledger::Time;
use frontrow_log::Clock;
use frontrow_shop::random::Random;
use rand::{TryRng, rngs::SysRng};

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
