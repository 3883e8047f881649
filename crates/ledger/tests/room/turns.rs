//! Whose turn it is: in time, too late, once more, and over.

use std::sync::Arc;

use frontrow_ledger::{
    Machine, Place,
    limits::{BUSY_MS, CALM_MS},
    room::{Command, Mode, Phase, Record, Refusal, Steering, Terms, Turn},
};

use crate::fixtures::{MINUTE, OPENS, STARTS, World, device, gauges, terms};

#[test]
fn a_turn_comes_is_open_and_is_missed_but_not_lost() {
    let mut world = World::drawn(5_000);
    let first = world.place_at(0);
    assert_eq!(world.turn(first), Turn::Waiting { ahead: 0 });
    world.call(1);
    let came = world.now();
    assert_eq!(world.turn(first), Turn::Open { until: came.plus_ms(2 * MINUTE) });
    world.pass_to(came.plus_ms(2 * MINUTE - 1));
    assert!(matches!(world.turn(first), Turn::Open { .. }));
    world.pass(1);
    assert_eq!(world.turn(first), Turn::Missed);
    // Others are called meanwhile, and do not come either: the queue does not stall.
    let cursor = world.line().cursor();
    world.tick().unwrap();
    assert!(world.headcount().missed >= 1, "{:?}", world.headcount());
    world.call(cursor + 40);
    // The grace right: they come in as soon as there is room.
    let entered = world.enter(first).unwrap();
    let until = world.now().plus_ms(10 * MINUTE);
    assert_eq!(entered, Record::Entered { place: first, device: device(first.0), until });
    assert_eq!(world.turn(first), Turn::InShop { until, extended: false });
}

#[test]
fn a_pass_is_extended_once_and_its_end_frees_the_slot() {
    let mut world = World::drawn(2);
    world.call(2);
    let [one, other] = [world.place_at(0), world.place_at(1)];
    world.ask(Command::Steer(Steering { rate_per_minute: 600, target: 1, cap: 1 })).unwrap();
    world.enter(one).unwrap();
    let until = world.now().plus_ms(15 * MINUTE);
    let extended = world.ask(Command::Extend { place: one });
    assert_eq!(extended, Ok(Record::Extended { place: one, until }));
    assert_eq!(world.turn(one), Turn::InShop { until, extended: true });
    world.pass_to(until.plus_ms(-1));
    assert_eq!(world.enter(other), Err(Refusal::ShopFull));
    assert_eq!(world.room.next_due(), Some(until));
    world.pass(1);
    assert_eq!(world.turn(one), Turn::Over);
    world.enter(other).unwrap();
    assert_eq!(world.enter(one), Err(Refusal::TurnOver));
    let head = world.headcount();
    assert_eq!((head.entered, head.in_shop, head.left), (2, 1, 1));
}

#[test]
fn the_same_device_gets_the_same_pass_again() {
    let mut world = World::drawn(1);
    world.call(1);
    let place = world.place_at(0);
    let first = world.enter(place).unwrap();
    world.pass(5_000);
    assert_eq!(world.enter(place), Ok(first));
    assert_eq!(world.enter_with(place, device(99)), Err(Refusal::OtherDevice));
}

#[test]
fn late_comers_stand_behind_the_drawn_in_the_order_of_arrival() {
    let mut world = World::gathered(terms(), 100);
    assert_eq!(world.line().position(Place(5)), None, "nobody knows before the draw");
    world.pass_to(STARTS);
    for number in 100..110 {
        assert_eq!(world.join(number), Ok(Place(number)));
    }
    assert_eq!(world.phase(), Phase::Draw);
    assert_eq!((world.turn(Place(5)), world.tick()), (Turn::Undrawn, Ok(0)));
    world.draw().unwrap();
    for number in 100..110 {
        assert_eq!(world.line().position(Place(number)), Some(u64::from(number)));
    }
    let order: Vec<_> = (0..100).map(|at| world.line().position(Place(at)).unwrap()).collect();
    let mut sorted = order.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..100).collect::<Vec<u64>>());
    assert_ne!(order, sorted, "a draw that changes nothing is none");
    let proof = world.line().proof(&world.line().tree(), Place(42));
    assert!(proof.is_some());
}

#[test]
fn without_a_draw_turns_come_in_the_order_of_arrival() {
    let mut world = World::gathered(Terms { draw: None, ..terms() }, 500);
    assert_eq!(world.turn(Place(7)), Turn::Waiting { ahead: 7 });
    world.pass_to(STARTS);
    assert_eq!(world.phase(), Phase::Queue);
    world.call(10);
    world.enter(Place(3)).unwrap();
}

#[test]
fn a_shop_that_suffers_opens_its_room_and_a_calm_one_closes_it() {
    let mut world = World::new(Terms { mode: Mode::Automatic, ..terms() });
    world.pass_to(OPENS.plus_ms(-MINUTE));
    let tick = |world: &mut World, ms: i64, p99_ms: u32| {
        world.pass(ms);
        let mut gauges = gauges(world.now());
        gauges.p99_ms = p99_ms;
        world.ask(Command::Tick { gauges: Some(gauges), offer: None }).unwrap();
    };
    tick(&mut world, 1_000, 900);
    tick(&mut world, BUSY_MS - 1, 900);
    assert_eq!((world.phase(), world.join(0)), (Phase::Off, Err(Refusal::NotNeeded)));
    tick(&mut world, 1_000, 20);
    tick(&mut world, 1_000, 900);
    tick(&mut world, BUSY_MS, 900);
    assert_eq!(world.phase(), Phase::Queue);
    assert_eq!(world.join(0), Ok(Place(0)));
    tick(&mut world, 1_000, 20);
    world.call(1);
    world.enter(Place(0)).unwrap();
    // Nobody has waited since the only one was called.
    tick(&mut world, CALM_MS - 100, 20);
    assert_eq!(world.phase(), Phase::Queue);
    tick(&mut world, 100, 20);
    assert_eq!(world.phase(), Phase::Off);
}

#[test]
fn the_end_comes_by_time_too() {
    let ends = STARTS.plus_ms(60 * MINUTE);
    let mut world = World::gathered(Terms { ends: Some(ends), ..terms() }, 3);
    world.pass_to(STARTS);
    world.draw().unwrap();
    assert_eq!(world.room.next_due(), Some(ends));
    world.pass_to(ends.plus_ms(-1));
    assert_eq!(world.phase(), Phase::Queue);
    world.pass(1);
    assert_eq!(world.phase(), Phase::Ended);
    assert_eq!(world.ask(Command::Define(Arc::new(terms()))), Err(Refusal::Ended));
}
