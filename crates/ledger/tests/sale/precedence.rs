//! When several things are wrong, the first of the list is the answer. Each ladder starts with
//! everything wrong and mends one thing at a time.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use frontrow_ledger::{
    AreaId, BlockId, BuyerKey, CategoryId, HoldId, OrderId, SeatId, TicketTypeId,
    sale::{BlockKind, Command, OrderLimits, Places, Price, Terms, Want, Window},
};

use crate::world::{
    ADULT, FLOOR, MINUTE, NOBODY, PLATFORM, STALLS, START, STUDENT, World, at_most, best, checkout,
    holding, seats, standing, terms,
};

/// A ticket type whose windows are past.
const LATE: TicketTypeId = TicketTypeId(3);
/// A ticket type of which nothing is left.
const LIMITED: TicketTypeId = TicketTypeId(4);

fn strict_terms() -> Terms {
    let window = |types: &[TicketTypeId], opens, closes| Window {
        channels: None,
        ticket_types: Some(types.to_vec()),
        opens,
        closes,
    };
    let price = |ticket_type| Price { category: STALLS, ticket_type, amount_minor: 100 };
    Terms {
        ticket_types: 5,
        prices: [terms().prices, vec![price(LATE), price(LIMITED)]].concat(),
        windows: vec![
            window(&[ADULT, NOBODY, LIMITED], None, None),
            window(&[STUDENT], Some(START.plus_ms(99 * MINUTE)), None),
            window(&[LATE], None, Some(START)),
        ],
        allocations: vec![at_most(0, LIMITED)],
        limits: OrderLimits { per_order: 21, per_buyer: Some(1) },
        ..terms()
    }
}

/// Sells seat 0 and holds seats 3 and 8, half of the platform: hold 1 is sold, 2 lapsed, 3 in
/// payment.
fn strict_world() -> World {
    let mut world = World::open(strict_terms());
    world.buy(1, &[seats([0])]);
    world.hold(2, &[seats([1, 2])]).unwrap();
    world.wait(11 * MINUTE);
    world.hold(3, &[seats([3])]).unwrap();
    world.check_out(3, 3, 3).unwrap();
    world.hold(4, &[seats([8]), standing(PLATFORM, 4)]).unwrap();
    world
}

#[test]
fn wants_are_refused_in_order() {
    let typed = |seat, ticket_type| Want::Seats(vec![(SeatId(seat), ticket_type)]);
    let ladder = [
        ("nothing-asked", Want::Seats(Vec::new())),
        ("too-many-places", best(STALLS, 45)),
        ("seat-unknown", seats([14])),
        ("area-unknown", standing(AreaId(9), 1)),
        ("category-unknown", best(CategoryId(9), 1)),
        ("seat-duplicate", seats([4, 4])),
        ("not-for-sale", typed(5, NOBODY)),
        ("not-a-multiple", standing(PLATFORM, 1)),
        ("companion-alone", seats([11])),
        ("not-yet-on-sale", typed(6, STUDENT)),
        ("no-longer-on-sale", typed(7, LATE)),
        ("over-order-limit", standing(FLOOR, 9)),
        ("allocation-full", typed(9, LIMITED)),
        ("seats-gone", seats([0])),
        ("area-full", standing(PLATFORM, 4)),
        ("category-full", best(STALLS, 8)),
        ("not-together", best(STALLS, 7)),
    ];
    let mut world = strict_world();
    let wants: Vec<Want> = ladder.iter().map(|(_, want)| want.clone()).collect();
    for (step, (code, _)) in ladder.iter().enumerate() {
        let refusal = world.refuse(holding(9, &wants[step..]));
        assert_eq!(refusal.code(), *code, "{refusal}");
    }
}

#[test]
fn the_sale_and_the_hold_come_before_the_wants() {
    let nothing = |hold| holding(hold, &[]);
    assert_eq!(World::empty().refuse(nothing(1)).code(), "sale-not-defined");
    let mut world = strict_world();
    assert_eq!(world.refuse(nothing(1)).code(), "hold-sold");
    assert_eq!(world.refuse(nothing(2)).code(), "hold-expired");
    assert_eq!(world.refuse(nothing(3)).code(), "hold-in-payment");
    assert_eq!(world.refuse(nothing(4)).code(), "nothing-asked");
    world.accept(Command::Close);
    for hold in 1..=5 {
        assert_eq!(world.refuse(nothing(hold)).code(), "sale-closed");
    }
}

#[test]
fn a_lapsed_hold_in_payment_is_expired_first() {
    let mut world = strict_world();
    world.wait(30 * MINUTE);
    assert_eq!(world.refuse(holding(3, &[])).code(), "hold-expired");
    let remove = Command::Remove { hold: HoldId(3), positions: vec![9] };
    assert_eq!(world.refuse(remove).code(), "hold-expired");
}

