//! How full the shop is when most of those whose turn comes never show up: an hour of the real admission controller with
//! made-up people, in simulated time.

use std::{cmp::Reverse, collections::BinaryHeap};

use frontrow_ledger::{
    Time,
    room::admission::{Admission, Counts, Gauges, Moment, Policy, Provider},
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use crate::bench::report::{Group, Line};

const TICK_MS: i64 = 100;
const MINUTE_MS: i64 = 60_000;
/// Until the shop has filled and the controller knows its people.
const BEFORE_MS: i64 = 10 * MINUTE_MS;
const MEASURED_MS: i64 = 60 * MINUTE_MS;
/// Seven of ten never come.
const SHOWS: f64 = 0.3;
/// Whoever comes takes so long on average, stays so long, and asks again after so long if the shop is full.
const COMES_MS: f64 = 12_000.0;
const STAYS_MS: f64 = 240_000.0;
const AGAIN_MS: i64 = 1_500;
/// More than come in the time.
const WAITING: u64 = 10_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Leaves { came: i64 },
    Comes { position: u64, until: i64 },
}

struct Crowd {
    admission: Admission,
    policy: Policy,
    random: StdRng,
    now: i64,
    cursor: u64,
    in_shop: u32,
    events: BinaryHeap<Reverse<(i64, Event)>>,
}

/// With room above the target, and without.
pub(super) fn measure() -> Group {
    let title = "People in the shop while 70 % of all turns are not used (one simulated hour)";
    let mut group = Group::of(title, "people");
    for (name, target, cap) in
        [("target 1,000, cap 1,100", 1_000, 1_100), ("target and cap 1,000", 1_000, 1_000)]
    {
        let (average, most) = hour(target, cap);
        let line = Line {
            name: format!("{name}: on average"),
            connections: None,
            count: u64::from(most),
            value: average,
            p50_ns: None,
            p99_ns: None,
            ratio: None,
        };
        group.lines.push(line.against(Some(f64::from(target))));
    }
    group.notes.push("ratio: over the target; count: the most at any moment".to_owned());
    group
}

/// People in the shop on average, and the most of them.
fn hour(target: u32, cap: u32) -> (f64, u32) {
    let mut crowd = Crowd::new(target, cap);
    let (mut people, mut ticks, mut most) = (0_u64, 0_u64, 0);
    while crowd.now < BEFORE_MS + MEASURED_MS {
        crowd.tick();
        most = most.max(crowd.in_shop);
        if crowd.now > BEFORE_MS {
            people += u64::from(crowd.in_shop);
            ticks += 1;
        }
    }
    (people as f64 / ticks as f64, most)
}

impl Crowd {
    fn new(target: u32, cap: u32) -> Self {
        let policy = Policy {
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
        };
        Self {
            admission: Admission::default(),
            policy,
            random: StdRng::seed_from_u64(1),
            now: 0,
            cursor: 0,
            in_shop: 0,
            events: BinaryHeap::new(),
        }
    }

    fn tick(&mut self) {
        self.now += TICK_MS;
        while let Some(Reverse((at, event))) =
            self.events.peek().copied().filter(|next| next.0.0 <= self.now)
        {
            self.events.pop();
            self.happens(at, event);
        }
        let gauges = Gauges {
            at: Time(self.now),
            p99_ms: 80,
            errors_ppm: 0,
            provider: Provider { up: true, per_minute: None, errors_ppm: 0 },
            places_free: 10_000_000,
            places_held: 0,
        };
        let policy = self.policy;
        let at = Moment {
            now: Time(self.now),
            policy: &policy,
            pass_ms: 600_000,
            stay_ms_max: 900_000,
            gauges: Some(&gauges),
            counts: Counts {
                cursor: self.cursor,
                waiting: WAITING - self.cursor,
                in_shop: self.in_shop,
            },
        };
        let tick = self.admission.tick(&at);
        self.admission.apply(&at, &tick);
        for position in self.cursor..self.cursor + u64::from(tick.admit) {
            if self.random.random_bool(SHOWS) {
                let until = self.now + self.policy.turn_ms;
                let at = self.now + self.about(COMES_MS);
                self.events.push(Reverse((at, Event::Comes { position, until })));
            }
        }
        self.cursor += u64::from(tick.admit);
    }

    fn happens(&mut self, at: i64, event: Event) {
        match event {
            Event::Leaves { came } => {
                self.in_shop -= 1;
                self.admission.left(Time(came));
            }
            Event::Comes { until, .. } if at >= until => {}
            Event::Comes { .. } if self.in_shop >= self.policy.cap => {
                self.events.push(Reverse((at + AGAIN_MS, event)));
            }
            Event::Comes { position, .. } => {
                self.in_shop += 1;
                self.admission.entered(position, Time(at));
                let leaves = at + self.about(STAYS_MS);
                self.events.push(Reverse((leaves, Event::Leaves { came: at })));
            }
        }
    }

    /// Half of it is certain, half as patience runs out.
    #[expect(clippy::cast_possible_truncation, reason = "minutes in milliseconds")]
    fn about(&mut self, mean_ms: f64) -> i64 {
        let unit: f64 = self.random.random();
        (mean_ms / 2.0 - (1.0 - unit).ln() * mean_ms / 2.0) as i64
    }
}
