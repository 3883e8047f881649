//! How fast the queue moves, as waiting fans may be told.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Rate;
use crate::{
    Time,
    limits::{PACE_MARK_MS, PACE_MARKS},
};

/// Between which rates the queue moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pace {
    /// At least, as far as can be told.
    pub low: Rate,
    /// At most.
    pub high: Rate,
}

/// How long somebody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// At least.
    pub from_ms: u64,
    /// At most.
    pub to_ms: u64,
}

impl Pace {
    /// How long somebody waits before whom so many others are; `None` while the queue stands still.
    pub fn wait(&self, ahead: u64) -> Option<Wait> {
        let ms = |rate: Rate| ahead.saturating_mul(60_000_000).checked_div(rate.0);
        Some(Wait { from_ms: ms(self.high)?, to_ms: ms(self.low)? })
    }
}

/// Where the queue was, at regular moments.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct History {
    marks: VecDeque<(Time, u64)>,
}

impl History {
    pub(super) fn pace(&mut self, now: Time, cursor: u64) -> Pace {
        if self.marks.back().is_none_or(|(at, _)| now.ms_since(*at) >= PACE_MARK_MS) {
            self.marks.push_back((now, cursor));
            while self.marks.len() > PACE_MARKS {
                self.marks.pop_front();
            }
        }
        let rates = self.marks.iter().filter_map(|(at, then)| {
            let ms = u64::try_from(now.ms_since(*at)).ok().filter(|ms| *ms >= 60_000)?;
            Some(Rate((cursor - then.min(&cursor)).saturating_mul(60_000_000) / ms))
        });
        let (low, high) = rates.fold((None, Rate(0)), |(low, high): (Option<Rate>, Rate), rate| {
            (Some(low.map_or(rate, |low| low.min(rate))), high.max(rate))
        });
        Pace { low: low.unwrap_or(Rate(0)).part(3, 4), high: high.part(5, 4) }
    }
}
