//! Every refusal is provoked, each by the plainest case of it.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{collections::BTreeSet, sync::Arc};

use frontrow_ledger::{
    AreaId, BlockId, CategoryId, ChannelId, CommandId, HoldId, Request, SeatId, Time,
    limits::{BLOCK_REASON_BYTES_MAX, PLACES_PER_HOLD_MAX},
    sale::{
        AreaCapacity, BlockKind, Command, OrderLimits, Places, Record, Refusal, Terms, Want, Window,
    },
};

use crate::world::{
    ADULT, COMPANION, FLOOR, MINUTE, NOBODY, PLATFORM, STALLS, START, STUDENT, WHEELCHAIR, World,
    allocation, at_most, best, checkout, holding, seats, standing, terms,
};

/// Each case prepares a sale and returns what it refuses.
type Case = fn() -> Refusal;

const CASES: [(Case, &str); 46] = [
    (command_reused, "idempotency-key-reused"),
    (|| World::empty().refuse(Command::Open), "sale-not-defined"),
    (|| open().refuse(Command::Define(Arc::new(terms()))), "sale-already-defined"),
    (bad_terms, "bad-terms"),
    (|| World::defined(terms()).refuse(holding(1, &[seats([0])])), "sale-closed"),
    (|| open().refuse(extend(1)), "hold-unknown"),
    (|| lapsed().refuse(extend(1)), "hold-expired"),
    (|| bought().refuse(extend(1)), "hold-sold"),
    (|| held().refuse(Command::Reacquire { hold: HoldId(1) }), "hold-live"),
    (|| paying().refuse(holding(1, &[seats([1])])), "hold-in-payment"),
    (other_channel, "other-channel"),
    (|| paying().confirm(1, 2).unwrap_err(), "order-mismatch"),
    (order_taken, "order-taken"),
    (|| open().cancel(1, None).unwrap_err(), "order-unknown"),
    (order_cancelled, "order-cancelled"),
    (|| bought().cancel(1, Some(&[1])).unwrap_err(), "position-unknown"),
    (|| open().refuse(unblock(None)), "block-unknown"),
    (|| blocked().refuse(block(&[1], &[])), "block-taken"),
    (|| blocked().refuse(unblock(Some(&[1]))), "not-blocked"),
    (block_limit, "block-limit"),
    (|| open().refuse(holding(1, &[])), "nothing-asked"),
    (|| open().refuse(holding(1, &[standing(FLOOR, 51)])), "too-many-places"),
    (|| open().refuse(holding(1, &[seats([14])])), "seat-unknown"),
    (|| open().refuse(holding(1, &[standing(AreaId(2), 1)])), "area-unknown"),
    (|| open().refuse(holding(1, &[best(CategoryId(4), 1)])), "category-unknown"),
    (unknown_allocation, "allocation-unknown"),
    (|| open().refuse(holding(1, &[seats([3, 3])])), "seat-duplicate"),
    (not_for_sale, "not-for-sale"),
    (|| open().refuse(holding(1, &[standing(PLATFORM, 3)])), "not-a-multiple"),
    (|| open().refuse(holding(1, &[seats([11])])), "companion-alone"),
    (
        || windowed(Some(START.plus_ms(1)), None).refuse(holding(1, &[seats([0])])),
        "not-yet-on-sale",
    ),
    (|| windowed(None, Some(START)).refuse(holding(1, &[seats([0])])), "no-longer-on-sale"),
    (|| open().refuse(holding(1, &[standing(FLOOR, 7)])), "over-order-limit"),
    (over_buyer_limit, "over-buyer-limit"),
    (no_more_extensions, "no-more-extensions"),
    (allocation_full, "allocation-full"),
    (|| held().refuse(holding(2, &[seats([1, 0])])), "seats-gone"),
    (area_full, "area-full"),
    (category_full, "category-full"),
    (not_together, "not-together"),
    (area_in_use, "area-in-use"),
    (|| open().refuse(holding(1, &[best(COMPANION, 1)])), "not-for-sale"),
    (|| open().refuse(holding(1, &[seats([0]), Want::Seats(Vec::new())])), "nothing-asked"),
    (|| open().refuse(block(&[], &[(FLOOR, 0)])), "nothing-asked"),
    (|| held().refuse(block(&[0], &[])), "seats-gone"),
    (|| open().refuse(block(&[], &[(FLOOR, 6), (FLOOR, 5)])), "area-full"),
];

