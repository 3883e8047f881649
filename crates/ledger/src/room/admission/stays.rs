//! How long people stay in the shop, and so how many will have left when.
//!
//! The longest stay is cut into [`STEPS`] equal steps, and for each is counted who left in it and
//! who was still there after it; from that follows how likely somebody leaves in the next step who
//! has stayed so long. Whoever is still in the shop is a witness for every step that they have
//! passed, so those who close the window and stay until their pass ends are seen as such long
//! before it does. Where nobody has got to yet, two things are assumed: that whoever stays so long
//! stays to the end of the pass, and that they soon leave. The truth lies between.
//!
//! From the ages of those who are in the shop follows how many will have left at every moment from
//! now on, others having come in their place. Old knowledge is halved again and again.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Moment, PPM};
use crate::{
    Time,
    limits::{COHORT_MS, STAYS_HALVED_MS, STAYS_LOOKED_MS, WITNESSES},
};

/// Steps in the longest stay.
const STEPS: usize = 64;
/// So far ahead is looked: twice the longest stay. After that all evens out.
const AHEAD: usize = 2 * STEPS;
/// Before so many were seen in a step, the missing ones are assumed.
const WITNESSES_MIN: u64 = 8;
/// What happens sooner says little of how fast the queue moves; what is told has more slack.
const SOONEST_MS: u64 = 20_000;

/// Who is in the shop since when, and what was learnt from everybody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Stays {
    cohorts: VecDeque<Cohort>,
    /// By step; empty until somebody has passed one.
    seen: Vec<Seen>,
    halved: Option<Time>,
    outlook: Outlook,
}

/// People who came in within the same second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Cohort {
    came: Time,
    /// Who is still there.
    here: u32,
    step: usize,
    left_in_step: u32,
}

/// What was seen in one step of people's stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Seen {
    left: u32,
    stayed: u32,
}

/// Who leaves when, as was last looked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Outlook {
    at: Option<Time>,
    step_ms: u64,
    /// Thousandths of people who have left by the end of each step from now on, if those of whom
    /// nothing is known stay.
    leaving: Vec<u64>,
    /// Thousandths of people a minute who leave, over the span at which that is least and most.
    slow: u64,
    fast: u64,
}

/// How likely somebody leaves within a step who was there at its beginning, in parts per million.
type Chances = [u64; STEPS];

impl Stays {
    /// Somebody came in.
    pub(super) fn entered(&mut self, now: Time) {
        match self.cohorts.back_mut().filter(|last| now.ms_since(last.came) < COHORT_MS) {
            Some(last) => last.here += 1,
            None => {
                let cohort = Cohort { came: now, here: 1, step: 0, left_in_step: 0 };
                self.cohorts.push_back(cohort);
            }
        }
    }

    /// Somebody left who had come in at that moment.
    pub(super) fn left(&mut self, came: Time) {
        let after = self.cohorts.partition_point(|cohort| cohort.came <= came);
        let cohort = after.checked_sub(1).and_then(|index| self.cohorts.get_mut(index));
        if let Some(cohort) = cohort.filter(|cohort| cohort.here > 0) {
            cohort.here -= 1;
            cohort.left_in_step += 1;
        }
    }

    /// Everybody has stayed longer.
    pub(super) fn pass(&mut self, at: &Moment<'_>) {
        let step_ms = step_ms(at);
        self.seen.resize(STEPS, Seen::default());
        for cohort in &mut self.cohorts {
            let age_ms = ms(at.now, cohort.came);
            while cohort.step < STEPS && age_ms >= (cohort.step as u64 + 1) * step_ms {
                if let Some(seen) = self.seen.get_mut(cohort.step) {
                    seen.left = seen.left.saturating_add(cohort.left_in_step);
                    seen.stayed = seen.stayed.saturating_add(cohort.here);
                }
                cohort.left_in_step = 0;
                cohort.step += 1;
            }
        }
        // What somebody who left in the middle of a step has to tell is told at its end.
        let is_told = |cohort: &Cohort| cohort.left_in_step == 0 || cohort.step == STEPS;
        let is_over = |cohort: &Cohort| cohort.here == 0 && is_told(cohort);
        while self.cohorts.front().is_some_and(is_over) {
            self.cohorts.pop_front();
        }
        if self.halved.is_none_or(|then| at.now.ms_since(then) >= STAYS_HALVED_MS) {
            self.halved = Some(at.now);
            for seen in self.seen.iter_mut().filter(|it| it.met() >= u64::from(WITNESSES)) {
                seen.left /= 2;
                seen.stayed /= 2;
            }
        }
    }

    /// Looks ahead, once in a while: from those who are in the shop, which is kept at so many
    /// thousandths of people, and with so many on their way, who take so long.
    pub(super) fn look_ahead(
        &mut self,
        at: &Moment<'_>,
        target_milli: u64,
        coming_milli: u64,
        delay_ms: u64,
    ) {
        let is_old = |then: Time| at.now.ms_since(then) >= STAYS_LOOKED_MS;
        if !self.outlook.at.is_none_or(is_old) {
            return;
        }
        let step_ms = step_ms(at);
        let mut people = [0; STEPS];
        for cohort in &self.cohorts {
            people[cohort.step.min(STEPS - 1)] += u64::from(cohort.here) * 1_000;
        }
        let here: u64 = people.iter().sum();
        people[0] += target_milli.saturating_sub(here);
        let (stay, go) = self.chances(at, step_ms);
        let until = at.counts.waiting.saturating_mul(1_000);
        let leaving = leaving(people, &stay);
        let over =
            (here + coming_milli).saturating_sub(target_milli + by(&leaving, step_ms, delay_ms));
        let slow = speeds(&leaving, step_ms, over, until).min().unwrap_or(0);
        let fast = speeds(&self::leaving(people, &go), step_ms, 0, until).max().unwrap_or(0);
        self.outlook = Outlook { at: Some(at.now), step_ms, leaving, slow, fast };
    }

