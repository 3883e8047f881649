//! Open turns, and how likely somebody still comes.
//!
//! The life of a turn is cut into [`STEPS`] equal steps. For each the table counts who came in it
//! and who was still awaited after it; from that follows the chance that a turn of some age is
//! still used. A turn counts in each step as soon as it has passed it, so the table learns from
//! young turns long before they lapse, and whoever is cut short (the organiser changed the time, the
//! shop was full) is no wrong witness. Old knowledge is halved again and again.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Moment, PPM};
use crate::{
    Time,
    limits::{COHORT_MS, WITNESSES, WITNESSES_HALVED_MS},
};

/// Steps in the life of a turn.
const STEPS: usize = 32;
/// Before so many turns were seen in a step, the missing ones are assumed.
const WITNESSES_MIN: u64 = 16;

/// All open turns, and what was learnt from those before.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Turns {
    cohorts: VecDeque<Cohort>,
    seen: [Seen; STEPS],
    halved: Option<Time>,
    /// Who came to a shop that was not full, and how long they took in all. Waiting at the door is
    /// left out: it would call for more people because too many are there.
    came: u64,
    took_ms: u64,
    /// Turns whose time was over, and who came in after that: the right to come is left to them.
    over: u64,
    late: u64,
}

/// Turns that opened within the same second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Cohort {
    opened: Time,
    first: u64,
    turns: u32,
    /// Not used yet.
    open: u32,
    /// How long they could be used.
    age_ms: u64,
    step: usize,
    came_in_step: u32,
    /// Some of them may have waited at the door of a full shop.
    hindered: bool,
}

/// What was seen in one step of the lives of turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Seen {
    came: u32,
    stayed_away: u32,
}

/// How likely a turn is still used, at the beginning of each step and at the end.
pub(super) struct Chances {
    ppm: [u64; STEPS + 1],
    delay_ms: u64,
}

impl Chances {
    /// That of a turn that opens now.
    pub(super) fn fresh_ppm(&self) -> u64 {
        self.ppm[0]
    }

    /// How long those who come take on average.
    pub(super) fn delay_ms(&self) -> u64 {
        self.delay_ms
    }
}

impl Turns {
    /// These turns came.
    pub(super) fn open(&mut self, now: Time, cursor: u64, turns: u32) {
        if turns == 0 {
            return;
        }
        if let Some(last) = self.cohorts.back_mut()
            && now.ms_since(last.opened) < COHORT_MS
            && last.first + u64::from(last.turns) == cursor
        {
            last.turns += turns;
            last.open += turns;
            return;
        }
        let cohort = Cohort {
            opened: now,
            first: cursor,
            turns,
            open: turns,
            age_ms: 0,
            step: 0,
            came_in_step: 0,
            hindered: false,
        };
        self.cohorts.push_back(cohort);
    }

    /// Somebody came, in time or late.
    pub(super) fn entered(&mut self, position: u64) {
        let index = self.index(position);
        let cohort = self.cohorts.get_mut(index).filter(|cohort| cohort.first <= position);
        if cohort.is_none() {
            self.late += 1;
        }
        if let Some(cohort) = cohort.filter(|cohort| cohort.open > 0) {
            cohort.open -= 1;
            cohort.came_in_step += 1;
            if !cohort.hindered {
                self.came += 1;
                self.took_ms += cohort.age_ms;
            }
        }
    }

    pub(super) fn came(&self, position: u64) -> Option<Time> {
        let cohort = self.cohorts.get(self.index(position))?;
        (cohort.first <= position).then_some(cohort.opened)
    }

    fn index(&self, position: u64) -> usize {
        self.cohorts.partition_point(|cohort| cohort.first + u64::from(cohort.turns) <= position)
    }

    /// Turns grow older by `elapsed_ms`, and end when their time is over.
    pub(super) fn pass(&mut self, at: &Moment<'_>, elapsed_ms: u64) {
        let step_ms = step_ms(at.policy.turn_ms);
        for cohort in &mut self.cohorts {
            cohort.age_ms += elapsed_ms;
            cohort.hindered |= at.is_full();
            while cohort.step < STEPS && cohort.age_ms >= (cohort.step as u64 + 1) * step_ms {
                let seen = &mut self.seen[cohort.step];
                seen.came = seen.came.saturating_add(cohort.came_in_step);
                seen.stayed_away = seen.stayed_away.saturating_add(cohort.open);
                cohort.came_in_step = 0;
                cohort.step += 1;
            }
        }
        let over = |cohort: &Cohort| at.now.ms_since(cohort.opened) >= at.policy.turn_ms;
        while let Some(cohort) = self.cohorts.pop_front_if(|cohort| over(cohort)) {
            self.over += u64::from(cohort.turns);
        }
        if self.halved.is_none_or(|then| at.now.ms_since(then) >= WITNESSES_HALVED_MS) {
            self.halved = Some(at.now);
            if self.came >= u64::from(WITNESSES) {
                self.came /= 2;
                self.took_ms /= 2;
            }
            if self.over >= u64::from(WITNESSES) {
                self.over /= 2;
                self.late /= 2;
            }
            for seen in &mut self.seen {
                if seen.came + seen.stayed_away >= WITNESSES {
                    seen.came /= 2;
                    seen.stayed_away /= 2;
                }
            }
        }
    }

    pub(super) fn chances(&self) -> Chances {
        let mut ppm = [0; STEPS + 1];
        for (step, seen) in self.seen.iter().enumerate().rev() {
            let later: u64 = ppm[step + 1];
            let now = seen.chance_ppm();
            ppm[step] = now + (PPM - now) * later / PPM;
        }
        let delay_ms = self.took_ms / self.came.max(1);
        Chances { ppm, delay_ms }
    }

    /// Of a million turns, so many are used after their time was over.
    pub(super) fn late_ppm(&self) -> u64 {
        (self.late * PPM / self.over.max(WITNESSES_MIN)).min(PPM / 2)
    }

    /// Turns that nobody used yet.
    pub(super) fn unused(&self) -> u64 {
        self.cohorts.iter().map(|cohort| u64::from(cohort.open)).sum()
    }

    /// How many, in thousandths of people, will still come.
    pub(super) fn expected_milli(&self, chances: &Chances, turn_ms: i64) -> u64 {
        let step_ms = step_ms(turn_ms);
        let expected = self.cohorts.iter().map(|cohort| {
            let Some([from, to]) = chances.ppm.get(cohort.step..cohort.step + 2) else { return 0 };
            let into_ms = cohort.age_ms.saturating_sub(cohort.step as u64 * step_ms).min(step_ms);
            // Between two steps the chance sinks evenly; it never rises.
            let (from, to) = (*from, *to.min(from));
            u64::from(cohort.open) * (from - (from - to) * into_ms / step_ms)
        });
        expected.sum::<u64>() / 1_000
    }
}

impl Seen {
    /// How likely somebody came within the step who had not come before. Where little was seen,
    /// people are assumed to come, so that a shop that nobody knows is filled carefully.
    fn chance_ppm(self) -> u64 {
        let (came, awaited) =
            (u64::from(self.came), u64::from(self.came) + u64::from(self.stayed_away));
        let assumed = WITNESSES_MIN.saturating_sub(awaited);
        (came * 2 + assumed) * PPM / (2 * (awaited + assumed))
    }
}

fn step_ms(turn_ms: i64) -> u64 {
    u64::try_from(turn_ms).unwrap_or(0).div_ceil(STEPS as u64).max(1)
}