#[test]
fn every_refusal_is_provoked() {
    let mut provoked = BTreeSet::new();
    for (case, code) in CASES {
        let refusal = case();
        assert_eq!(refusal.code(), code, "{refusal}");
        provoked.insert(precedence(&refusal));
    }
    let missing: Vec<_> = (0..REFUSALS).filter(|rank| !provoked.contains(rank)).collect();
    assert!(missing.is_empty(), "no case provokes refusals number {missing:?}");
}

#[test]
fn codes_are_unlike_each_other_and_messages_say_something() {
    let mut codes = BTreeSet::new();
    for (case, code) in CASES.into_iter().take(REFUSALS) {
        assert!(codes.insert(code), "{code} twice");
        assert!(case().to_string().len() > 10);
    }
}

const REFUSALS: usize = 41;

/// The place of a refusal in its enum, written out so that a new one does not compile without a
/// case here.
pub(crate) fn precedence(refusal: &Refusal) -> usize {
    match refusal {
        Refusal::CommandReused => 0,
        Refusal::NotDefined => 1,
        Refusal::AlreadyDefined => 2,
        Refusal::BadTerms { .. } => 3,
        Refusal::SaleClosed => 4,
        Refusal::UnknownHold => 5,
        Refusal::HoldExpired => 6,
        Refusal::HoldSold => 7,
        Refusal::HoldLive => 8,
        Refusal::HoldInPayment => 9,
        Refusal::OtherChannel => 10,
        Refusal::OrderMismatch => 11,
        Refusal::OrderTaken => 12,
        Refusal::UnknownOrder => 13,
        Refusal::OrderCancelled => 14,
        Refusal::UnknownPosition(_) => 15,
        Refusal::UnknownBlock => 16,
        Refusal::BlockTaken => 17,
        Refusal::NotBlocked => 18,
        Refusal::BlockLimit => 19,
        Refusal::NothingAsked => 20,
        Refusal::TooManyPlaces { .. } => 21,
        Refusal::UnknownSeat(_) => 22,
        Refusal::UnknownArea(_) => 23,
        Refusal::UnknownCategory(_) => 24,
        Refusal::UnknownAllocation(_) => 25,
        Refusal::DuplicateSeat(_) => 26,
        Refusal::NotForSale { .. } => 27,
        Refusal::NotAMultiple { .. } => 28,
        Refusal::CompanionAlone(_) => 29,
        Refusal::NotYetOnSale { .. } => 30,
        Refusal::NoLongerOnSale => 31,
        Refusal::OverOrderLimit { .. } => 32,
        Refusal::OverBuyerLimit { .. } => 33,
        Refusal::NoMoreExtensions => 34,
        Refusal::AllocationFull { .. } => 35,
        Refusal::SeatsGone(_) => 36,
        Refusal::AreaFull { .. } => 37,
        Refusal::CategoryFull { .. } => 38,
        Refusal::NotTogether { .. } => 39,
        Refusal::AreaInUse { .. } => 40,
    }
}

fn open() -> World {
    World::open(terms())
}

fn held() -> World {
    let mut world = open();
    world.hold(1, &[seats([0])]).unwrap();
    world
}

fn lapsed() -> World {
    let mut world = held();
    world.wait(11 * MINUTE);
    world
}

fn paying() -> World {
    let mut world = held();
    world.check_out(1, 1, 1).unwrap();
    world
}

fn bought() -> World {
    let mut world = open();
    world.buy(1, &[seats([0])]);
    world
}

fn blocked() -> World {
    let mut world = open();
    world.accept(block(&[0], &[]));
    world
}

fn windowed(opens: Option<Time>, closes: Option<Time>) -> World {
    let window = Window { channels: None, ticket_types: None, opens, closes };
    World::open(Terms { windows: vec![window], ..terms() })
}

fn extend(hold: u128) -> Command {
    Command::Extend { hold: HoldId(hold) }
}

fn block(seats: &[u32], areas: &[(AreaId, u32)]) -> Command {
    let seats = seats.iter().copied().map(SeatId).collect();
    let places = Places { seats, areas: areas.to_vec() };
    Command::Block { block: BlockId(1), kind: BlockKind::House, reason: String::new(), places }
}

fn unblock(seats: Option<&[u32]>) -> Command {
    let places = seats.map(|seats| Places {
        seats: seats.iter().copied().map(SeatId).collect(),
        areas: Vec::new(),
    });
    Command::Unblock { block: BlockId(1), places }
}

fn command_reused() -> Refusal {
    let mut world = open();
    let ask = |fingerprint, command| Request { id: CommandId(77), fingerprint, command };
    world.request(&ask(1, Command::Close)).unwrap();
    assert_eq!(world.request(&ask(1, Command::Close)), Ok(Record::Closed));
    world.request(&ask(2, Command::Open)).unwrap_err()
}

