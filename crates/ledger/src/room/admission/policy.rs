//! What the controller is told, and what it answers.

use serde::{Deserialize, Serialize};

use super::Pace;
use crate::{
    Time,
    limits::{ADMISSION_RATE_MAX, SHOP_PEOPLE_MAX, TURN_MS_MAX, TURN_MS_MIN},
};

/// A speed of the queue, in thousandths of a turn a minute.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Rate(pub u64);

impl Rate {
    /// So many turns a minute.
    pub const fn per_minute(turns: u32) -> Self {
        Self(turns as u64 * 1_000)
    }

    /// Whole turns a minute.
    pub const fn turns_per_minute(self) -> u64 {
        self.0 / 1_000
    }

    /// This many parts of a whole of so many.
    pub(super) const fn part(self, of: u64, whole: u64) -> Self {
        Self(self.0.saturating_mul(of) / if whole == 0 { 1 } else { whole })
    }
}

/// What the organiser wants of the controller. May change at any tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// People in the shop at once on average, as far as there is demand. A tenth below the cap, or
    /// more in a small shop, nobody whose turn it is finds the shop full.
    pub target: u32,
    /// People in the shop at once, ever. The ledger refuses whoever would be one too many.
    pub cap: u32,
    /// Turns a minute; in no second more than its part, rounded up.
    pub rate_per_minute: u32,
    /// How long a turn is open.
    pub turn_ms: i64,
    /// Above this the shop suffers: the 99th percentile of its answers.
    pub p99_ms_max: u32,
    /// Above this the shop suffers: failed requests in a million.
    pub errors_ppm_max: u32,
    /// Above this the payment provider suffers: failed payments in a million, but for declined ones.
    pub provider_errors_ppm_max: u32,
    /// Telemetry that is older says nothing.
    pub stale_after_ms: i64,
    /// Places that one person in the shop takes on average, in thousandths, who buy nothing
    /// included.
    pub places_per_person_milli: u32,
    /// Nobody is let in.
    pub paused: bool,
}

impl Policy {
    /// What is wrong with it, if anything.
    pub fn fault(&self) -> Option<PolicyFault> {
        if self.cap == 0 || self.cap > SHOP_PEOPLE_MAX {
            return Some(PolicyFault::Cap);
        }
        if self.target == 0 || self.target > self.cap {
            return Some(PolicyFault::Target);
        }
        if self.rate_per_minute == 0 || self.rate_per_minute > ADMISSION_RATE_MAX {
            return Some(PolicyFault::Rate);
        }
        if !(TURN_MS_MIN..=TURN_MS_MAX).contains(&self.turn_ms) {
            return Some(PolicyFault::Turn);
        }
        if self.stale_after_ms <= 0 {
            return Some(PolicyFault::Stale);
        }
        (self.places_per_person_milli == 0).then_some(PolicyFault::PlacesPerPerson)
    }
}

/// What is wrong with a [`Policy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// The hard cap.
    #[error("the cap must be between 1 and {SHOP_PEOPLE_MAX} people")]
    Cap,
    /// The target.
    #[error("the target must be at least one person and at most the cap")]
    Target,
    /// The rate.
    #[error("the rate must be between 1 and {ADMISSION_RATE_MAX} a minute")]
    Rate,
    /// The time to come.
    #[error("a turn must be open between {TURN_MS_MIN} and {TURN_MS_MAX} ms")]
    Turn,
    /// When telemetry is stale.
    #[error("telemetry must be allowed some age")]
    Stale,
    /// Places for each person.
    #[error("people must be expected to take some places")]
    PlacesPerPerson,
}

/// What the shop measured of itself and of its sale. It enters the log with the tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gauges {
    /// When this was measured.
    pub at: Time,
    /// The 99th percentile of the answers of the last seconds, in milliseconds.
    pub p99_ms: u32,
    /// Failed requests in a million of the last seconds.
    pub errors_ppm: u32,
    /// The payment provider.
    pub provider: Provider,
    /// Places that can be held this moment.
    pub places_free: u32,
    /// Places in carts: some come back.
    pub places_held: u32,
}

/// What is known of the payment provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Whether it takes payments at all.
    pub up: bool,
    /// Payments a minute that it takes, if that is known.
    pub per_minute: Option<u32>,
    /// Failed payments in a million of the last seconds, but for declined ones.
    pub errors_ppm: u32,
}

/// How the room stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Positions whose turn has come, since the beginning.
    pub cursor: u64,
    /// Positions whose turn has not.
    pub waiting: u64,
    /// People in the shop.
    pub in_shop: u32,
}

/// Everything that a tick depends on beside the controller's state.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// When. Never before the last one.
    pub now: Time,
    /// What the organiser wants.
    pub policy: &'a Policy,
    /// How long somebody may stay in the shop who asks for no more time.
    pub pass_ms: i64,
    /// How long somebody may stay in the shop, at most: a pass with its extension.
    pub stay_ms_max: i64,
    /// The newest telemetry, if the tick brings any.
    pub gauges: Option<&'a Gauges>,
    /// How the room stands.
    pub counts: Counts,
}

impl Moment<'_> {
    /// Nobody else may come in.
    pub(super) fn is_full(&self) -> bool {
        self.counts.in_shop >= self.policy.cap
    }
}

/// What a tick decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// Whose turn comes: so many positions more.
    pub admit: u32,
    /// Why not more.
    pub limited_by: Ceiling,
    /// The least of all ceilings that are rates.
    pub rate: Rate,
    /// Of a thousand turns that open now, so many will be used in time.
    pub show_permille: u16,
    /// Of the turns that are open, so many will still be used in time.
    pub expected: u32,
    /// What waiting fans may be told.
    pub pace: Pace,
}

/// What can limit how many are let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Ceiling {
    /// The organiser paused the queue.
    Paused,
    /// There are no more places than those who are in already can take.
    Places,
    /// The configured rate.
    Rate,
    /// The shop is slow or fails.
    Shop,
    /// The payment provider takes no more, or fails.
    Provider,
    /// Nobody knows how the shop does: the last rate that was safe.
    Telemetry,
    /// The shop is as full as it should be.
    People,
    /// Nobody waits.
    Demand,
}
