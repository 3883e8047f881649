//! What the organiser changes while people buy.

use frontrow_ledger::{
    AllocationId, BlockId, ChannelId, HoldId, SeatId,
    sale::{
        Allocation, AreaCapacity, BlockKind, Command, Places, Record, Refusal, Status, Terms,
        Window,
    },
};

use crate::world::{
    ADULT, COMPANION, FLOOR, MINUTE, STALLS, START, STUDENT, WHEELCHAIR, World, at_most, best,
    holding, seats, standing, terms,
};

fn block(id: u128, seats: &[u32], floor: u32) -> Command {
    let seats = seats.iter().copied().map(SeatId).collect();
    let areas = if floor > 0 { vec![(FLOOR, floor)] } else { Vec::new() };
    let places = Places { seats, areas };
    let reason = "sound desk".to_owned();
    Command::Block { block: BlockId(id), kind: BlockKind::Production, reason, places }
}

fn unblock(id: u128, places: Option<Places>) -> Command {
    Command::Unblock { block: BlockId(id), places }
}

#[test]
fn blocked_places_are_not_sold_until_they_are_released() {
    let mut world = World::defined(terms());
    world.accept(block(1, &[2, 0, 1], 8));
    world.accept(Command::Open);
    assert_eq!(world.hold(1, &[seats([0, 3])]), Err(Refusal::SeatsGone(vec![SeatId(0)])));
    let left = Refusal::AreaFull { area: FLOOR, left: 2 };
    assert_eq!(world.refuse(holding(1, &[standing(FLOOR, 3)])), left);
    assert_eq!(world.book().totals().blocked, 11);
    let known = world.book().block(BlockId(1)).unwrap();
    assert_eq!((known.kind, known.reason.as_str()), (BlockKind::Production, "sound desk"));
    assert_eq!(known.places.seats, [SeatId(0), SeatId(1), SeatId(2)]);

    let some = Places { seats: vec![SeatId(1)], areas: vec![(FLOOR, 3)] };
    world.accept(unblock(1, Some(some.clone())));
    assert_eq!(world.refuse(unblock(1, Some(some))), Refusal::NotBlocked);
    assert_eq!(world.book().block(BlockId(1)).unwrap().places.areas, [(FLOOR, 5)]);
    world.hold(1, &[seats([1]), standing(FLOOR, 5)]).unwrap();

    let Record::Unblocked { places, .. } = world.accept(unblock(1, None)) else { panic!() };
    assert_eq!(places, Places { seats: vec![SeatId(0), SeatId(2)], areas: vec![(FLOOR, 5)] });
    assert_eq!(world.refuse(unblock(1, None)), Refusal::UnknownBlock);
    assert_eq!(world.book().totals().blocked, 0);
}

#[test]
fn a_block_takes_nothing_from_buyers() {
    let mut world = World::open(terms());
    world.buy(1, &[seats([0])]);
    world.hold(2, &[seats([1])]).unwrap();
    let refusal = world.refuse(block(1, &[2, 1, 0], 0));
    assert_eq!(refusal, Refusal::SeatsGone(vec![SeatId(1), SeatId(0)]));
    assert_eq!(world.book().seat(SeatId(2)), Some(Status::Free));
    assert_eq!(world.refuse(block(1, &[], 11)), Refusal::AreaFull { area: FLOOR, left: 10 });
}

#[test]
fn all_allocations_that_apply_must_have_room() {
    let stalls =
        Allocation { limit: 3, categories: Some(vec![STALLS]), ticket_types: None, channels: None };
    let presale = Allocation {
        limit: 2,
        categories: None,
        ticket_types: None,
        channels: Some(vec![ChannelId::PRESALE]),
    };
    let allocations = vec![stalls, at_most(2, STUDENT), presale];
    let mut world = World::open(Terms { allocations, ..terms() });
    let hold = |hold, channel, n, ticket_type| Command::Hold {
        hold: HoldId(hold),
        channel,
        wants: vec![frontrow_ledger::sale::Want::Best {
            category: STALLS,
            ticket_types: vec![ticket_type; n],
            may_split: true,
        }],
    };
    let full =
        |allocation, left| Refusal::AllocationFull { allocation: AllocationId(allocation), left };
    assert_eq!(world.refuse(hold(1, ChannelId::WEB, 4, ADULT)), full(0, 3));
    assert_eq!(world.refuse(hold(1, ChannelId::WEB, 3, STUDENT)), full(1, 2));
    assert_eq!(world.refuse(hold(1, ChannelId::PRESALE, 3, ADULT)), full(2, 2));
    world.accept(hold(1, ChannelId::PRESALE, 2, STUDENT));
    assert_eq!(world.refuse(hold(2, ChannelId::PRESALE, 1, ADULT)), full(2, 0));
    assert_eq!(world.refuse(hold(2, ChannelId::WEB, 1, STUDENT)), full(1, 0));
    world.accept(hold(2, ChannelId::WEB, 1, ADULT));
    assert_eq!(world.refuse(hold(3, ChannelId::WEB, 1, ADULT)), full(0, 0));
    world.hold(3, &[standing(FLOOR, 6)]).unwrap();

    let left = |world: &World, category, ticket_type| {
        world.book().left(ChannelId::WEB, category, ticket_type)
    };
    assert_eq!(left(&world, STALLS, ADULT), 0);
    assert_eq!(left(&world, crate::world::STANDING, ADULT), 4);
    assert_eq!(left(&world, crate::world::STANDING, STUDENT), 0);
    world.accept(Command::Release { hold: HoldId(1) });
    assert_eq!(left(&world, STALLS, ADULT), 2);
    assert_eq!(left(&world, crate::world::STANDING, STUDENT), 2);
}

