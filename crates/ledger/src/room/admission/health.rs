//! Rates that the shop and the payment provider can bear, from what was measured of them.

use serde::{Deserialize, Serialize};

use super::{Ceiling, Gauges, Moment, PPM, Rate};
use crate::limits::{ADMISSION_RATE_MIN, RATE_STEP_MS};

/// How long the rate that was used is averaged over.
const USED_OVER_MS: u64 = 10_000;
/// After this long half of a rate that was safe once is forgotten.
const SAFE_FORGOTTEN_MS: u64 = 300_000;

/// What was measured last, and what follows from all before.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Health {
    gauges: Option<Gauges>,
    stale: bool,
    shop: Strain,
    provider: Strain,
    /// At which rate people were let in lately.
    used: Rate,
    /// The highest at which all was well lately.
    safe: Rate,
}

/// A rate that sinks fast while something suffers, and rises gently after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Strain {
    /// None: nothing to be careful of.
    rate: Option<Rate>,
    /// Milliseconds of telemetry since the last step.
    since_ms: u64,
}

impl Health {
    /// Takes in the telemetry of a tick.
    pub(super) fn pass(&mut self, at: &Moment<'_>, elapsed_ms: u64) {
        let most = Rate::per_minute(at.policy.rate_per_minute);
        let before = self.gauges.map(|gauges| gauges.at);
        if let Some(gauges) = at.gauges
            && before.is_none_or(|before| gauges.at > before)
        {
            let news_ms = before.map_or(RATE_STEP_MS, |before| gauges.at.ms_since(before));
            let news_ms = u64::try_from(news_ms).unwrap_or(0).min(RATE_STEP_MS.unsigned_abs());
            let policy = at.policy;
            let shop = Burn::of(gauges.p99_ms, policy.p99_ms_max)
                .max(Burn::of(gauges.errors_ppm, policy.errors_ppm_max));
            let provider = Burn::of(gauges.provider.errors_ppm, policy.provider_errors_ppm_max);
            self.shop.pass(shop, self.used, most, news_ms);
            self.provider.pass(provider, self.used, most, news_ms);
            self.gauges = Some(*gauges);
            if shop == Burn::None && provider == Burn::None {
                self.safe = self.safe.max(self.used);
            } else {
                self.safe = self.safe.min(self.used);
            }
        }
        let was_stale = self.stale;
        let age_ms = self.gauges.map(|gauges| at.now.ms_since(gauges.at));
        self.stale = age_ms.is_none_or(|age| age > at.policy.stale_after_ms);
        if self.stale && !was_stale {
            // What nobody could see is not trusted at once when it can be seen again.
            let safe = self.safe(most);
            self.shop.rate = Some(self.shop.rate.map_or(safe, |rate| rate.min(safe)));
        }
        if !self.stale {
            let forgotten =
                self.safe.part(elapsed_ms.min(SAFE_FORGOTTEN_MS), 2 * SAFE_FORGOTTEN_MS);
            self.safe = Rate(self.safe.0 - forgotten.0).max(self.used.min(self.safe));
        }
    }

    /// At which rate people were let in.
    pub(super) fn admitted(&mut self, turns: u32, elapsed_ms: u64) {
        let elapsed_ms = elapsed_ms.clamp(1, USED_OVER_MS);
        let now = u64::from(turns) * 60_000_000 / elapsed_ms;
        let kept = self.used.0 * (USED_OVER_MS - elapsed_ms);
        self.used = Rate((kept + now * elapsed_ms) / USED_OVER_MS);
    }

    /// The least rate, and why.
    pub(super) fn rate(&self, at: &Moment<'_>, show_ppm: u64) -> (Rate, Ceiling) {
        let most = Rate::per_minute(at.policy.rate_per_minute);
        let unlimited = Rate(u64::MAX);
        let telemetry = if self.stale { self.safe(most) } else { unlimited };
        let rates = [
            (self.provider_takes(show_ppm), Ceiling::Provider),
            (self.provider.rate.unwrap_or(unlimited), Ceiling::Provider),
            (telemetry, Ceiling::Telemetry),
            (self.shop.rate.unwrap_or(unlimited), Ceiling::Shop),
            (most, Ceiling::Rate),
        ];
        rates.into_iter().min_by_key(|(rate, _)| *rate).unwrap_or((most, Ceiling::Rate))
    }

    /// Places that are free or may come back.
    pub(super) fn places(&self) -> Option<u32> {
        self.gauges.map(|gauges| gauges.places_free.saturating_add(gauges.places_held))
    }

    /// Places that are free.
    pub(super) fn free(&self) -> Option<u32> {
        self.gauges.map(|gauges| gauges.places_free)
    }

    /// Nothing can be taken this moment, so nobody needs to come.
    pub(super) fn nothing_free(&self) -> bool {
        self.gauges.is_some_and(|gauges| gauges.places_free == 0)
    }

    /// Turns that lead to no more payments than the provider takes, if everyone who comes pays once.
    fn provider_takes(&self, show_ppm: u64) -> Rate {
        match self.gauges.map(|gauges| gauges.provider) {
            Some(provider) if !provider.up => Rate(0),
            Some(provider) => provider
                .per_minute
                .map_or(Rate(u64::MAX), |payments| Rate::per_minute(payments).part(PPM, show_ppm)),
            None => Rate(u64::MAX),
        }
    }

    /// Whoever never saw the shop well begins with a quarter of what is wanted.
    fn safe(&self, most: Rate) -> Rate {
        let never = self.gauges.is_none();
        let safe = if never { most.part(1, 4) } else { self.safe };
        safe.max(least(most)).min(most)
    }
}

/// How much something suffers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Burn {
    None,
    Some,
    /// Twice as much as is allowed, or more.
    Much,
}

impl Burn {
    fn of(measured: u32, allowed: u32) -> Self {
        match measured {
            _ if measured <= allowed => Self::None,
            _ if measured / 2 < allowed.max(1) => Self::Some,
            _ => Self::Much,
        }
    }
}

impl Strain {
    /// One step a second of telemetry at most: what a step changed must show before the next.
    fn pass(&mut self, burn: Burn, used: Rate, most: Rate, news_ms: u64) {
        self.since_ms += news_ms;
        if self.since_ms < RATE_STEP_MS.unsigned_abs() {
            return;
        }
        self.since_ms = 0;
        // A ceiling far above what is used slows nothing down.
        let from = self.rate.unwrap_or(most).min(used.max(least(most)));
        let sunk = match burn {
            Burn::None => {
                let risen = self.rate.map(|rate| {
                    Rate(rate.0.saturating_add(rate.0 / 64).saturating_add(most.0 / 256))
                });
                self.rate = risen.filter(|rate| *rate < most);
                return;
            }
            Burn::Some => from.part(4, 5),
            Burn::Much => from.part(1, 2),
        };
        self.rate = Some(sunk.max(least(most)).min(self.rate.unwrap_or(most)));
    }
}

/// A queue that stands still learns nothing: at least this.
fn least(most: Rate) -> Rate {
    most.part(1, 64).max(ADMISSION_RATE_MIN).min(most)
}
