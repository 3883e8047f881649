//! What fans waited while something was done to the shop, against quiet seconds in which they asked for as much.
//!
//! A request belongs to the second in which its fan wanted it, not to the one of its answer: whoever asks while the
//! database is away is answered when it is back, and has waited all the same.

use hdrhistogram::Histogram;

use crate::limits::{LATENCY_US_MAX, SECONDS_MAX};

/// After the fleet is whole again, until what waited meanwhile is worked off: these seconds count as disturbed.
const AFTERMATH_MS: u64 = 2_000;
/// The load of a second is that of the seconds around it too, so many on each side: arrivals are uneven.
const AROUND: usize = 2;
/// Loads are the same if neither is more than so many times the other.
const SAME: f64 = 1.25;

/// Latencies by second, and when the shop was disturbed.
#[derive(Debug, Clone, Default)]
pub(super) struct Load {
    /// In microseconds, with two digits, of the requests that were wanted in each second.
    seconds: Vec<Histogram<u32>>,
    /// From and to, in milliseconds of the drill. The last one may go on.
    disturbed: Vec<(u64, u64)>,
    /// Faults that are being suffered.
    faults: u32,
}

/// Disturbed seconds and quiet ones.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// From each fault until the fleet was whole again, and two seconds more.
    pub disturbed: Under,
    /// Quiet seconds with as many requests; nothing if there were none.
    pub quiet: Option<Under>,
}

/// What fans waited under some load.
#[derive(Debug, Clone)]
pub struct Under {
    /// How many seconds of the drill.
    pub seconds: u64,
    /// Requests that were wanted a second.
    pub rate: f64,
    /// In microseconds.
    pub latencies: Histogram<u32>,
}

impl Load {
    /// A request that was wanted at a moment took so long.
    pub(super) fn answered(&mut self, wanted_ms: u64, us: u64) {
        let second = second(wanted_ms);
        if self.seconds.len() <= second {
            self.seconds.resize_with(second + 1, histogram);
        }
        if let Some(histogram) = self.seconds.get_mut(second) {
            // It grows as it needs, up to there.
            histogram.record(us.min(LATENCY_US_MAX)).ok();
        }
    }

    /// A fault begins or ends; several may overlap.
    pub(super) fn disturb(&mut self, now_ms: u64, begins: bool) {
        if begins {
            if self.faults == 0 {
                self.disturbed.push((now_ms, u64::MAX));
            }
            self.faults += 1;
        } else {
            self.faults = self.faults.saturating_sub(1);
            if let Some((_, to)) = self.disturbed.last_mut().filter(|_| self.faults == 0) {
                *to = now_ms;
            }
        }
    }

    /// Nothing if there was no fault, or no request meanwhile.
    pub(super) fn compare(&self) -> Option<Comparison> {
        let mut is_disturbed = vec![false; self.seconds.len()];
        for (from, to) in &self.disturbed {
            let to = second(to.saturating_add(AFTERMATH_MS)).saturating_add(1);
            let range = second(*from).min(is_disturbed.len())..to.min(is_disturbed.len());
            is_disturbed[range].fill(true);
        }
        let of = |wanted: bool| {
            self.seconds.iter().zip(&is_disturbed).filter(move |(_, is)| **is == wanted)
        };
        let disturbed = Under::of(of(true).map(|(second, _)| second))?;
        let quiet: Vec<&Histogram<u32>> = of(false).map(|(second, _)| second).collect();
        let as_much = |index: usize| {
            let around = index.saturating_sub(AROUND)..(index + AROUND + 1).min(quiet.len());
            let seconds = around.len() as f64;
            let requests: u64 = quiet[around].iter().map(|second| second.len()).sum();
            let rate = requests as f64 / seconds;
            rate <= disturbed.rate * SAME && rate * SAME >= disturbed.rate
        };
        let alike = quiet.iter().enumerate().filter(|(index, _)| as_much(*index));
        let quiet = Under::of(alike.map(|(_, second)| *second));
        Some(Comparison { disturbed, quiet })
    }
}

impl Under {
    fn of<'h>(seconds: impl Iterator<Item = &'h Histogram<u32>>) -> Option<Self> {
        let mut under = Self { seconds: 0, rate: 0.0, latencies: histogram() };
        for second in seconds {
            under.seconds += 1;
            // It grows as it needs too.
            under.latencies.add(second).ok();
        }
        under.rate = under.latencies.len() as f64 / under.seconds.max(1) as f64;
        (!under.latencies.is_empty()).then_some(under)
    }
}

fn second(ms: u64) -> usize {
    usize::try_from(ms / 1_000).unwrap_or(usize::MAX).min(SECONDS_MAX - 1)
}

/// An empty one that grows, for a drill has many.
fn histogram() -> Histogram<u32> {
    Histogram::new(2).expect("two digits are as few as it takes")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many requests in each of some seconds, each with one latency.
    fn ask(load: &mut Load, seconds: std::ops::Range<u64>, requests: u64, us: u64) {
        for second in seconds {
            (0..requests).for_each(|_| load.answered(second * 1_000 + 500, us));
        }
    }

    #[test]
    fn a_fault_is_compared_with_quiet_seconds_under_the_same_load() {
        let mut load = Load::default();
        // A rush, which is slow by itself; then an even load with a fault in it; then hardly anybody.
        ask(&mut load, 0..10, 1_000, 80_000);
        ask(&mut load, 10..20, 100, 10_000);
        ask(&mut load, 20..25, 100, 30_000);
        ask(&mut load, 25..40, 100, 10_000);
        ask(&mut load, 40..60, 5, 1_000);
        load.disturb(20_100, true);
        load.disturb(20_200, true);
        load.disturb(21_000, false);
        load.disturb(22_900, false);
        let Comparison { disturbed, quiet } = load.compare().unwrap();
        let quiet = quiet.unwrap();
        let p99 = |under: &Under| under.latencies.value_at_percentile(99.0) / 1_000;
        // 20.1 to 22.9 and two seconds more.
        assert_eq!((disturbed.seconds, p99(&disturbed)), (5, 30));
        assert_eq!(p99(&quiet), 10);
        assert!((20..=25).contains(&quiet.seconds), "{}", quiet.seconds);
        assert!((80.0..=125.0).contains(&quiet.rate), "{}", quiet.rate);
    }

    #[test]
    fn who_asked_during_the_fault_counts_even_if_answered_after_it() {
        let mut load = Load::default();
        ask(&mut load, 0..5, 10, 1_000);
        load.disturb(5_000, true);
        load.disturb(8_000, false);
        load.answered(5_100, 60_000_000);
        let comparison = load.compare().unwrap();
        assert!(comparison.disturbed.latencies.max() >= 60_000_000);
        assert!(
            comparison.quiet.is_none(),
            "one request in three seconds is not the load of before"
        );
    }

    #[test]
    fn nothing_was_done_so_there_is_nothing_to_compare() {
        let mut load = Load::default();
        ask(&mut load, 0..3, 10, 1_000);
        assert!(load.compare().is_none());
    }
}
