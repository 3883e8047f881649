//! How many people are let into the shop, and which ceiling limits them.
//!
//! [`Admission`] is a pure controller that the room's ledger asks at every tick, ten times a second
//! at most. What it knows it learns from the ledger alone: whose turn came when, who entered, how
//! many are in the shop, and what the shop measured of itself ([`Gauges`]), which is in the log. So
//! every replica, and every replay, finds the same answer.
//!
//! It is an order-up-to rule. Of everyone whose turn is open some will still come; how many, is
//! learnt from how long others took (`turns`). People who are in the shop and people who will come
//! fill the target together, and those who will have left until a turn that opens now is used are
//! made up for (`stays`). So a fan who never comes costs nothing but an entry in that estimate. Of
//! all ceilings the least counts, and the tick names it. Nobody is admitted faster than the rates
//! allow in any second (`bucket`), and those sink while the shop or the payment provider suffers,
//! or says nothing (`health`). What waiting fans are told follows from the same numbers (`pace`).
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

use self::{
    bucket::Bucket,
    health::Health,
    pace::{Forecast, Teller},
    stays::Stays,
    turns::Turns,
};
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
    teller: Teller,
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

    /// Takes over what a tick decided, with the counts from before it. The decision counts, even if
    /// this release would decide otherwise.
    pub fn apply(&mut self, at: &Moment<'_>, tick: &Tick) {
        self.step(at, Some(tick.admit));
    }

    /// Somebody came into the shop whose turn had this position, in time or late.
    pub fn entered(&mut self, position: u64, now: Time) {
        self.turns.entered(position);
        self.stays.entered(now);
    }

    /// Somebody left the shop who had come in at that moment, or their time was over.
    pub fn left(&mut self, came: Time) {
        self.stays.left(came);
    }

    /// How many turns are open and not used yet, as of the last tick.
    pub fn turns_open(&self) -> u64 {
        self.turns.unused()
    }

    /// When the turn of this position came, to the second, while it is open.
    pub fn turn_came(&self, position: u64) -> Option<Time> {
        self.turns.came(position)
    }

    /// Lets the time since the last tick pass and decides, or applies what was decided.
    fn step(&mut self, at: &Moment<'_>, decided: Option<u32>) -> Tick {
        let elapsed_ms = self.last.map_or(TICK_MS, |last| at.now.ms_since(last));
        let elapsed_ms = u64::try_from(elapsed_ms).unwrap_or(0);
        self.turns.pass(at, elapsed_ms);
        self.stays.pass(at);
        self.health.pass(at, elapsed_ms);

        let chances = self.turns.chances();
        let show_ppm = chances.fresh_ppm().max(SHOW_RATE_PPM_MIN);
        let come_ppm = show_ppm + self.turns.late_ppm();
        let expected_milli = self.turns.expected_milli(&chances, at.policy.turn_ms);
        let target_milli = target_milli(at.policy);
        self.stays.look_ahead(at, target_milli, expected_milli, chances.delay_ms());
        let (rate, rate_ceiling) = self.health.rate(at, show_ppm);
        let here_milli = signed(u64::from(at.counts.in_shop) * 1_000 + expected_milli);
        // How many turns fill up to so many people, no-shows included.
        let turns_up_to = |milli: i64| {
            let people_milli = u64::try_from(milli - here_milli).unwrap_or(0);
            people_milli.saturating_mul(PPM / 1_000) / show_ppm
        };
        let stock = self.stock(at.policy, chances.delay_ms(), show_ppm, come_ppm);
        let fits = turns_up_to(stock).min(self.turns_at_most(at.policy));
        let fits = if at.is_full() { 0 } else { fits };
        let useful = turns_up_to(self.useful_milli(at));
        self.bucket.fill(rate, elapsed_ms);
        let unless = |closed: bool| if closed { 0 } else { u64::MAX };
        // In case of a tie the first is named.
        let limits = [
            (unless(at.policy.paused), Ceiling::Paused),
            (unless(self.health.nothing_free()), Ceiling::Places),
            (self.bucket.left(at.now, rate), rate_ceiling),
            (useful, Ceiling::Places),
            (fits, Ceiling::People),
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
        let stands_still = at.policy.paused || self.health.nothing_free();
        let forecast = Forecast {
            rate: if stands_still { Rate(0) } else { rate },
            soon: fits.min(useful).saturating_sub(u64::from(admit)),
            come_ppm,
            limited_by,
            few_places: limited_by == Ceiling::Places || self.few_places(at.policy, here_milli),
        };
        let pace = self.teller.tell(at, &forecast, &self.stays);
        let show_permille = u16::try_from(show_ppm / 1_000).unwrap_or(1_000);
        let expected = u32::try_from(expected_milli / 1_000).unwrap_or(u32::MAX);
        Tick { admit, limited_by, rate, show_permille, expected, pace }
    }

    /// How many people, in thousandths, should be in the shop or about to come: the target, those
    /// who will have left before a turn that opens now is used, and what was found to be missing.
    fn stock(&self, policy: &Policy, delay_ms: u64, show_ppm: u64, come_ppm: u64) -> i64 {
        let target_milli = target_milli(policy);
        // For some of those who leave somebody comes who is late.
        let leaving_milli = self.stays.leaving_milli(delay_ms) * show_ppm / come_ppm;
        // Whoever comes so much later than others leave is not worth a crowd on the way.
        let leaving_milli = leaving_milli.min(4 * target_milli);
        signed(target_milli + leaving_milli) + self.trim_milli
    }

    /// However few come: no more open turns than would fill the shop over and over within the time of
    /// a turn if the fewest came that are ever expected. Else a few who stay away would open the
    /// door to everyone.
    fn turns_at_most(&self, policy: &Policy) -> u64 {
        let target_milli = target_milli(policy);
        let turn_ms = u64::try_from(policy.turn_ms).unwrap_or(0);
        let people_milli = target_milli + self.stays.leaving_milli(turn_ms);
        let turns = people_milli.saturating_mul(PPM / 1_000) / SHOW_RATE_PPM_MIN;
        turns.saturating_sub(self.turns.unused())
    }

    /// How many people, in thousandths, the places that are left can serve.
    fn useful_milli(&self, at: &Moment<'_>) -> i64 {
        let Some(places) = self.health.places() else { return i64::MAX / 2 };
        let each_milli = u64::from(at.policy.places_per_person_milli).max(1);
        let people_milli = u64::from(places).saturating_mul(PPM) / each_milli;
        // A quarter more than that: not everyone buys. And never nobody.
        signed((people_milli + people_milli / 4).max(1_000))
    }

    /// Whether so many people, in thousandths, can take all free places.
    fn few_places(&self, policy: &Policy, people_milli: i64) -> bool {
        let each_milli = i64::from(policy.places_per_person_milli);
        let taken_milli = people_milli.saturating_mul(each_milli) / 1_000;
        self.health.free().is_some_and(|free| i64::from(free) * 1_000 <= taken_milli)
    }

    /// What the rule does not know (who comes late, who waits at the door) shows as a shop that is
    /// too full or too empty on average; this corrects it slowly.
    fn trim(&mut self, at: &Moment<'_>, elapsed_ms: u64) {
        let target = signed(target_milli(at.policy));
        // A shop that fills for the first time is not what this is for, but what comes and goes by
        // chance is.
        let most = (target / 20).max(1_000 * i64::from(at.policy.target).isqrt());
        let missing = target - i64::from(at.counts.in_shop) * 1_000;
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
