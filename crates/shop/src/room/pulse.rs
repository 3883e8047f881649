//! How this replica feels: how long its answers took lately, how many failed, and how its payment providers do.
//!
//! A waiting room lets in fewer people when the shop suffers. What it is told must cost a request next to nothing, so
//! a request adds one to two counters and nothing is locked.

use std::{
    sync::atomic::{AtomicI64, AtomicU32, Ordering},
    time::Duration,
};

use frontrow_ledger::Time;

/// Seconds that are looked at: long enough for a percentile, short enough to notice trouble.
const LOOKED_AT: i64 = 5;
/// Seconds that are kept: those, and the one that is being counted.
const KEPT: usize = 8;
/// The same, to count with.
const KEPT_SECONDS: i64 = 8;
/// Steps of latency: each is a quarter more than the one before; the last is 75 seconds and more.
const STEPS: usize = 52;

/// Counts of the last seconds.
#[derive(Debug, Default)]
pub struct Pulse {
    answers: [Second; KEPT],
    payments: [Second; KEPT],
}

/// What was counted in one second.
#[derive(Debug)]
struct Second {
    /// Which, since the Unix epoch.
    began: AtomicI64,
    failed: AtomicU32,
    /// By how long they took.
    taken: [AtomicU32; STEPS],
}

impl Default for Second {
    fn default() -> Self {
        Self {
            began: AtomicI64::new(0),
            failed: AtomicU32::new(0),
            taken: std::array::from_fn(|_| AtomicU32::new(0)),
        }
    }
}

/// What the last seconds showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Beat {
    /// The time that 99 % of them did not exceed, in milliseconds; 0 if there were none.
    pub p99_ms: u32,
    /// Of a million, so many failed.
    pub failed_ppm: u32,
}

impl Pulse {
    /// A request was answered.
    pub fn answered(&self, now: Time, took: Duration, failed: bool) {
        count(&self.answers, now, took, failed);
    }

    /// A payment provider was asked for something, and did it or failed.
    pub fn provider_asked(&self, now: Time, took: Duration, failed: bool) {
        count(&self.payments, now, took, failed);
    }

    /// How requests fared lately.
    pub fn answers(&self, now: Time) -> Beat {
        beat(&self.answers, now)
    }

    /// How the payment providers fared lately.
    pub fn provider(&self, now: Time) -> Beat {
        beat(&self.payments, now)
    }
}

/// A second that two threads begin at once may lose a count to the cleaning: it is a gauge, not a ledger.
fn count(seconds: &[Second; KEPT], now: Time, took: Duration, failed: bool) {
    let this = now.0.div_euclid(1_000);
    let Some(second) = seconds.get(slot(this)) else { return };
    if second.began.swap(this, Ordering::Relaxed) != this {
        second.failed.store(0, Ordering::Relaxed);
        second.taken.iter().for_each(|count| count.store(0, Ordering::Relaxed));
    }
    if failed {
        second.failed.fetch_add(1, Ordering::Relaxed);
    }
    if let Some(count) = second.taken.get(step(took)) {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

fn beat(seconds: &[Second; KEPT], now: Time) -> Beat {
    let this = now.0.div_euclid(1_000);
    let recent = seconds
        .iter()
        .filter(|second| (this - LOOKED_AT..=this).contains(&second.began.load(Ordering::Relaxed)));
    let mut taken = [0_u64; STEPS];
    let mut failed = 0;
    for second in recent {
        failed += u64::from(second.failed.load(Ordering::Relaxed));
        for (sum, count) in taken.iter_mut().zip(&second.taken) {
            *sum += u64::from(count.load(Ordering::Relaxed));
        }
    }
    let all: u64 = taken.iter().sum();
    if all == 0 {
        return Beat::default();
    }
    let mut beyond = all / 100;
    let worst = (0..STEPS).rev().find(|step| {
        let here = taken.get(*step).copied().unwrap_or(0);
        let found = here > beyond;
        beyond = beyond.saturating_sub(here);
        found
    });
    let failed_ppm = u32::try_from(failed * 1_000_000 / all).unwrap_or(u32::MAX);
    Beat { p99_ms: bound_ms(worst.unwrap_or(0)), failed_ppm }
}

fn slot(second: i64) -> usize {
    usize::try_from(second.rem_euclid(KEPT_SECONDS)).unwrap_or(0)
}

/// The first step whose bound is not exceeded.
fn step(took: Duration) -> usize {
    let ms = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
    (0..STEPS - 1).find(|step| ms <= bound_ms(*step)).unwrap_or(STEPS - 1)
}

/// 1 ms, and then a quarter more each time, rounded up.
fn bound_ms(step: usize) -> u32 {
    (0..step).fold(1_u32, |bound, _| bound + bound.div_ceil(4))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use frontrow_ledger::Time;

    use super::{Beat, Pulse, STEPS, bound_ms};

    const NOW: Time = Time(1_800_000_000_000);

    #[test]
    fn steps_reach_from_a_millisecond_to_beyond_a_minute() {
        assert_eq!((bound_ms(0), bound_ms(1), bound_ms(4)), (1, 2, 5));
        assert!(bound_ms(STEPS - 1) > 60_000, "{}", bound_ms(STEPS - 1));
    }

    #[test]
    fn one_slow_answer_in_a_hundred_is_not_the_percentile_but_two_are() {
        let pulse = Pulse::default();
        let answer = |ms, failed| pulse.answered(NOW, Duration::from_millis(ms), failed);
        (0..99).for_each(|_| answer(3, false));
        answer(900, true);
        assert_eq!(pulse.answers(NOW), Beat { p99_ms: 3, failed_ppm: 10_000 });
        answer(900, false);
        let beat = pulse.answers(NOW);
        assert!((900..1_200).contains(&beat.p99_ms), "{beat:?}");
    }

    #[test]
    fn what_was_long_ago_is_forgotten() {
        let pulse = Pulse::default();
        pulse.answered(NOW, Duration::from_secs(9), true);
        assert!(pulse.answers(NOW.plus_ms(4_000)).p99_ms >= 9_000);
        assert_eq!(pulse.answers(NOW.plus_ms(7_000)), Beat::default());
        // The same slot, eight seconds later.
        pulse.answered(NOW.plus_ms(8_000), Duration::ZERO, false);
        assert_eq!(pulse.answers(NOW.plus_ms(8_000)), Beat { p99_ms: 1, failed_ppm: 0 });
    }
}