fn bad_terms() -> Refusal {
    let mut terms = terms();
    terms.prices[1].amount_minor = -1;
    let refusal = World::empty().refuse(Command::Define(Arc::new(terms)));
    assert_eq!(refusal.to_string(), "/prices/1/amount_minor: must be 0 to 1000000000");
    refusal
}

fn other_channel() -> Refusal {
    let wants = vec![seats([1])];
    let channel = ChannelId::PRESALE;
    held().refuse(Command::Hold { hold: HoldId(1), channel, wants })
}

fn order_taken() -> Refusal {
    let mut world = bought();
    world.hold(2, &[seats([1])]).unwrap();
    world.refuse(checkout(2, 1, 2))
}

fn order_cancelled() -> Refusal {
    let mut world = bought();
    world.cancel(1, None).unwrap();
    world.cancel(1, None).unwrap_err()
}

fn block_limit() -> Refusal {
    let reason = "x".repeat(BLOCK_REASON_BYTES_MAX + 1);
    let places = Places { seats: vec![SeatId(0)], areas: Vec::new() };
    open().refuse(Command::Block { block: BlockId(1), kind: BlockKind::Kill, reason, places })
}

fn unknown_allocation() -> Refusal {
    open().refuse(Command::SetAllocation(allocation(1), at_most(1, ADULT)))
}

fn not_for_sale() -> Refusal {
    open().refuse(holding(1, &[Want::Seats(vec![(SeatId(0), NOBODY)])]))
}

fn over_buyer_limit() -> Refusal {
    let limits = OrderLimits { per_order: 6, per_buyer: Some(2) };
    let mut world = World::open(Terms { limits, ..terms() });
    world.hold(1, &[standing(FLOOR, 3)]).unwrap();
    let refusal = world.refuse(checkout(1, 1, 1));
    assert_eq!(refusal, Refusal::OverBuyerLimit { limit: 2, has: 0 });
    refusal
}

fn no_more_extensions() -> Refusal {
    let mut world = held();
    world.accept(extend(1));
    world.accept(extend(1));
    world.refuse(extend(1))
}

fn allocation_full() -> Refusal {
    let mut world = World::open(Terms { allocations: vec![at_most(1, STUDENT)], ..terms() });
    let students = Want::Area { area: FLOOR, ticket_types: vec![STUDENT, ADULT, STUDENT] };
    let refusal = world.refuse(holding(1, &[students]));
    assert_eq!(refusal, Refusal::AllocationFull { allocation: allocation(0), left: 1 });
    refusal
}

fn area_full() -> Refusal {
    let mut world = open();
    world.hold(1, &[standing(FLOOR, 6)]).unwrap();
    let refusal = world.refuse(holding(2, &[standing(FLOOR, 2), standing(FLOOR, 3)]));
    assert_eq!(refusal, Refusal::AreaFull { area: FLOOR, left: 4 });
    refusal
}

fn category_full() -> Refusal {
    let mut world = open();
    world.hold(1, &[seats([0, 1, 2, 3, 4, 5])]).unwrap();
    let refusal = world.refuse(holding(2, &[best(STALLS, 5)]));
    assert_eq!(refusal, Refusal::CategoryFull { category: STALLS, left: 4 });
    refusal
}

fn not_together() -> Refusal {
    let mut world = open();
    world.hold(1, &[seats([10, 13])]).unwrap_err();
    world.hold(1, &[seats([10, 11])]).unwrap();
    world.hold(2, &[seats([12])]).unwrap();
    world.accept(Command::Remove { hold: HoldId(1), positions: vec![1] });
    let refusal = world.refuse(holding(3, &[best(WHEELCHAIR, 1)]));
    assert_eq!(refusal, Refusal::CategoryFull { category: WHEELCHAIR, left: 0 });

    let mut world = open();
    world.hold(1, &[seats([0, 2, 3, 5, 7, 9])]).unwrap();
    let refusal = world.refuse(holding(2, &[best(STALLS, 4)]));
    assert_eq!(refusal, Refusal::NotTogether { category: STALLS, left: 4 });
    refusal
}

fn area_in_use() -> Refusal {
    let mut world = open();
    world.hold(1, &[standing(FLOOR, 3)]).unwrap();
    world.accept(block(&[], &[(FLOOR, 2)]));
    let refusal = world.refuse(Command::SetAreaCapacity(AreaCapacity { area: FLOOR, capacity: 4 }));
    assert_eq!(refusal, Refusal::AreaInUse { area: FLOOR, taken: 5 });
    refusal
}

/// A number for a hold of the most that any hold may have.
const _: () = assert!(PLACES_PER_HOLD_MAX == 50);
