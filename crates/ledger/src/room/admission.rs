//! How many people are let into the shop, and which ceiling limits them.
//!
//! [`Admission`] is a pure controller that the room's ledger asks at every tick, ten times a second
//! at most. What it knows it learns from the ledger alone: whose turn came when, who entered, how
//! many are in the shop, and what the shop measured of itself ([`Gauges`]), which is in the log. So
//! every replica, and every replay, finds the same answer.
//!
//! It is an order-up-to rule. Of everyone whose turn is open some will still come; how many, is
//! learnt from how long others took ([`turns`]). People who are in the shop and people who will come
//! together fill the target, and what will have left until a turn that opens now is used
//! ([`stays`]). So a fan who never comes costs nothing but the place of one turn in that estimate.
//! Of all ceilings the least counts, and the tick names it. Nothing is admitted faster than the
//! rates allow in any second ([`bucket`]), and those sink while the shop or the payment provider
//! suffers, or says nothing ([`health`]).
//!
//! What is absent: floating point, a clock, knowledge of single people. An *estimate* may be wrong;
//! that never lets in more than the shop's hard cap, because the ledger refuses who would be too
//! many. It is the ledger, too, that keeps the right of those who come late.

mod bucket;
mod health;
mod pace;
mod policy;
mod stays;
mod turns;

use serde::{Deserialize, Serialize};

pub use pace::{Pace, Wait};
pub use policy::{Ceiling, Counts, Gauges, Moment, Policy, PolicyFault, Provider, Rate, Tick};

use self::{bucket::Bucket, health::Health, pace::History, stays::Stays, turns::Turns};
use crate::{
    Time,
    limits::{SHOW_RATE_PPM_MIN, TICK_MS, TRIM_MS},
};

/// One whole in parts per million.
const PPM: u64 = 1_000_000;

/// The controller's state, a part of the room's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Admission {
    /// When the last tick was.
    last: Option<Time>,
    turns: Turns,
    stays: Stays,
    bucket: Bucket,
    health: Health,
    history: History,
    /// Thousandths of people by which the shop was found to be emptier than the rule expects.
    trim_milli: i64,
}

impl Admission {
    /// Whether a tick at this moment is one; before, the last tick still counts.
    pub fn is_due(&self, now: Time) -> bool {
        self.last.is_none_or(|last| now.ms_since(last) >= TICK_MS)
    }

    /// What is due now. Changes nothing: [`Admission::apply`] follows when it is in the log.
    pub fn tick(&self, at: &Moment<'_>) -> Tick {
        self.clone().step(at, None)
    }

    /// Takes over what a tick decided, with the counts from before it.
    pub fn apply(&mut self, at: &Moment<'_>, tick: &Tick) {
        self.step(at, Some(tick.admit));
    }

    /// Somebody came into the shop whose turn had this position, in time or late. Everyone who
    /// comes in must be told of, because who left is what is missing.
    pub fn entered(&mut self, position: u64) {
        self.turns.entered(position);
        self.stays.entered();
    }

    /// When the turn of this position came, while it is open.
    pub fn turn_came(&self, position: u64) -> Option<Time> {
        self.turns.came(position)
    }

