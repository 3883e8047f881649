//! Whatever is thrown at the controller, possible or not.

use std::collections::VecDeque;

use frontrow_ledger::{
    Time,
    room::admission::{Admission, Ceiling, Counts, Gauges, Moment, Policy, Provider, Tick},
};
use proptest::{collection::vec, option, prelude::*};

use crate::world;

const PASS_MS: i64 = 600_000;
const STAY_MS_MAX: i64 = 900_000;

/// One tick, and what happened before it.
#[derive(Debug, Clone)]
struct Step {
    elapsed_ms: i64,
    policy: Policy,
    gauges: Option<(i64, Gauges)>,
    joins: u64,
    /// Of those whose turns are the latest, these come, and any number leaves.
    enters: Vec<u64>,
    leaves: u32,
}

prop_compose! {
    fn any_policy()(
        cap in 1..3_000_u32,
        part in 1..=100_u32,
        rate_per_minute in prop_oneof![1..100_u32, 100..100_000_u32],
        turn_ms in 10_000..600_000_i64,
        places_per_person_milli in 1..5_000_u32,
        paused in prop::bool::weighted(0.05),
    ) -> Policy {
        Policy {
            target: (cap * part / 100).max(1),
            cap,
            rate_per_minute,
            turn_ms,
            p99_ms_max: 500,
            errors_ppm_max: 10_000,
            provider_errors_ppm_max: 50_000,
            stale_after_ms: 5_000,
            places_per_person_milli,
            paused,
        }
    }
}

prop_compose! {
    fn any_gauges()(
        p99_ms in 0..2_000_u32,
        errors_ppm in 0..30_000_u32,
        up in prop::bool::weighted(0.9),
        per_minute in option::of(0..10_000_u32),
        provider_errors_ppm in 0..100_000_u32,
        places_free in prop_oneof![0..10_u32, 10..100_000_u32],
        places_held in 0..1_000_u32,
    ) -> Gauges {
        let provider = Provider { up, per_minute, errors_ppm: provider_errors_ppm };
        Gauges { at: Time(0), p99_ms, errors_ppm, provider, places_free, places_held }
    }
}

prop_compose! {
    fn any_step(policy: Policy)(
        elapsed_ms in prop_oneof![8 => 100..110_i64, 1 => 100..5_000_i64, 1 => 0..10_000_000_i64],
        other in option::weighted(0.1, any_policy()),
        gauges in option::of((0..10_000_i64, any_gauges())),
        joins in prop_oneof![Just(0), 0..1_000_u64, Just(1_000_000)],
        enters in vec(0..2_000_u64, 0..40),
        leaves in 0..40_u32,
    ) -> Step {
        Step { elapsed_ms, policy: other.unwrap_or(policy), gauges, joins, enters, leaves }
    }
}

fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    any_policy().prop_flat_map(|policy| vec(any_step(policy), 1..150))
}

/// A room that only counts.
#[derive(Default)]
struct Room {
    now: i64,
    cursor: u64,
    waiting: u64,
    in_shop: u32,
    /// When each of them came.
    came: VecDeque<i64>,
}

