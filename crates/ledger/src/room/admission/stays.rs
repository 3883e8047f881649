//! How soon people leave the shop.

use serde::{Deserialize, Serialize};

use super::Moment;
use crate::{
    Time,
    limits::{STAYS_HALVED_MS, WITNESSES},
};

/// Who left, over how long everybody stayed; old knowledge is halved again and again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Stays {
    /// People in the shop at the last tick.
    in_shop: u32,
    /// Who came in since.
    came: u32,
    left: u64,
    /// Milliseconds, summed over everyone in the shop.
    stayed_ms: u64,
    halved: Option<Time>,
    entered_ever: u64,
}

impl Stays {
    pub(super) fn entered(&mut self) {
        self.came = self.came.saturating_add(1);
        self.entered_ever += 1;
    }

    pub(super) fn pass(&mut self, at: &Moment<'_>, elapsed_ms: u64) {
        let left = self.in_shop.saturating_add(self.came).saturating_sub(at.counts.in_shop);
        self.left += u64::from(left);
        self.stayed_ms += u64::from(self.in_shop).saturating_mul(elapsed_ms);
        self.in_shop = at.counts.in_shop;
        self.came = 0;
        if self.halved.is_none_or(|then| at.now.ms_since(then) >= STAYS_HALVED_MS) {
            self.halved = Some(at.now);
            if self.left >= u64::from(WITNESSES) {
                self.left /= 2;
                self.stayed_ms /= 2;
            }
        }
    }

    /// Everyone who ever came in.
    pub(super) fn entered_ever(&self) -> u64 {
        self.entered_ever
    }

    /// Everyone who ever left.
    pub(super) fn left_ever(&self) -> u64 {
        self.entered_ever.saturating_sub(u64::from(self.in_shop) + u64::from(self.came))
    }

    /// How many of so many people, in thousandths, leave within `ms`.
    pub(super) fn leaving_milli(&self, people_milli: u64, ms: u64) -> u64 {
        if self.stayed_ms == 0 {
            return 0;
        }
        let leaving = u128::from(people_milli) * u128::from(self.left) * u128::from(ms)
            / u128::from(self.stayed_ms);
        u64::try_from(leaving).unwrap_or(u64::MAX).min(people_milli.saturating_mul(1_000))
    }
}
