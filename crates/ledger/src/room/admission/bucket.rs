//! Turns that a rate allows: never more in any second than its part of a minute, rounded up.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Rate;
use crate::{Time, limits::TICK_MS};

/// One turn. A [`Rate`] of one gives one unit each millisecond, so that nothing is rounded.
const TURN: u64 = 60_000_000;
const SECOND_MS: u64 = 1_000;
/// Between two ticks.
const TICK: u64 = TICK_MS.unsigned_abs();

/// What was saved, at most for one second, and what was used in the last second.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Bucket {
    units: u64,
    used: VecDeque<(Time, u32)>,
}

impl Bucket {
    /// Time passed. However long it was, no more than a second counts.
    pub(super) fn fill(&mut self, rate: Rate, elapsed_ms: u64) {
        let depth = rate.0.saturating_mul(SECOND_MS).max(TURN);
        let more = |ms: u64| rate.0.saturating_mul(elapsed_ms.min(ms));
        let saved = self.units.saturating_add(more(SECOND_MS)).min(depth);
        // What is more than whole turns is not lost between two ticks, else a slow queue is slower.
        self.units = saved.max(self.units.min(depth).saturating_add(more(2 * TICK)));
    }

    /// How many turns may come now.
    pub(super) fn left(&self, now: Time, rate: Rate) -> u64 {
        let in_a_second = rate.0.saturating_mul(SECOND_MS).div_ceil(TURN);
        let used = self.used.iter().filter(|(at, _)| now.ms_since(*at) < 1_000);
        let used: u64 = used.map(|(_, turns)| u64::from(*turns)).sum();
        (self.units / TURN).min(in_a_second.saturating_sub(used))
    }

    pub(super) fn take(&mut self, now: Time, turns: u32) {
        self.units = self.units.saturating_sub(u64::from(turns) * TURN);
        while self.used.front().is_some_and(|(at, _)| now.ms_since(*at) >= 1_000) {
            self.used.pop_front();
        }
        if turns > 0 {
            self.used.push_back((now, turns));
        }
    }
}