impl Room {
    /// What happens before a tick.
    fn pass(&mut self, step: &Step, admissions: &mut [&mut Admission]) -> (Counts, Option<Gauges>) {
        self.now += step.elapsed_ms;
        self.waiting += step.joins;
        for back in &step.enters {
            if self.in_shop < step.policy.cap
                && let Some(position) = self.cursor.checked_sub(1 + back)
            {
                self.in_shop += 1;
                self.came.push_back(self.now);
                for admission in admissions.iter_mut() {
                    admission.entered(position, Time(self.now));
                }
            }
        }
        for came in self.came.drain(..self.came.len().min(step.leaves as usize)) {
            self.in_shop -= 1;
            for admission in admissions.iter_mut() {
                admission.left(Time(came));
            }
        }
        let gauges = step.gauges.map(|(age, gauges)| Gauges { at: Time(self.now - age), ..gauges });
        let counts = Counts { cursor: self.cursor, waiting: self.waiting, in_shop: self.in_shop };
        (counts, gauges)
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_ceiling_is_ever_exceeded(steps in any_steps()) {
        let (mut room, mut admission) = (Room::default(), Admission::default());
        let mut second: VecDeque<(i64, u32)> = VecDeque::new();
        let mut known: Option<Gauges> = None;
        for step in &steps {
            let (counts, gauges) = room.pass(step, &mut [&mut admission]);
            let policy = &step.policy;
            let at = Moment { now: Time(room.now), policy, pass_ms: PASS_MS, stay_ms_max: STAY_MS_MAX, gauges: gauges.as_ref(), counts };
            let tick = admission.tick(&at);
            admission.apply(&at, &tick);
            let newer = |it: &Gauges| known.is_none_or(|known| it.at > known.at);
            known = gauges.filter(newer).or(known);
            second.retain(|(then, _)| room.now - then < 1_000);
            second.push_back((room.now, tick.admit));
            let turns: u32 = second.iter().map(|(_, turns)| turns).sum();
            if tick.admit > 0 {
                prop_assert!(u64::from(turns) <= tick.rate.0.div_ceil(60_000), "{tick:?}");
                prop_assert!(turns <= policy.rate_per_minute.div_ceil(60), "{tick:?}");
                prop_assert!(u64::from(tick.admit) <= counts.waiting);
                prop_assert!(!policy.paused && counts.in_shop < policy.cap);
                if let Some(gauges) = known {
                    prop_assert!(gauges.provider.up && gauges.places_free > 0);
                }
            }
            // The named ceiling is there to be seen.
            match tick.limited_by {
                Ceiling::Paused => prop_assert!(policy.paused),
                Ceiling::Demand => prop_assert_eq!(u64::from(tick.admit), counts.waiting),
                _ => prop_assert!(u64::from(tick.admit) <= counts.waiting),
            }
            room.cursor += u64::from(tick.admit);
            room.waiting -= u64::from(tick.admit);
        }
    }

    #[test]
    fn a_lower_ceiling_never_admits_more(steps in any_steps(), other in any_gauges()) {
        let (mut room, mut admission) = (Room::default(), Admission::default());
        for step in &steps {
            let (counts, gauges) = room.pass(step, &mut [&mut admission]);
            let at = Moment {
                now: Time(room.now),
                policy: &step.policy,
                pass_ms: PASS_MS, stay_ms_max: STAY_MS_MAX,
                gauges: gauges.as_ref(),
                counts,
            };
            let tick = admission.tick(&at);
            for policy in stricter(&step.policy) {
                let less = admission.tick(&Moment { policy: &policy, ..at });
                prop_assert!(less.admit <= tick.admit, "{policy:?}: {less:?}, not {tick:?}");
            }
            for gauges in gauges.iter().flat_map(|gauges| worse(gauges, &other)) {
                let less = admission.tick(&Moment { gauges: Some(&gauges), ..at });
                prop_assert!(less.admit <= tick.admit, "{gauges:?}: {less:?}, not {tick:?}");
            }
            admission.apply(&at, &tick);
            room.cursor += u64::from(tick.admit);
            room.waiting -= u64::from(tick.admit);
        }
    }

    /// Asking changes nothing; what was written and read goes on in the same way; what was decided
    /// is replayed to the same state.
    #[test]
    fn a_replay_is_the_same(steps in any_steps(), snapshot in 0..150_usize) {
        let (mut room, mut admission) = (Room::default(), Admission::default());
        let mut replayed = Admission::default();
        for (index, step) in steps.iter().enumerate() {
            let (counts, gauges) = room.pass(step, &mut [&mut admission, &mut replayed]);
            if index == snapshot {
                let bytes = postcard::to_stdvec(&replayed).unwrap();
                replayed = postcard::from_bytes(&bytes).unwrap();
            }
            let policy = &step.policy;
            let at = Moment { now: Time(room.now), policy, pass_ms: PASS_MS, stay_ms_max: STAY_MS_MAX, gauges: gauges.as_ref(), counts };
            let before = admission.clone();
            let tick = admission.tick(&at);
            prop_assert_eq!(&before, &admission);
            prop_assert_eq!(tick, replayed.tick(&at));
            admission.apply(&at, &tick);
            replayed.apply(&at, &tick);
            prop_assert_eq!(&admission, &replayed);
            room.cursor += u64::from(tick.admit);
            room.waiting -= u64::from(tick.admit);
        }
    }
}

/// A release that would decide otherwise replays what was decided.
#[test]
fn what_was_decided_counts() {
    let policy = world::policy(100, 120);
    let counts = Counts { cursor: 0, waiting: 1_000, in_shop: 0 };
    let (now, gauges) = (Time(0), world::healthy());
    let (stay_ms_max, gauges) = (STAY_MS_MAX, Some(&gauges));
    let pass_ms = PASS_MS;
    let at = Moment { now, policy: &policy, pass_ms, stay_ms_max, gauges, counts };
    let mut admission = Admission::default();
    let tick = admission.tick(&at);
    assert!(tick.admit > 2);
    admission.apply(&at, &Tick { admit: 2, ..tick });
    assert_eq!(admission.turn_came(1), Some(now));
    assert_eq!((admission.turn_came(2), admission.turns_open()), (None, 2));
}

/// The same with one ceiling lower.
fn stricter(policy: &Policy) -> [Policy; 5] {
    let half = |n: u32| (n / 2).max(1);
    [
        Policy { target: half(policy.target), ..*policy },
        Policy { cap: half(policy.cap), target: policy.target.min(half(policy.cap)), ..*policy },
        Policy { rate_per_minute: half(policy.rate_per_minute), ..*policy },
        Policy { places_per_person_milli: policy.places_per_person_milli * 2, ..*policy },
        Policy { paused: true, ..*policy },
    ]
}

/// The same with one measure worse.
fn worse(gauges: &Gauges, other: &Gauges) -> [Gauges; 6] {
    let provider = gauges.provider;
    let with = |provider| Gauges { provider, ..*gauges };
    let most = |ours: Option<u32>, theirs: Option<u32>| ours.into_iter().chain(theirs).min();
    [
        Gauges { p99_ms: gauges.p99_ms.max(other.p99_ms), ..*gauges },
        Gauges { errors_ppm: gauges.errors_ppm.max(other.errors_ppm), ..*gauges },
        Gauges { places_free: gauges.places_free / 2, ..*gauges },
        with(Provider { up: false, ..provider }),
        with(Provider {
            per_minute: most(provider.per_minute, other.provider.per_minute),
            ..provider
        }),
        with(Provider { errors_ppm: provider.errors_ppm.max(50_001), ..provider }),
    ]
}
