//! How fast the queue moves, as waiting fans may be told.
//!
//! How fast it *moved* says little: a shop that fills takes in people much faster than one that is
//! full. Once it is full, turns come as people leave, and how soon they will follows from how long
//! those stayed who have left and those who have not (`stays`). At the start little is known of the
//! longest stays, and the range is wide; after the first passes have ended it is narrow.

use serde::{Deserialize, Serialize};

use super::{Ceiling, Moment, PPM, Rate, stays::Stays};
use crate::{Time, limits::SLOWER_SAID_MS};

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
    /// At most; `None` while the queue stands still, or moves only if places come back.
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

/// However much is known, the next people are others: so much faster or slower.
const MARGIN_PERCENT: u64 = 8;

/// What is told is as old as a page that asks every few seconds.
const SLACK_MS: u64 = 10_000;

/// What the controller knows of the next minutes.
pub(super) struct Forecast {
    /// The least of the rates.
    pub(super) rate: Rate,
    /// Turns that fit without anybody leaving.
    pub(super) soon: u64,
    /// Of a million turns that open now, so many are used, in time or late.
    pub(super) come_ppm: u64,
    pub(super) limited_by: Ceiling,
    /// Those who are in or on their way can take all free places.
    pub(super) few_places: bool,
}

/// What was told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Teller {
    /// The least rate that was told.
    told: Rate,
    slower: Option<(Time, Ceiling)>,
}

impl Teller {
    pub(super) fn tell(&mut self, at: &Moment<'_>, forecast: &Forecast, stays: &Stays) -> Pace {
        let most = Rate::per_minute(at.policy.rate_per_minute);
        let per_minute = |people_milli: u64| {
            let turns = u128::from(people_milli) * u128::from(PPM) / u128::from(forecast.come_ppm);
            Rate(u64::try_from(turns).unwrap_or(u64::MAX))
        };
        let (slow, fast) = stays.speeds();
        let longest =
            super::target_milli(at.policy) * 60_000 / at.stay_ms_max.max(1).unsigned_abs();
        // The fewer were seen to leave, the less is known of the others.
        let margin = MARGIN_PERCENT + 100 / stays.known().max(4).isqrt();
        let low = per_minute(slow.max(longest)).part(100 - margin, 100).min(forecast.rate);
        // What is left may be gone before; then turns come as places come back, if they do.
        let low = if forecast.few_places { Rate(0) } else { low };
        let high = per_minute(fast.max(longest)).part(100 + margin, 100);
        let high = high.min(if forecast.rate.0 == 0 { Rate(0) } else { most });
        let why = if forecast.few_places { Ceiling::Places } else { forecast.limited_by };
        self.excuse(at.now, low, why);
        Pace {
            soon: u32::try_from(forecast.soon).unwrap_or(u32::MAX),
            now: forecast.rate,
            low,
            high,
            slower: self.slower.map(|(_, why)| why),
        }
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