    /// How many, in thousandths of people, will have left in so many milliseconds.
    pub(super) fn leaving_milli(&self, ms: u64) -> u64 {
        by(&self.outlook.leaving, self.outlook.step_ms, ms)
    }

    /// Thousandths of people a minute who leave at least, over the time that those who wait will
    /// wait, and at most. As far as it is known how long people stay.
    pub(super) fn speeds(&self) -> (u64, u64) {
        (self.outlook.slow, self.outlook.fast)
    }

    /// Those who left, of whom is known after how long.
    pub(super) fn known(&self) -> u64 {
        self.seen.iter().map(|seen| u64::from(seen.left)).sum()
    }

    /// How likely somebody leaves in each step, if those of whom nothing is known stay, and if they
    /// soon leave.
    fn chances(&self, at: &Moment<'_>, step_ms: u64) -> (Chances, Chances) {
        let end = u64::try_from(at.pass_ms).unwrap_or(0) / step_ms;
        let well_known = self.seen.iter().filter(|seen| seen.met() >= WITNESSES_MIN);
        let soonest = well_known.map(|seen| u64::from(seen.left) * PPM / seen.met()).max();
        let soonest = soonest.unwrap_or(0);
        let (mut stay, mut go) = ([0; STEPS], [0; STEPS]);
        for (step, seen) in self.seen.iter().enumerate().take(STEPS) {
            let met = seen.met();
            let assumed = WITNESSES_MIN.saturating_sub(met);
            let over = if step as u64 >= end { PPM } else { 0 };
            let chance =
                |unknown| (u64::from(seen.left) * PPM + assumed * unknown) / (met + assumed).max(1);
            stay[step] = chance(over);
            // Half as long again as they have stayed, if that is sooner.
            go[step] = chance(over.max(soonest).max(2 * PPM / (step as u64 + 2)));
        }
        (stay, go)
    }
}

impl Seen {
    fn met(self) -> u64 {
        u64::from(self.left) + u64::from(self.stayed)
    }
}

/// How many have left by the end of each step from now on, if somebody comes for everyone who
/// leaves. Who is in a step has passed half of it, on average.
fn leaving(mut people: [u64; STEPS], chances: &Chances) -> Vec<u64> {
    let stays_ppm = |step: usize| {
        let (here, next) = (chances[step], *chances.get(step + 1).unwrap_or(&PPM));
        // From the middle of this step to its end, and from there to the middle of the next.
        let to_end = (PPM - here) * PPM / (PPM - here / 2);
        if step + 1 < STEPS { to_end * (PPM - next / 2) / PPM } else { 0 }
    };
    let stays: [u64; STEPS] = std::array::from_fn(stays_ppm);
    let mut sum = 0;
    (0..AHEAD)
        .map(|_| {
            let before: u64 = people.iter().sum();
            for step in (1..STEPS).rev() {
                people[step] = people[step - 1] * stays[step - 1] / PPM;
            }
            let left = before - people[1..].iter().sum::<u64>();
            people[0] = left;
            // Some of those who come leave within the step, and others come for them.
            sum += left * PPM / (PPM - chances[0] / 2);
            sum
        })
        .collect()
}

/// How many have left in so many milliseconds.
fn by(leaving: &[u64], step_ms: u64, ms: u64) -> u64 {
    let by = |steps: u64| match steps.checked_sub(1) {
        Some(index) => leaving.get(usize::try_from(index).unwrap_or(usize::MAX)).copied(),
        None => Some(0),
    };
    let Some(steps) = ms.checked_div(step_ms) else { return 0 };
    match by(steps).zip(by(steps + 1)) {
        Some((from, to)) => from + (to - from) * (ms % step_ms) / step_ms,
        // Further than is looked ahead it goes on as it does on average.
        None => leaving.last().map_or(0, |all| {
            let most = u128::from(*all) * u128::from(ms) / u128::from(step_ms * AHEAD as u64);
            u64::try_from(most).unwrap_or(u64::MAX)
        }),
    }
}

/// Thousandths of people a minute that leave, on average over each span from now on that counts:
/// until everyone who waits has been called. Those who are too many leave first, and nobody comes
/// for them.
fn speeds(leaving: &[u64], step_ms: u64, over: u64, until: u64) -> impl Iterator<Item = u64> {
    let first = SOONEST_MS.div_ceil(step_ms);
    let calls = move |sum: &u64| sum.saturating_sub(over);
    let spans = leaving.iter().map(calls).zip(1_u64..);
    let counts = move |(_, steps): &(u64, u64)| *steps >= first;
    let mut done = false;
    let spans = spans
        .filter(counts)
        .take_while(move |(calls, _)| !std::mem::replace(&mut done, *calls >= until));
    spans.map(move |(calls, steps)| calls.saturating_mul(60_000) / (steps * step_ms))
}

fn step_ms(at: &Moment<'_>) -> u64 {
    at.stay_ms_max.max(0).unsigned_abs().div_ceil(STEPS as u64).max(1)
}

fn ms(later: Time, earlier: Time) -> u64 {
    u64::try_from(later.ms_since(earlier)).unwrap_or(0)
}