#[test]
fn removals_are_refused_in_order() {
    let mut world = World::open(terms());
    let remove = |hold, positions: &[u16]| Command::Remove {
        hold: HoldId(hold),
        positions: positions.to_vec(),
    };
    assert_eq!(world.refuse(remove(1, &[9])).code(), "hold-unknown");
    world.hold(1, &[standing(PLATFORM, 2), seats([10, 11])]).unwrap();
    // Position 0 leaves half a pair on the platform, position 2 a companion alone, 9 is not there.
    assert_eq!(world.refuse(remove(1, &[0, 2, 9])).code(), "position-unknown");
    assert_eq!(world.refuse(remove(1, &[2, 2])).code(), "position-unknown");
    assert_eq!(world.refuse(remove(1, &[])).code(), "nothing-asked");
    assert_eq!(world.refuse(remove(1, &[0, 2])).code(), "not-a-multiple");
    assert_eq!(world.refuse(remove(1, &[2])).code(), "companion-alone");
    world.accept(remove(1, &[3, 2]));
    world.check_out(1, 1, 1).unwrap();
    assert_eq!(world.refuse(remove(1, &[9])).code(), "hold-in-payment");
}

/// A hold that lapsed in payment; then everything turns against it.
#[test]
fn reacquiring_is_refused_in_order() {
    let limits = OrderLimits { per_order: 6, per_buyer: Some(3) };
    let mut world = World::open(Terms { limits, ..terms() });
    let students = Want::Seats(vec![(SeatId(0), STUDENT), (SeatId(1), STUDENT)]);
    world.hold(1, &[students, standing(FLOOR, 1)]).unwrap();
    world.check_out(1, 1, 1).unwrap();
    let again = || Command::Reacquire { hold: HoldId(1) };
    assert_eq!(world.refuse(again()).code(), "hold-live");
    world.wait(25 * MINUTE);

    world.hold(2, &[seats([0])]).unwrap();
    world.check_out(2, 2, 1).unwrap();
    world.hold(3, &[standing(FLOOR, 6)]).unwrap();
    world.hold(4, &[standing(FLOOR, 4)]).unwrap();
    world.accept(Command::SetAllocation(crate::world::allocation(0), at_most(1, STUDENT)));
    world.accept(Command::SetLimits(OrderLimits { per_order: 2, per_buyer: Some(3) }));
    let ticket_types = Some(vec![STUDENT]);
    let over = Window { channels: None, ticket_types, opens: None, closes: Some(START) };
    world.accept(Command::SetWindows(vec![over]));
    world.accept(Command::Close);

    assert_eq!(world.refuse(Command::Reacquire { hold: HoldId(99) }).code(), "sale-closed");
    assert_eq!(world.refuse(again()).code(), "sale-closed");
    world.accept(Command::Open);
    assert_eq!(world.refuse(Command::Reacquire { hold: HoldId(99) }).code(), "hold-unknown");
    assert_eq!(world.refuse(again()).code(), "no-longer-on-sale");
    world.accept(Command::SetWindows(Vec::new()));
    assert_eq!(world.refuse(again()).code(), "over-order-limit");
    world.accept(Command::SetLimits(limits));
    assert_eq!(world.refuse(again()).code(), "over-buyer-limit");
    world.accept(Command::SetLimits(OrderLimits { per_buyer: None, ..limits }));
    assert_eq!(world.refuse(again()).code(), "allocation-full");
    world.accept(Command::SetAllocation(crate::world::allocation(0), at_most(2, STUDENT)));
    assert_eq!(world.refuse(again()).code(), "seats-gone");
    world.accept(Command::Release { hold: HoldId(2) });
    assert_eq!(world.refuse(again()).code(), "area-full");
    world.accept(Command::SetAllocation(crate::world::allocation(0), at_most(1, STUDENT)));
    world.wait(5 * MINUTE);
    assert_eq!(world.refuse(again()).code(), "no-more-extensions");
}

