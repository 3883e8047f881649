//! What readers see.

use std::borrow::Cow;

use frontrow_ledger::{
    AreaId, ChannelId, HoldId, Machine, OrderId, SeatId,
    limits::LAPSED_HOLDS_REMEMBERED,
    sale::{Command, HoldTimes, OnSale, Order, Selling, Status, Terms, Totals, Window},
};

use crate::world::{
    ADULT, FLOOR, MINUTE, NOBODY, STALLS, START, STUDENT, WHEELCHAIR, World, seats, standing, terms,
};

#[test]
fn totals_are_told_by_category_and_area() {
    let mut world = World::open(terms());
    world.buy(1, &[seats([0, 1]), standing(FLOOR, 3)]);
    world.hold(2, &[seats([5]), standing(FLOOR, 1)]).unwrap();
    let book = world.book();
    assert_eq!(book.categories()[0], Totals { capacity: 10, held: 1, sold: 2, blocked: 0 });
    assert_eq!(book.areas()[0], Totals { capacity: 10, held: 1, sold: 3, blocked: 0 });
    assert_eq!(book.totals(), Totals { capacity: 30, held: 2, sold: 5, blocked: 0 });
    assert_eq!(book.area_left(FLOOR), Some(6));
    assert_eq!(book.area_left(AreaId(9)), None);
    assert_eq!(book.seats_taken(), [0b0010_0011, 0]);
    assert_eq!(book.seat(SeatId(5)), Some(Status::Held));
    assert_eq!(book.seat(SeatId(14)), None);
}

#[test]
fn the_last_seat_s_bit_is_in_the_last_byte() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([12, 13, 9])]).unwrap();
    assert_eq!(world.book().seats_taken(), [0, 0b0011_0010]);
}

#[test]
fn prices_are_told_by_category() {
    let world = World::open(terms());
    let book = world.book();
    assert_eq!(book.prices_of(STALLS).collect::<Vec<_>>(), [(ADULT, 900), (STUDENT, 450)]);
    assert_eq!(book.price(STALLS, NOBODY), None);
    // Not the companion's free place, nor the wheelchair's 200.
    assert_eq!(book.from_price(), Some(250));
    assert_eq!(book.left(ChannelId::WEB, WHEELCHAIR, ADULT), 8);
}

#[test]
fn selling_says_when() {
    let window = |ticket_type, opens, closes| Window {
        channels: Some(vec![ChannelId::WEB]),
        ticket_types: Some(vec![ticket_type]),
        opens: Some(START.plus_ms(opens)),
        closes: Some(START.plus_ms(closes)),
    };
    let windows = vec![window(ADULT, 10, 20), window(STUDENT, 5, 7)];
    let mut world = World::defined(Terms { windows, ..terms() });
    let at = |world: &World, ms| world.book().selling(ChannelId::WEB, START.plus_ms(ms));
    assert_eq!(at(&world, 15), Selling::Closed);
    world.accept(Command::Open);
    assert_eq!(at(&world, 0), Selling::From(START.plus_ms(5)));
    assert_eq!(at(&world, 6), Selling::Now);
    assert_eq!(at(&world, 7), Selling::From(START.plus_ms(10)));
    assert_eq!(at(&world, 20), Selling::NoLonger);
    let presale = world.book().selling(ChannelId::PRESALE, START.plus_ms(15));
    assert_eq!(presale, Selling::NoLonger);
    let student = world.book().on_sale(ChannelId::WEB, STUDENT, START.plus_ms(15));
    assert_eq!(student, OnSale::NoLonger);
}

#[test]
fn a_hold_says_how_long_and_an_order_what_is_valid() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([0, 1])]).unwrap();
    world.accept(Command::Extend { hold: HoldId(1) });
    let hold = world.book().hold(HoldId(1)).unwrap();
    let lasts = hold.until.ms_since(START);
    assert!((15 * MINUTE..16 * MINUTE).contains(&lasts));
    assert_eq!(world.book().extensions_left(hold), 1);
    assert_eq!(world.book().next_lapse(), Some(hold.until));
    assert_eq!(world.book().order_of(HoldId(1)), None);
    world.check_out(1, 2, 3).unwrap();
    world.confirm(1, 2).unwrap();
    world.cancel(2, Some(&[0])).unwrap();
    assert_eq!(world.book().hold(HoldId(1)), None);
    assert_eq!(world.book().order_of(HoldId(1)), Some(OrderId(2)));
    let order: &Order = world.book().order(OrderId(2)).unwrap();
    assert_eq!(order.valid().collect::<Vec<_>>(), [1]);
    assert_eq!(order.valid_positions().count(), 1);
    assert!(!order.is_valid(0) && order.is_valid(1) && !order.is_valid(2));
    assert_eq!(order.confirmed, START);
}

