//! Whoever waits knows soon that all is sold, and hears in time when something comes back.

use std::{cmp::Reverse, collections::BinaryHeap};

use frontrow_ledger::{
    limits::SOLD_OUT_NEAR,
    room::{Command, Phase, Polls, admission::Gauges},
};
use proptest::prelude::*;

use crate::fixtures::{World, gauges};

/// Between two ticks, in milliseconds.
const TICK: i64 = 500;
/// A cache in front may be so old, and its answer so long on its way.
const CACHE_MS: f64 = 1_500.0;
const FANS: usize = 2_000;

/// A sale by its counts: people take places at some speed, which may change, think, and pay or not.
struct Sale {
    free: u32,
    /// When which carts end, of how many places, and whether they are paid for.
    carts: BinaryHeap<Reverse<(i64, u32, bool)>>,
    dice: u64,
}

impl Sale {
    fn roll(&mut self) -> u64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        self.dice >> 11
    }

    fn chance(&mut self) -> f64 {
        self.roll() as f64 / (1_u64 << 53) as f64
    }

    /// How many places that is, by chance where it is no whole number.
    fn some(&mut self, places: f64) -> u32 {
        (0..1_000).take_while(|at| f64::from(*at) + self.chance() < places).count() as u32
    }

    /// So much time passes; so many carts are begun a second.
    fn pass(&mut self, now: i64, a_second: f64, pays: &std::ops::Range<i64>) {
        while let Some(Reverse((_, places, paid))) =
            self.carts.peek().copied().filter(|Reverse((at, ..))| *at <= now)
        {
            self.carts.pop();
            self.free += if paid { 0 } else { places };
        }
        for _ in 0..self.some(a_second * TICK as f64 / 1_000.0) {
            let places = [1, 2, 2, 2, 3, 4][(self.roll() >> 20) as usize % 6].min(self.free);
            let after = (self.chance() * (pays.end - pays.start) as f64) as i64 + pays.start;
            let paid = self.chance() < 0.8;
            self.free -= places;
            self.carts.push(Reverse((now + after, places, paid)));
        }
    }

    fn held(&self) -> u32 {
        self.carts.iter().map(|Reverse((_, places, _))| places).sum()
    }
}

/// Fans who are far from their turn, by when each asks next, in milliseconds from the beginning.
fn ask(fans: &mut [f64], now: i64, polls: Polls, sale: &mut Sale) {
    for next in fans.iter_mut().filter(|next| **next <= now as f64) {
        *next += f64::from(polls.far) * 1_000.0 * (1.0 + sale.chance() / 5.0);
    }
}

fn told(world: &mut World, gauges: Gauges) -> Polls {
    world.ask(Command::Tick { gauges: Some(gauges), offer: None }).unwrap();
    world.room.status().unwrap().polls
}

proptest! {
    /// At the 99th percentile, however fast it sells, and also when it sells faster at the end.
    #[test]
    fn everybody_knows_within_ten_seconds(
        dice in any::<u64>(),
        places in 50..4_000_u32,
        each_person_a_second in 0.01..0.2_f64,
        faster in 0.5..2.0_f64,
        people in 5..50_u64,
        // Who fills in a form and goes to a bank takes some time.
        pays_ms in 15_000..60_000_i64,
    ) {
        let mut world = World::drawn(1_000);
        world.call(50);
        for position in 0..people {
            world.enter(world.place_at(position)).unwrap();
        }
        let begin = world.now();
        let mut sale = Sale { free: places, carts: BinaryHeap::new(), dice };
        let mut fans: Vec<f64> = (0..FANS).map(|_| sale.chance() * 45_000.0).collect();
        for tick in 1.. {
            let now = tick * TICK;
            let gone = 1.0 - f64::from(sale.free) / f64::from(places);
            let a_second = people as f64 * each_person_a_second;
            sale.pass(now, a_second * faster.powf(gone * 3.0), &(14_000..pays_ms));
            world.pass_to(begin.plus_ms(now));
            let (free, held) = (sale.free, sale.held());
            let gauges = Gauges { places_free: free, places_held: held, ..gauges(world.now()) };
            let polls = told(&mut world, gauges);
            if world.phase() == Phase::SoldOut {
                let late = |next: &&f64| **next + CACHE_MS - now as f64 > 10_000.0;
                let late = fans.iter().filter(late).count();
                prop_assert!(late * 100 <= FANS, "{late} of {FANS} know it later");
                prop_assert!(polls.far >= 5 * 45, "then they ask five times less often");
                break;
            }
            ask(&mut fans, now, polls, &mut sale);
        }
    }
}

#[test]
fn while_much_is_left_and_where_nothing_goes_nobody_asks_more_often() {
    let mut world = World::drawn(1_000);
    let calm = world.room.status().unwrap().polls;
    let mut gauges = gauges(world.now());
    // Two thousand places go in a second, of four hundred thousand.
    for second in 0..100 {
        world.pass(1_000);
        gauges.places_free = 400_000 - second * 2_000;
        assert_eq!(told(&mut world, gauges), calm, "after {second} s");
    }
    // Wheelchair places that nobody wants.
    for minute in 0..9 {
        world.pass(60_000);
        gauges.places_free = 12;
        let polls = told(&mut world, gauges);
        assert_eq!(polls.far, 15, "after {minute} minutes");
    }
    // The last ones are in carts: any moment now.
    world.pass(1_000);
    (gauges.places_free, gauges.places_held) = (0, 12);
    let polls = told(&mut world, gauges);
    assert!(polls.far <= 6 && polls.near <= polls.far, "{polls:?}");
}

/// Places come back after all was sold: who stands first asks within the time of a turn.
#[test]
fn what_comes_back_is_heard_of_by_those_who_are_next() {
    let mut world = World::drawn(1_000);
    let mut gauges = gauges(world.now());
    gauges.places_free = 0;
    world.pass(1_000);
    let polls = told(&mut world, gauges);
    assert_eq!(world.phase(), Phase::SoldOut);
    let turn_seconds = world.line().terms().policy.turn_ms / 1_000;
    assert!(i64::from(polls.near) * 2 < turn_seconds);
    world.pass(1_000);
    (gauges.places_free, gauges.at) = (20, world.now());
    told(&mut world, gauges);
    assert_eq!(world.phase(), Phase::Queue);
    world.pass(1_000);
    told(&mut world, gauges);
    let called = world.line().cursor();
    assert!((1..=SOLD_OUT_NEAR).contains(&called), "{called} are called for 20 places");
}