#[test]
fn a_companion_place_found_beside_a_wheelchair_counts_towards_its_own_limits() {
    let companions = Allocation {
        limit: 1,
        categories: Some(vec![COMPANION]),
        ticket_types: None,
        channels: None,
    };
    let mut world = World::open(Terms { allocations: vec![companions], ..terms() });
    let full = Refusal::AllocationFull { allocation: AllocationId(0), left: 1 };
    assert_eq!(world.refuse(holding(1, &[best(WHEELCHAIR, 2)])), full);
    world.hold(1, &[best(WHEELCHAIR, 1)]).unwrap();
    assert_eq!(world.book().allocation_left(AllocationId(0)), Some(0));
}

#[test]
fn an_allocation_that_counts_something_else_is_counted_anew() {
    let mut world = World::open(Terms { allocations: vec![at_most(9, STUDENT)], ..terms() });
    world.buy(1, &[seats([0, 1]), standing(FLOOR, 1)]);
    world.hold(2, &[standing(FLOOR, 2)]).unwrap();
    assert_eq!(world.book().allocation_left(AllocationId(0)), Some(9));
    world.accept(Command::SetAllocation(AllocationId(0), at_most(9, ADULT)));
    assert_eq!(world.book().allocation_left(AllocationId(0)), Some(4));
    world.accept(Command::SetAllocation(AllocationId(1), at_most(5, ADULT)));
    assert_eq!(world.book().allocation_left(AllocationId(1)), Some(0));
}

#[test]
fn windows_open_and_close_by_channel_and_ticket_type() {
    let window = |channels: Option<&[ChannelId]>, types: Option<&[_]>, opens, closes| Window {
        channels: channels.map(<[ChannelId]>::to_vec),
        ticket_types: types.map(<[_]>::to_vec),
        opens: Some(START.plus_ms(opens * MINUTE)),
        closes: Some(START.plus_ms(closes * MINUTE)),
    };
    let windows = vec![
        window(Some(&[ChannelId::PRESALE]), None, 5, 10),
        window(Some(&[ChannelId::WEB]), Some(&[ADULT]), 10, 20),
        window(Some(&[ChannelId::WEB]), Some(&[ADULT]), 30, 40),
    ];
    let mut world = World::open(Terms { windows, ..terms() });
    let ask = |world: &mut World, number: u128, channel: ChannelId| {
        let wants = vec![standing(FLOOR, 1)];
        let hold = HoldId(number + u128::from(channel.0));
        let answer = world.ask(Command::Hold { hold, channel, wants });
        answer.map(drop).map_err(|refusal| match refusal {
            Refusal::NotYetOnSale { opens } => Some(opens.ms_since(START) / MINUTE),
            Refusal::NoLongerOnSale => None,
            other => panic!("{other}"),
        })
    };
    let story = [
        (0, Err(Some(5)), Err(Some(10))),
        (5, Ok(()), Err(Some(10))),
        (10, Err(None), Ok(())),
        (20, Err(None), Err(Some(30))),
        (30, Err(None), Ok(())),
        (40, Err(None), Err(None)),
    ];
    for ((minute, presale, web), step) in story.into_iter().zip(1..) {
        let elapsed = frontrow_ledger::Machine::now(&world.sale).ms_since(START);
        world.wait(minute * MINUTE - elapsed);
        assert_eq!(
            ask(&mut world, step * 1_000, ChannelId::PRESALE),
            presale,
            "presale at {minute}"
        );
        assert_eq!(ask(&mut world, step * 1_000, ChannelId::WEB), web, "web at {minute}");
        assert_eq!(ask(&mut world, step * 1_000, ChannelId::BOX_OFFICE), Err(None));
    }
}

#[test]
fn an_area_grows_and_shrinks_but_never_below_what_is_taken() {
    let mut world = World::open(terms());
    world.hold(1, &[standing(FLOOR, 6)]).unwrap();
    let set = |capacity| Command::SetAreaCapacity(AreaCapacity { area: FLOOR, capacity });
    world.accept(set(6));
    assert_eq!(world.refuse(holding(2, &[standing(FLOOR, 1)])).code(), "area-full");
    assert_eq!(world.refuse(set(5)), Refusal::AreaInUse { area: FLOOR, taken: 6 });
    world.accept(set(8));
    world.hold(2, &[standing(FLOOR, 2)]).unwrap();
    assert_eq!(world.book().areas()[0].capacity, 8);
    assert_eq!(world.book().terms().areas[0].capacity, 8);
}

#[test]
fn a_closed_sale_holds_nothing_new_but_lets_carts_be_paid() {
    let mut world = World::open(terms());
    world.hold(1, &[best(STALLS, 2)]).unwrap();
    world.accept(Command::Close);
    assert_eq!(world.refuse(holding(1, &[seats([9])])), Refusal::SaleClosed);
    world.accept(Command::Extend { hold: HoldId(1) });
    world.accept(Command::Remove { hold: HoldId(1), positions: vec![0] });
    world.check_out(1, 1, 1).unwrap();
    world.confirm(1, 1).unwrap();
    world.cancel(1, None).unwrap();
}