    /// Lets the time since the last tick pass and decides, or applies what was decided.
    fn step(&mut self, at: &Moment<'_>, decided: Option<u32>) -> Tick {
        let elapsed_ms = self.last.map_or(TICK_MS, |last| at.now.ms_since(last)).max(0);
        let elapsed_ms = u64::try_from(elapsed_ms).unwrap_or(0);
        // A turn does not run out of chances to come while nobody can come in.
        let door_open = at.counts.in_shop < at.policy.cap;
        self.turns.pass(at, elapsed_ms, door_open);
        self.stays.pass(at, elapsed_ms);
        self.health.pass(at, elapsed_ms);

        let chances = self.turns.chances(at.policy.turn_ms);
        let show_ppm = chances.fresh_ppm().max(SHOW_RATE_PPM_MIN);
        let expected_milli = self.turns.expected_milli(&chances, at.policy.turn_ms);
        let (rate, rate_ceiling) = self.health.rate(at, show_ppm);
        let stock = self.stock(at, &chances);
        let here_milli = signed(u64::from(at.counts.in_shop) * 1_000 + expected_milli);
        let room = |milli: i64| {
            let people_milli = u64::try_from(milli - here_milli).unwrap_or(0);
            people_milli.saturating_mul(PPM / 1_000) / show_ppm
        };
        self.bucket.fill(rate, elapsed_ms);
        // In case of a tie the first is named.
        let limits = [
            (if at.policy.paused { 0 } else { u64::MAX }, Ceiling::Paused),
            (if self.health.nothing_free() { 0 } else { u64::MAX }, Ceiling::Places),
            (self.bucket.left(at.now, rate), rate_ceiling),
            (room(self.useful_milli(at)), Ceiling::Places),
            (room(stock), Ceiling::People),
            (at.counts.waiting, Ceiling::Demand),
        ];
        let (least, limited_by) =
            limits.into_iter().min_by_key(|(turns, _)| *turns).unwrap_or((0, Ceiling::Paused));
        let admit = decided.unwrap_or(u32::try_from(least).unwrap_or(u32::MAX));

        if limited_by == Ceiling::People || here_milli > stock {
            self.trim(at, elapsed_ms);
        }
        self.bucket.take(at.now, admit);
        self.turns.open(at.now, at.counts.cursor, admit);
        self.health.admitted(admit, elapsed_ms);
        self.last = Some(at.now);
        let cursor = at.counts.cursor + u64::from(admit);
        let pace = self.history.pace(at.now, cursor);
        let show_permille = u16::try_from(show_ppm / 1_000).unwrap_or(1_000);
        let expected = u32::try_from(expected_milli / 1_000).unwrap_or(u32::MAX);
        Tick { admit, limited_by, rate, show_permille, expected, pace }
    }

    /// How many people, in thousandths, should be in the shop or about to come: the target, those
    /// who will have left before a turn that opens now is used, and what was found to be missing.
    fn stock(&self, at: &Moment<'_>, chances: &turns::Chances) -> i64 {
        let target_milli = target_milli(at.policy);
        let leaving_milli = self.stays.leaving_milli(target_milli, chances.delay_ms());
        signed(target_milli + leaving_milli) + self.trim_milli
    }

    /// How many people, in thousandths, the places that are left can serve.
    fn useful_milli(&self, at: &Moment<'_>) -> i64 {
        let Some(places) = self.health.places() else { return i64::MAX / 2 };
        let each_milli = u64::from(at.policy.places_per_person_milli).max(1);
        let people_milli = u64::from(places).saturating_mul(PPM) / each_milli;
        // A quarter more than that: not everyone buys. And never nobody.
        signed((people_milli + people_milli / 4).max(1_000))
    }

    /// What the rule does not know (who comes late, who waits at the door) shows as a shop that is
    /// too full or too empty on average; this corrects it slowly.
    fn trim(&mut self, at: &Moment<'_>, elapsed_ms: u64) {
        let target = signed(target_milli(at.policy));
        let missing = target - i64::from(at.counts.in_shop) * 1_000;
        // A shop that fills for the first time is not what this is for.
        let most = (target / 20).max(2_000);
        let elapsed = i64::try_from(elapsed_ms.min(1_000)).unwrap_or(0);
        let bound = (target / 2).max(8_000);
        self.trim_milli += missing.clamp(-most, most) * elapsed / TRIM_MS;
        self.trim_milli = self.trim_milli.clamp(-bound, bound);
    }
}

/// People that should be in the shop on average, in thousandths. A shop that is full to its cap at
/// every moment needs a queue without end at its door: half a percent stays free.
fn target_milli(policy: &Policy) -> u64 {
    let cap_milli = u64::from(policy.cap) * 1_000;
    (u64::from(policy.target) * 1_000).min(cap_milli - cap_milli / 200)
}

fn signed(milli: u64) -> i64 {
    i64::try_from(milli).unwrap_or(i64::MAX / 2).min(i64::MAX / 2)
}
