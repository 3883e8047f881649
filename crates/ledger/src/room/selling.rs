//! How soon everything may be sold, so that whoever waits asks in time.
//!
//! Nobody can be told of what they do not ask for. So the nearer the last place is, the sooner
//! everybody asks again: at the pace at which places go now, twice as fast to be safe. The answer
//! is the same for all and a cache gives it, so the origin hears no more questions than before.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::admission::{Gauges, Policy};
use crate::{
    Time,
    limits::{SELLING_MARK_MS, SELLING_SEEN_MS, SELLING_SLOWEST_MS},
};

/// Places that were free lately.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Selling {
    /// Since when that is known.
    since: Option<Time>,
    marks: VecDeque<(Time, u32)>,
}

impl Selling {
    /// What a tick was told.
    pub(super) fn note(&mut self, now: Time, gauges: &Gauges) {
        self.since.get_or_insert(now);
        while self.marks.front().is_some_and(|(then, _)| now.ms_since(*then) > SELLING_SEEN_MS) {
            self.marks.pop_front();
        }
        if self.marks.back().is_none_or(|(then, _)| now.ms_since(*then) >= SELLING_MARK_MS) {
            self.marks.push_back((now, gauges.places_free));
        }
    }

    /// Nothing is sold out sooner than so many milliseconds after a moment, as far as can be told
    /// from so many people in the shop; nothing, if no places go.
    pub(super) fn lasts_ms(
        &self,
        now: Time,
        gauges: &Gauges,
        in_shop: u32,
        policy: &Policy,
    ) -> Option<u64> {
        // What is in carts may be paid for at any moment.
        let free = gauges.places_free;
        if free == 0 {
            return Some(0);
        }
        let went = self.marks.iter().filter_map(|(then, before)| {
            let ms = u64::try_from(now.ms_since(*then)).ok().filter(|ms| *ms > 0)?;
            Some((ms, before.checked_sub(free).filter(|went| *went > 0)?))
        });
        let soonest = went.map(|(ms, went)| ms * u64::from(free) / (2 * u64::from(went))).min();
        // The last places go at once: those who are in the shop can take them all, or those who may
        // soon be, who are more where it has just begun and nobody knows how it sells.
        let begins = self.since.is_none_or(|since| now.ms_since(since) < SELLING_SEEN_MS);
        let soon = if begins { policy.target } else { policy.target / 4 };
        let people = in_shop.max(soon).max(1);
        let each_milli = u64::from(policy.places_per_person_milli);
        let few = u64::from(free) * 1_000 <= u64::from(people).saturating_mul(each_milli);
        match soonest {
            _ if few && begins => Some(0),
            Some(_) if few => Some(0),
            // Nobody wants them, until somebody does.
            None if few => Some(SELLING_SLOWEST_MS),
            soonest => soonest,
        }
    }
}