/// The same for money that comes late, which neither windows nor order limits nor the ceiling stop.
#[test]
fn late_money_is_refused_in_order() {
    let limits = OrderLimits { per_order: 9, per_buyer: Some(3) };
    let mut world = World::open(Terms { limits, ..terms() });
    let students = Want::Seats(vec![(SeatId(0), STUDENT), (SeatId(1), STUDENT)]);
    world.hold(1, &[students, standing(FLOOR, 1)]).unwrap();
    assert_eq!(world.confirm(1, 1).unwrap_err().code(), "order-mismatch");
    world.check_out(1, 1, 1).unwrap();
    world.wait(60 * MINUTE);

    world.hold(2, &[seats([0, 5])]).unwrap();
    world.check_out(2, 2, 1).unwrap();
    world.hold(3, &[standing(FLOOR, 9)]).unwrap();
    world.hold(4, &[standing(FLOOR, 1)]).unwrap();
    world.accept(Command::SetAllocation(crate::world::allocation(0), at_most(1, STUDENT)));
    world.accept(Command::Close);

    assert_eq!(world.confirm(99, 1).unwrap_err().code(), "hold-unknown");
    assert_eq!(world.confirm(1, 2).unwrap_err().code(), "order-mismatch");
    assert_eq!(world.confirm(1, 1).unwrap_err().code(), "over-buyer-limit");
    world.accept(Command::SetLimits(OrderLimits { per_order: 9, per_buyer: None }));
    assert_eq!(world.confirm(1, 1).unwrap_err().code(), "allocation-full");
    world.accept(Command::SetAllocation(crate::world::allocation(0), at_most(2, STUDENT)));
    assert_eq!(world.confirm(1, 1).unwrap_err().code(), "seats-gone");
    world.accept(Command::Release { hold: HoldId(2) });
    assert_eq!(world.confirm(1, 1).unwrap_err().code(), "area-full");
    world.accept(Command::Release { hold: HoldId(4) });
    world.confirm(1, 1).unwrap();
}

#[test]
fn checkout_is_refused_in_order() {
    let mut world = strict_world();
    assert_eq!(world.refuse(checkout(99, 1, 3)).code(), "hold-unknown");
    assert_eq!(world.refuse(checkout(2, 1, 3)).code(), "hold-expired");
    assert_eq!(world.refuse(checkout(1, 1, 3)).code(), "hold-sold");
    assert_eq!(world.refuse(checkout(4, 1, 3)).code(), "order-taken");
    assert_eq!(world.refuse(checkout(4, 4, 3)).code(), "over-buyer-limit");
}

#[test]
fn an_order_sold_to_another_hold_is_told_after_the_binding() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([0])]).unwrap();
    world.hold(2, &[seats([1])]).unwrap();
    world.check_out(1, 7, 1).unwrap();
    world.check_out(2, 7, 2).unwrap();
    world.confirm(1, 7).unwrap();
    assert_eq!(world.confirm(2, 7).unwrap_err().code(), "order-taken");
    assert_eq!(world.confirm(1, 8).unwrap_err().code(), "hold-sold");
}

#[test]
fn blocks_are_refused_in_order() {
    let mut world = strict_world();
    let block = |block, reason: &str, seats: &[u32], areas: &[(AreaId, u32)]| Command::Block {
        block: BlockId(block),
        kind: BlockKind::Production,
        reason: reason.to_owned(),
        places: Places {
            seats: seats.iter().copied().map(SeatId).collect(),
            areas: areas.to_vec(),
        },
    };
    let long = "x".repeat(201);
    world.accept(block(1, "camera", &[9], &[]));
    let (nowhere, full) = ((AreaId(9), 1), (PLATFORM, 5));
    let ladder = [
        ("block-taken", block(1, &long, &[], &[])),
        ("block-limit", block(2, &long, &[], &[])),
        ("nothing-asked", block(2, "", &[], &[])),
        ("nothing-asked", block(2, "", &[14, 4, 4, 0], &[nowhere, full, (FLOOR, 0)])),
        ("seat-unknown", block(2, "", &[14, 4, 4, 0], &[nowhere, full])),
        ("area-unknown", block(2, "", &[4, 4, 0], &[nowhere, full])),
        ("seat-duplicate", block(2, "", &[4, 4, 0], &[full])),
        ("seats-gone", block(2, "", &[4, 0], &[full])),
        ("area-full", block(2, "", &[4], &[full])),
    ];
    for (code, command) in ladder {
        assert_eq!(world.refuse(command).code(), code);
    }
    let places = |seats: &[u32]| {
        Some(Places { seats: seats.iter().copied().map(SeatId).collect(), areas: Vec::new() })
    };
    let unblock = |block, places| Command::Unblock { block: BlockId(block), places };
    assert_eq!(world.refuse(unblock(3, places(&[]))).code(), "block-unknown");
    assert_eq!(world.refuse(unblock(1, places(&[8, 9, 9]))).code(), "not-blocked");
    assert_eq!(world.refuse(unblock(1, places(&[]))).code(), "nothing-asked");
    assert_eq!(world.refuse(unblock(1, places(&[9, 9]))).code(), "seat-duplicate");
}

#[test]
fn the_command_id_comes_before_everything() {
    use frontrow_ledger::{CommandId, Request};

    let mut world = World::empty();
    let request = |fingerprint, command| Request { id: CommandId(500), fingerprint, command };
    world.request(&request(1, Command::Define(Arc::new(terms())))).unwrap();
    let reused = world.request(&request(2, Command::Define(Arc::new(terms())))).unwrap_err();
    assert_eq!(reused.code(), "idempotency-key-reused");
    let other =
        request(2, Command::Checkout { hold: HoldId(9), order: OrderId(9), buyer: BuyerKey(9) });
    assert_eq!(world.request(&other).unwrap_err().code(), "idempotency-key-reused");
}