#[test]
fn readers_see_what_has_lapsed_before_any_command_comes() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([0])]).unwrap();
    let (before, revision) = (START.plus_ms(9 * MINUTE), world.sale.revision());
    assert!(matches!(world.sale.at(before), Cow::Borrowed(_)));
    let later = world.sale.at(START.plus_ms(11 * MINUTE));
    assert_eq!(later.book().unwrap().seat(SeatId(0)), Some(Status::Free));
    assert_eq!(later.revision(), revision + 1);
    assert_eq!(world.book().seat(SeatId(0)), Some(Status::Held));
}

#[test]
fn expiries_are_spread_by_jitter_and_never_before_their_time() {
    let mut terms = terms();
    terms.areas[0].capacity = 1_000;
    let mut world = World::open(terms);
    for hold in 0..300 {
        world.hold(hold, &[standing(FLOOR, 1)]).unwrap();
    }
    let of = |hold| world.book().hold(HoldId(hold)).unwrap().until.ms_since(START) - 10 * MINUTE;
    let jitter: Vec<i64> = (0..300).map(of).collect();
    assert!(jitter.iter().all(|ms| (0..MINUTE).contains(ms)));
    for tenth in 0..10 {
        let part = tenth * MINUTE / 10..(tenth + 1) * MINUTE / 10;
        let share = jitter.iter().filter(|ms| part.contains(ms)).count();
        assert!((10..60).contains(&share), "{share} of 300 lapse in {part:?}");
    }
}

#[test]
fn a_hold_with_no_jitter_lapses_to_the_millisecond() {
    let hold = HoldTimes { jitter_ms: 0, ..terms().hold };
    let mut world = World::open(Terms { hold, ..terms() });
    world.hold(1, &[seats([0])]).unwrap();
    world.wait(10 * MINUTE - 1);
    assert!(world.book().hold(HoldId(1)).unwrap().is_live());
    world.wait(1);
    assert!(!world.book().hold(HoldId(1)).unwrap().is_live());
}

#[test]
fn time_does_not_go_backwards() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([0])]).unwrap();
    let now = world.sale.now();
    world.sale.advance(now.plus_ms(-5));
    assert_eq!(world.sale.now(), now);
}

#[test]
fn only_so_many_lapsed_holds_are_remembered_and_the_oldest_goes_first() {
    let hold = HoldTimes { hold_ms: 1, jitter_ms: 0, ..terms().hold };
    let mut terms = Terms { hold, ..terms() };
    terms.areas[0].capacity = 1_000_000;
    let mut sale = frontrow_ledger::sale::Sale::default();
    let mut number = 0u64;
    let mut ask = |sale: &mut frontrow_ledger::sale::Sale, command| {
        use frontrow_ledger::{Applied, CommandId, Decision, Request};
        number += 1;
        let (id, fingerprint) = (CommandId(number.into()), number);
        let Ok(Decision::Record(record)) = sale.decide(&Request { id, fingerprint, command })
        else {
            panic!("it was refused")
        };
        sale.apply(&Applied { id, fingerprint, record });
    };
    ask(&mut sale, Command::Define(std::sync::Arc::new(terms)));
    ask(&mut sale, Command::Open);
    let holds = u128::try_from(LAPSED_HOLDS_REMEMBERED).unwrap() + 10;
    for hold in 0..holds {
        sale.advance(sale.now().plus_ms(1));
        ask(&mut sale, crate::world::holding(hold, &[standing(FLOOR, 1)]));
    }
    sale.advance(sale.now().plus_ms(1));
    let book = sale.book().unwrap();
    assert_eq!(book.live_holds_count(), 0);
    assert!((0..10).all(|hold| book.hold(HoldId(hold)).is_none()));
    assert!((10..holds).all(|hold| book.hold(HoldId(hold)).is_some()));
    frontrow_ledger::invariants::check(&sale).unwrap();
}
