//! A room and a shop without anything but counts: turns come, people come or not, stay, leave.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

use frontrow_ledger::{
    Time,
    room::admission::{Admission, Counts, Gauges, Moment, Policy, Provider, Rate, Tick},
};

use crate::crowd::{Dice, Manners};

/// Somebody who finds the shop full asks again after this long.
const ASKS_AGAIN_MS: i64 = 1_500;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Leaves { came: i64 },
    Comes { position: u64, until: i64 },
}

pub(crate) struct World {
    pub(crate) admission: Admission,
    pub(crate) policy: Policy,
    pub(crate) manners: Manners,
    pub(crate) gauges: Gauges,
    pub(crate) now: i64,
    pub(crate) cursor: u64,
    pub(crate) joined: u64,
    pub(crate) in_shop: u32,
    /// How long a pass is valid; with its extension half as long again.
    pub(crate) pass_ms: i64,
    /// No telemetry reaches the room.
    pub(crate) silent: bool,
    /// Turns of the last second, with their moments.
    lately: VecDeque<(i64, u32)>,
    /// How often people were told that the shop is full.
    pub(crate) refused: u64,
    pub(crate) left: u64,
    dice: Dice,
    due: BinaryHeap<Reverse<(i64, What)>>,
    arrivals: Vec<i64>,
}

pub(crate) fn policy(target: u32, cap: u32) -> Policy {
    Policy {
        target,
        cap,
        rate_per_minute: 60_000,
        turn_ms: 120_000,
        p99_ms_max: 500,
        errors_ppm_max: 10_000,
        provider_errors_ppm_max: 50_000,
        stale_after_ms: 5_000,
        places_per_person_milli: 2_000,
        paused: false,
    }
}

/// The drill ten times faster than life: quick buyers, of whom some close the window and stay until
/// their pass ends.
pub(crate) fn drill(
    (closes_permille, stay_ms): (u64, u64),
    arrivals: Vec<i64>,
    seed: u64,
) -> World {
    let manners = Manners {
        show_permille: 850,
        delay_ms: 4_500,
        stay_ms,
        closes_permille,
        late_permille: 50,
    };
    let policy = Policy { rate_per_minute: 12_000, turn_ms: 20_000, ..policy(75, 91) };
    World { pass_ms: 60_000, ..World::new(policy, manners, arrivals, seed) }
}

pub(crate) fn healthy() -> Gauges {
    Gauges {
        at: Time(0),
        p99_ms: 80,
        errors_ppm: 0,
        provider: Provider { up: true, per_minute: None, errors_ppm: 0 },
        places_free: 10_000_000,
        places_held: 0,
    }
}

impl World {
    pub(crate) fn new(policy: Policy, manners: Manners, arrivals: Vec<i64>, seed: u64) -> Self {
        Self {
            admission: Admission::default(),
            policy,
            manners,
            gauges: healthy(),
            now: 0,
            cursor: 0,
            joined: 0,
            in_shop: 0,
            pass_ms: 600_000,
            silent: false,
            lately: VecDeque::new(),
            refused: 0,
            left: 0,
            dice: Dice(seed),
            due: BinaryHeap::new(),
            arrivals,
        }
    }

    /// Everyone who will ever come.
    pub(crate) fn everyone(&self) -> u64 {
        u64::try_from(self.arrivals.len()).unwrap()
    }

    pub(crate) fn waiting(&self) -> u64 {
        self.joined - self.cursor
    }

    /// Lets a tenth of a second pass, and ticks.
    pub(crate) fn tick(&mut self) -> Tick {
        self.wait(100)
    }

    pub(crate) fn wait(&mut self, ms: i64) -> Tick {
        self.now += ms;
        while let Some(Reverse((at, what))) = self.due.peek().copied() {
            if at > self.now {
                break;
            }
            self.due.pop();
            self.happens(at, what);
        }
        let joined = self.arrivals.partition_point(|at| *at <= self.now);
        self.joined = u64::try_from(joined).unwrap();
        if !self.silent {
            self.gauges.at = Time(self.now);
        }
        let (policy, gauges) = (self.policy, self.gauges);
        let at = Moment {
            now: Time(self.now),
            policy: &policy,
            pass_ms: self.pass_ms,
            stay_ms_max: self.pass_ms * 3 / 2,
            gauges: (!self.silent).then_some(&gauges),
            counts: Counts { cursor: self.cursor, waiting: self.waiting(), in_shop: self.in_shop },
        };
        let tick = self.admission.tick(&at);
        self.admission.apply(&at, &tick);
        self.check(&tick);
        for position in self.cursor..self.cursor + u64::from(tick.admit) {
            self.turn_comes(position);
        }
        self.cursor += u64::from(tick.admit);
        tick
    }

    /// What is true at every tick of every test.
    fn check(&mut self, tick: &Tick) {
        assert!(self.in_shop <= self.policy.cap, "the shop is too full");
        assert!(u64::from(tick.admit) <= self.waiting(), "turns for nobody");
        let full = self.in_shop >= self.policy.cap;
        assert!(tick.admit == 0 || !full, "a turn that leads to a closed door");
        self.lately.retain(|(then, _)| self.now - then < 1_000);
        self.lately.push_back((self.now, tick.admit));
        let second: u32 = self.lately.iter().map(|(_, turns)| turns).sum();
        let allowed = tick.rate.0.div_ceil(60_000);
        assert!(tick.admit == 0 || u64::from(second) <= allowed, "{second} in a second: {tick:?}");
        let configured = self.policy.rate_per_minute;
        assert!(tick.rate <= Rate::per_minute(configured), "above the configured rate");
    }

    fn turn_comes(&mut self, position: u64) {
        let Manners { show_permille, delay_ms, late_permille, .. } = self.manners;
        let late = self.dice.permille(late_permille);
        if late || self.dice.permille(show_permille) {
            let delay = i64::try_from(self.dice.about(delay_ms)).unwrap();
            let until = self.now + self.policy.turn_ms;
            let (at, until) = if late { (until, i64::MAX) } else { (self.now, until) };
            self.due.push(Reverse((at + delay, What::Comes { position, until })));
        }
    }

    fn happens(&mut self, at: i64, what: What) {
        match what {
            What::Leaves { came } => {
                self.admission.left(Time(came));
                self.in_shop -= 1;
                self.left += 1;
            }
            What::Comes { until, .. } if at >= until => {}
            What::Comes { .. } if self.in_shop >= self.policy.cap => {
                self.refused += 1;
                self.due.push(Reverse((at + ASKS_AGAIN_MS, what)));
            }
            What::Comes { position, .. } => {
                self.in_shop += 1;
                self.admission.entered(position, Time(at));
                let closes = self.dice.permille(self.manners.closes_permille);
                let stay = i64::try_from(self.dice.about(self.manners.stay_ms)).unwrap();
                let stay = if closes { self.pass_ms } else { stay.min(self.pass_ms * 3 / 2) };
                self.due.push(Reverse((at + stay, What::Leaves { came: at })));
            }
        }
    }

    /// So many people leave at once.
    pub(crate) fn leave(&mut self, people: u32) {
        let mut due = std::mem::take(&mut self.due).into_sorted_vec();
        let mut gone = 0;
        due.retain(|Reverse((_, what))| {
            let What::Leaves { came } = *what else { return true };
            let goes = gone < people;
            if goes {
                self.admission.left(Time(came));
            }
            gone += u32::from(goes);
            !goes
        });
        self.due = due.into();
        self.in_shop -= gone;
        self.left += u64::from(gone);
    }
}
