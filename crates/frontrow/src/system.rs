//! The machine: its clock, its randomness, its signals. Nothing below this crate touches them.

use frontrow_ledger::Time;
use frontrow_log::Clock;
use frontrow_shop::random::Random;
use rand::{TryRng, rngs::SysRng};
use tokio::signal::unix::{SignalKind, signal};

/// The time of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Time {
        Time(jiff::Timestamp::now().as_millisecond())
    }
}

/// Returns when somebody asks the process to stop: SIGTERM from a supervisor, Ctrl-C from a person.
pub async fn stop_requested() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result,
        _ = terminate.recv() => Ok(()),
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
