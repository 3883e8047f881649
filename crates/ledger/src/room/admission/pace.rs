//! How fast the queue moves, as waiting fans may be told.
//!
//! How fast it *moved* says little: a shop that fills takes in people much faster than one that is
//! full. Once it is full, turns come as people leave, and how soon they will is estimated twice: as
//! if patience had no memory, and as if everybody stayed equally long. At the start the one is too
//! slow or the other too fast, and the truth lies between; after some time they agree.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Ceiling, Moment, PPM, Rate, stays::Stays};
use crate::{
    Time,
    limits::{PACE_MARK_MS, PACE_MARKS, SLOWER_SAID_MS},
};

/// A rate of one is one unit each millisecond; so many units are a turn.
const TURN: u64 = 60_000_000;

/// What waiting fans may be told: the next `soon` turns come at `now`, all others at between `low`
/// and `high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pace {
    /// Turns that do not wait for anybody to leave.
    pub soon: u32,
    /// How fast they come.
    pub now: Rate,
    /// At least, as far as can be told.
    pub low: Rate,
    /// At most.
    pub high: Rate,
    /// What made it slower than was told before. `low` never sinks by more than a tenth without.
    pub slower: Option<Ceiling>,
}

/// How long somebody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// At least, in milliseconds.
    pub from_ms: u64,
    /// At most; `None` while the queue stands still.
    pub to_ms: Option<u64>,
}

impl Pace {
    /// How long somebody waits before whom so many others are.
    pub fn wait(&self, ahead: u64) -> Wait {
        let soon = ahead.min(u64::from(self.soon));
        let later = ahead - soon;
        let ms = |turns: u64, rate: Rate| match turns {
            0 => Some(0),
            turns => turns.saturating_mul(TURN).checked_div(rate.0),
        };
        let from_ms = ms(later, self.high).zip(ms(soon, self.now)).map_or(0, |(a, b)| a + b);
        let to_ms = ms(later, self.low).zip(ms(soon, self.now)).map(|(a, b)| a + b);
        // Somebody's turn comes with a tick, and ticks and the status have an age.
        Wait { from_ms: from_ms.saturating_sub(SLACK_MS), to_ms: to_ms.map(|ms| ms + SLACK_MS) }
    }
}

/// What is told is as old as a page that asks every few seconds.
const SLACK_MS: u64 = 10_000;

/// What the controller knows of the next minutes.
pub(super) struct Forecast {
    /// The least of the rates.
    pub(super) rate: Rate,
    /// Turns that fit without anybody leaving.
    pub(super) soon: u64,
    pub(super) show_ppm: u64,
    pub(super) limited_by: Ceiling,
}

/// What was told, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Teller {
    /// How many had entered, at regular moments.
    marks: VecDeque<(Time, u64)>,
    /// The least rate that was told.
    told: Rate,
    slower: Option<(Time, Ceiling)>,
}

impl Teller {
    pub(super) fn tell(&mut self, at: &Moment<'_>, forecast: &Forecast, stays: &Stays) -> Pace {
        if self.marks.back().is_none_or(|(then, _)| at.now.ms_since(*then) >= PACE_MARK_MS) {
            self.marks.push_back((at.now, stays.entered_ever()));
            while self.marks.len() > PACE_MARKS {
                self.marks.pop_front();
            }
        }
        let most = Rate::per_minute(at.policy.rate_per_minute);
        let turns = |people_milli: u64| {
            let units = u128::from(people_milli) * u128::from(TURN / 1_000) * u128::from(PPM);
            Rate(u64::try_from(units / u128::from(forecast.show_ppm)).unwrap_or(u64::MAX))
        };
        let target_milli = super::target_milli(at.policy);
        // People that leave, in thousandths: each minute, so that nothing is lost by rounding.
        let forgetful = stays.leaving_milli(target_milli, 60_000);
        let longest = target_milli * 60_000 / at.stay_ms_max.max(1).unsigned_abs();
        let punctual = target_milli.saturating_mul(60_000) / self.stay_ms(at.now, stays).max(1_000);
        let per_minute = |people_milli| Rate(turns(people_milli).0 / 60_000);
        let slow = per_minute(forgetful.min(punctual).max(longest));
        let fast = per_minute(forgetful.max(punctual));
        let margin = |rate: Rate, of| rate.part(of, 100);
        let low = margin(slow, 85).min(forecast.rate);
        let high = margin(fast, 115).min(if forecast.rate.0 == 0 { Rate(0) } else { most });
        self.excuse(at.now, low, forecast.limited_by);
        Pace {
            soon: u32::try_from(forecast.soon).unwrap_or(u32::MAX),
            now: forecast.rate,
            low,
            high,
            slower: self.slower.map(|(_, why)| why),
        }
    }

    /// How long people stay if all stay equally long: since as many had come in as have left by now.
    fn stay_ms(&self, now: Time, stays: &Stays) -> u64 {
        let left = stays.left_ever();
        let after = self.marks.partition_point(|(_, entered)| *entered <= left);
        let (from, had) = match after.checked_sub(1).and_then(|before| self.marks.get(before)) {
            Some(mark) => *mark,
            None => return ms(now, self.marks.front().map_or(now, |(then, _)| *then)),
        };
        let (to, have) = self.marks.get(after).copied().unwrap_or((now, stays.entered_ever()));
        let part_ms = ms(to, from) * (left - had) / (have - had.min(have)).max(1);
        ms(now, from).saturating_sub(part_ms)
    }

    /// Whoever is told that it takes longer is told why.
    fn excuse(&mut self, now: Time, low: Rate, why: Ceiling) {
        if low < self.told.part(9, 10) {
            self.slower = Some((now, why));
            self.told = low;
        }
        self.told = self.told.max(low);
        if self.slower.is_some_and(|(then, _)| now.ms_since(then) >= SLOWER_SAID_MS) {
            self.slower = None;
        }
    }
}

fn ms(later: Time, earlier: Time) -> u64 {
    u64::try_from(later.ms_since(earlier)).unwrap_or(0)
}
