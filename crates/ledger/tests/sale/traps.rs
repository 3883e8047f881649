//! Where other ticket shops fell, each by name: those of the design's list that the ledger decides.

use frontrow_ledger::{
    AllocationId, ChannelId, HoldId, Machine, SeatId,
    sale::{Command, HoldTimes, OrderLimits, Price, Record, Refusal, Status, Terms, Want},
};

use crate::world::{
    ADULT, FLOOR, MINUTE, STALLS, STANDING, STUDENT, WHEELCHAIR, World, at_most, best, checkout,
    holding, seat_ids, seats, standing, terms,
};

fn release(hold: u128) -> Command {
    Command::Release { hold: HoldId(hold) }
}

fn extend(hold: u128) -> Command {
    Command::Extend { hold: HoldId(hold) }
}

fn reacquire(hold: u128) -> Command {
    Command::Reacquire { hold: HoldId(hold) }
}

/// Trap 1.
#[test]
fn the_last_ticket_is_sold_to_one_of_two_buyers_on_every_path() {
    let paths: [&[Want]; 3] = [&[seats([4])], &[best(STALLS, 1)], &[standing(FLOOR, 1)]];
    for path in paths {
        let mut terms = terms();
        terms.areas[0].capacity = 1;
        let mut world = World::open(terms);
        world.buy(100, &[seats([0, 1, 2, 3, 5])]);
        world.buy(101, &[seats([6, 7, 8, 9])]);
        world.hold(1, path).unwrap();
        assert!(world.hold(2, path).is_err());
        world.check_out(1, 1, 1).unwrap();
        assert!(world.hold(2, path).is_err());
        world.confirm(1, 1).unwrap();
        assert!(world.hold(2, path).is_err());
    }
}

/// Trap 1, by the path that takes places without a new hold.
#[test]
fn the_last_ticket_is_not_sold_again_by_late_money_or_a_returning_cart() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([0])]).unwrap();
    world.check_out(1, 1, 1).unwrap();
    world.wait(12 * MINUTE);
    world.hold(2, &[seats([0])]).unwrap();
    assert_eq!(world.ask(reacquire(1)), Err(Refusal::SeatsGone(vec![SeatId(0)])));
    assert_eq!(world.confirm(1, 1), Err(Refusal::SeatsGone(vec![SeatId(0)])));
}

/// Trap 2: a limit is checked where it is decided, so five at once cannot redeem three.
#[test]
fn a_limit_for_three_is_not_used_five_times() {
    let mut world = World::open(Terms { allocations: vec![at_most(3, STUDENT)], ..terms() });
    let student = Want::Area { area: FLOOR, ticket_types: vec![STUDENT] };
    let accepted = (0..5).filter(|hold| world.hold(*hold, std::slice::from_ref(&student)).is_ok());
    assert_eq!(accepted.count(), 3);
}

/// Trap 20.
#[test]
fn the_buyers_limit_is_not_dodged_by_tabs_and_parallel_orders() {
    let limits = OrderLimits { per_order: 4, per_buyer: Some(4) };
    let mut world = World::open(Terms { limits, ..terms() });
    let buyer = 7;
    for tab in 1..=3 {
        world.hold(tab, &[standing(FLOOR, 3)]).unwrap();
    }
    world.check_out(1, 1, buyer).unwrap();
    let over = Err(Refusal::OverBuyerLimit { limit: 4, has: 3 });
    assert_eq!(world.check_out(2, 2, buyer), over);
    // The same tab may open a second payment, and somebody else may buy.
    world.check_out(1, 11, buyer).unwrap();
    world.check_out(3, 3, 8).unwrap();
    world.confirm(1, 11).unwrap();
    assert_eq!(world.check_out(2, 2, buyer), over);
    // What is cancelled is free for the buyer to use again.
    world.cancel(11, Some(&[0])).unwrap();
    assert_eq!(world.check_out(2, 2, buyer), Err(Refusal::OverBuyerLimit { limit: 4, has: 2 }));
    world.cancel(11, Some(&[1])).unwrap();
    world.check_out(2, 2, buyer).unwrap();
}

/// Trap 20, over time: a payment that lapsed makes room for the next, and then comes too late
/// itself.
#[test]
fn the_buyers_limit_is_not_dodged_by_late_money() {
    let limits = OrderLimits { per_order: 4, per_buyer: Some(4) };
    let mut world = World::open(Terms { limits, ..terms() });
    world.hold(1, &[standing(FLOOR, 3)]).unwrap();
    world.check_out(1, 1, 7).unwrap();
    world.wait(12 * MINUTE);
    world.hold(2, &[standing(FLOOR, 3)]).unwrap();
    world.check_out(2, 2, 7).unwrap();
    world.confirm(2, 2).unwrap();
    assert_eq!(world.confirm(1, 1), Err(Refusal::OverBuyerLimit { limit: 4, has: 3 }));
}

/// Trap 20: the limit of an order is that of the whole hold.
#[test]
fn the_order_limit_is_not_dodged_by_growing_a_hold() {
    let mut world = World::open(terms());
    world.hold(1, &[standing(FLOOR, 4)]).unwrap();
    assert_eq!(
        world.refuse(holding(1, &[standing(FLOOR, 3)])),
        Refusal::OverOrderLimit { limit: 6 }
    );
    world.hold(1, &[standing(FLOOR, 2)]).unwrap();
}

/// Trap 3.
#[test]
fn coming_back_to_ones_own_cart_does_not_show_sold_out() {
    let mut terms = terms();
    terms.areas[0].capacity = 2;
    let mut world = World::open(terms);
    world.hold(1, &[standing(FLOOR, 2), seats([0])]).unwrap();
    world.check_out(1, 1, 1).unwrap();
    // Left the payment page, came back: the cart is there, and a new payment may be opened.
    let hold = world.book().hold(HoldId(1)).unwrap();
    assert!(hold.is_live() && hold.positions.len() == 3);
    world.check_out(1, 2, 1).unwrap();
    // Came back after it lapsed: nobody else has it, so it is theirs again, payment and all.
    world.wait(20 * MINUTE);
    assert!(!world.book().hold(HoldId(1)).unwrap().is_live());
    world.accept(reacquire(1));
    world.confirm(1, 2).unwrap();
}

/// Trap 3: a seat of one's own is not gone, it is there already.
#[test]
fn picking_ones_own_seat_again_is_not_told_as_gone() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([0])]).unwrap();
    assert_eq!(world.refuse(holding(1, &[seats([0, 1])])), Refusal::DuplicateSeat(SeatId(0)));
}

/// Trap 4.
#[test]
fn a_cancelled_order_returns_its_capacity_exactly_once() {
    let limits = OrderLimits { per_order: 6, per_buyer: Some(4) };
    let mut world = World::open(Terms { allocations: vec![at_most(4, ADULT)], limits, ..terms() });
    world.buy(1, &[seats([0, 1]), standing(FLOOR, 2)]);
    assert_eq!(world.book().totals().sold, 4);
    world.cancel(1, Some(&[3, 0])).unwrap();
    assert_eq!(world.cancel(1, Some(&[0])), Err(Refusal::UnknownPosition(0)));
    let rest = Record::Cancelled { order: frontrow_ledger::OrderId(1), positions: vec![1, 2] };
    assert_eq!(world.cancel(1, None), Ok(rest));
    assert_eq!(world.cancel(1, None), Err(Refusal::OrderCancelled));
    let totals = world.book().totals();
    assert_eq!((totals.sold, totals.free()), (0, totals.capacity));
    assert_eq!(world.book().allocation_left(AllocationId(0)), Some(4));
    world.buy(2, &[seats([0, 1]), standing(FLOOR, 2)]);
}

/// Trap 5.
#[test]
fn an_overbooked_limit_does_not_block_unrelated_ticket_types() {
    let mut world = World::open(Terms { allocations: vec![at_most(3, STUDENT)], ..terms() });
    let students = |n| Want::Area { area: FLOOR, ticket_types: vec![STUDENT; n] };
    world.hold(1, &[students(3)]).unwrap();
    world.accept(Command::SetAllocation(AllocationId(0), at_most(1, STUDENT)));
    assert_eq!(world.book().allocation_left(AllocationId(0)), Some(0));
    world.hold(2, &[standing(FLOOR, 3)]).unwrap();
    let full = Refusal::AllocationFull { allocation: AllocationId(0), left: 0 };
    assert_eq!(world.refuse(holding(2, &[students(1)])), full);
    // What was granted stays granted.
    world.check_out(1, 1, 1).unwrap();
    world.confirm(1, 1).unwrap();
    world.cancel(1, Some(&[0, 1])).unwrap();
    assert_eq!(world.refuse(holding(2, &[students(1)])), full);
    world.cancel(1, None).unwrap();
    world.hold(2, &[students(1)]).unwrap();
}

/// Trap 6, early: the provider's word comes before the buyer returns, and once more afterwards.
#[test]
fn a_payment_confirmed_twice_is_one_order() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([0, 1])]).unwrap();
    world.check_out(1, 1, 1).unwrap();
    let first = world.confirm(1, 1).unwrap();
    let revision = world.sale.revision();
    assert_eq!(world.confirm(1, 1).unwrap(), first);
    world.wait(600 * MINUTE);
    assert_eq!(world.confirm(1, 1).unwrap(), first);
    assert_eq!(world.sale.revision(), revision);
    assert_eq!(world.book().totals().sold, 2);
    // Even after it was cancelled, a late third word sells nothing.
    world.cancel(1, None).unwrap();
    assert_eq!(world.confirm(1, 1).unwrap(), first);
    assert_eq!(world.book().totals().sold, 0);
}

/// Trap 6, late.
#[test]
fn late_money_gets_the_same_places_if_they_are_free_even_after_the_sale_closed() {
    let mut world = World::open(terms());
    let held = world.hold(1, &[seats([0, 1]), standing(FLOOR, 2)]).unwrap();
    world.check_out(1, 1, 1).unwrap();
    world.accept(Command::Close);
    world.wait(24 * 60 * MINUTE);
    assert_eq!(world.book().seat(SeatId(0)), Some(Status::Free));
    let Record::Confirmed { positions, .. } = world.confirm(1, 1).unwrap() else { panic!() };
    assert_eq!(*positions, *held);
    assert_eq!(world.book().seat(SeatId(0)), Some(Status::Sold));
}

/// Trap 6, late: all or nothing, and told which are gone.
#[test]
fn late_money_is_refused_if_one_of_the_places_is_gone() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([2, 1, 0])]).unwrap();
    world.check_out(1, 1, 1).unwrap();
    world.wait(12 * MINUTE);
    world.hold(2, &[seats([0, 2])]).unwrap();
    assert_eq!(world.confirm(1, 1), Err(Refusal::SeatsGone(vec![SeatId(2), SeatId(0)])));
    assert_eq!(world.book().seat(SeatId(1)), Some(Status::Free));
}

/// Trap 6, never.
#[test]
fn money_that_never_comes_returns_the_places_by_itself() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([0])]).unwrap();
    world.check_out(1, 1, 1).unwrap();
    world.wait(30 * MINUTE);
    assert_eq!(world.book().totals().held, 0);
    world.hold(2, &[seats([0])]).unwrap();
}

/// Trap 6: the buyer empties the cart in another tab while the payment is open.
#[test]
fn a_cart_emptied_in_another_tab_is_free_at_once_and_its_late_money_takes_it_again() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([0])]).unwrap();
    world.check_out(1, 1, 1).unwrap();
    world.accept(release(1));
    assert_eq!(world.book().seat(SeatId(0)), Some(Status::Free));
    assert_eq!(world.ask(release(1)), Err(Refusal::HoldExpired));
    world.confirm(1, 1).unwrap();
    assert_eq!(world.book().seat(SeatId(0)), Some(Status::Sold));

    world.hold(2, &[seats([1])]).unwrap();
    world.check_out(2, 2, 2).unwrap();
    world.accept(release(2));
    world.hold(3, &[seats([1])]).unwrap();
    assert_eq!(world.confirm(2, 2), Err(Refusal::SeatsGone(vec![SeatId(1)])));
}

/// Trap 6: a second payment was opened for the same cart, and both are paid.
#[test]
fn of_two_payments_for_one_cart_one_is_sold_and_the_other_refused() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([0])]).unwrap();
    world.check_out(1, 1, 1).unwrap();
    world.check_out(1, 2, 1).unwrap();
    assert_eq!(world.confirm(1, 1), Err(Refusal::OrderMismatch));
    world.confirm(1, 2).unwrap();
    assert_eq!(world.confirm(1, 1), Err(Refusal::HoldSold));
}

/// Trap 8.
#[test]
fn two_carts_with_the_same_seats_in_opposite_order_do_not_block_each_other() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([0, 1])]).unwrap();
    let gone = Refusal::SeatsGone(vec![SeatId(1), SeatId(0)]);
    assert_eq!(world.refuse(holding(2, &[seats([1, 0])])), gone);
    // The loser holds nothing that the winner could wait for.
    world.accept(release(1));
    world.hold(2, &[seats([1, 0])]).unwrap();
}

/// Trap 9.
#[test]
fn a_hold_is_not_refreshed_for_ever() {
    let ways: [fn(&mut World); 5] = [
        |world| drop(world.ask(extend(1))),
        |world| drop(world.hold(1, &[standing(FLOOR, 1)])),
        |world| drop(world.ask(checkout(1, 1, 1))),
        |world| drop(world.ask(reacquire(1))),
        |world| {
            drop(world.ask(extend(1)));
            drop(world.ask(checkout(1, 2, 1)));
            drop(world.ask(release(1)));
            drop(world.ask(reacquire(1)));
        },
    ];
    let hold = HoldTimes { extensions: 200, ..terms().hold };
    for way in ways {
        let mut world = World::open(Terms { hold, ..terms() });
        world.hold(1, &[seats([0])]).unwrap();
        let created = world.sale.now();
        while world.sale.now().ms_since(created) < 40 * MINUTE {
            way(&mut world);
            let seat = world.book().seat(SeatId(0));
            let late = world.sale.now().ms_since(created) >= 30 * MINUTE;
            assert!(!late || seat == Some(Status::Free), "held beyond the ceiling");
            world.wait(MINUTE);
        }
    }
}

/// Trap 9: adding to a cart does not buy time.
#[test]
fn growing_a_hold_keeps_its_time() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([0])]).unwrap();
    let until = world.book().hold(HoldId(1)).unwrap().until;
    world.wait(5 * MINUTE);
    world.hold(1, &[seats([1])]).unwrap();
    assert_eq!(world.book().hold(HoldId(1)).unwrap().until, until);
}

/// Trap 10.
#[test]
fn a_group_hold_is_granted_whole_or_not_at_all() {
    let limits = OrderLimits { per_order: 14, per_buyer: None };
    let mut world = World::open(Terms { limits, ..terms() });
    world.buy(1, &[seats([4])]);
    world.hold(2, &[seats([9])]).unwrap();
    let before = world.book().totals();
    let one_gone = [best(STALLS, 2), standing(FLOOR, 1), seats([3, 4])];
    assert_eq!(world.hold(2, &one_gone), Err(Refusal::SeatsGone(vec![SeatId(4)])));
    let too_few = [standing(FLOOR, 1), best(STALLS, 4), best(STALLS, 5)];
    let left = Refusal::CategoryFull { category: STALLS, left: 8 };
    assert_eq!(world.hold(2, &too_few), Err(left));
    assert_eq!(world.book().totals(), before);
    assert_eq!(world.book().hold(HoldId(2)).unwrap().positions.len(), 1);
    let all = [seats([3]), standing(FLOOR, 1), best(STALLS, 4)];
    assert_eq!(world.hold(2, &all).unwrap().len(), 6);
}

/// Trap 10: several searches and picks in one hold never get the same seat.
#[test]
fn searches_of_one_hold_do_not_meet() {
    let mut world =
        World::open(Terms { limits: OrderLimits { per_order: 14, per_buyer: None }, ..terms() });
    let wants =
        [best(STALLS, 3), seats([2, 7]), best(STALLS, 2), best(STALLS, 1), best(WHEELCHAIR, 2)];
    let mut seats = seat_ids(&world.hold(1, &wants).unwrap());
    seats.sort_unstable();
    seats.dedup();
    assert_eq!(seats.len(), 12);
}

/// Trap 11.
#[test]
fn the_price_shown_is_the_price_charged_whatever_is_repriced_meanwhile() {
    let mut world = World::open(terms());
    world.hold(1, &[seats([0])]).unwrap();
    let dearer: Vec<Price> =
        terms().prices.iter().map(|price| Price { amount_minor: 9_999, ..*price }).collect();
    world.accept(Command::Reprice(dearer));
    world.hold(1, &[seats([1])]).unwrap();
    world.check_out(1, 1, 1).unwrap();
    let cheaper: Vec<Price> =
        terms().prices.iter().map(|price| Price { amount_minor: 1, ..*price }).collect();
    world.accept(Command::Reprice(cheaper));
    world.wait(12 * MINUTE);
    world.accept(reacquire(1));
    let Record::Confirmed { positions, .. } = world.confirm(1, 1).unwrap() else { panic!() };
    let prices: Vec<_> = positions.iter().map(|position| position.price_minor).collect();
    assert_eq!(prices, [900, 9_999]);
}

/// Trap 12.
#[test]
fn a_wheelchair_place_is_not_given_to_somebody_else_by_best_available() {
    let mut world = World::open(terms());
    let limits = OrderLimits { per_order: 50, per_buyer: None };
    world.accept(Command::SetLimits(limits));
    let stalls = world.hold(1, &[best(STALLS, 10)]);
    let split = Want::Best { category: STALLS, ticket_types: vec![ADULT; 10], may_split: true };
    let given = stalls.or_else(|_| world.hold(1, &[split])).unwrap();
    assert!(seat_ids(&given).iter().all(|seat| *seat < 10));
    assert_eq!(world.refuse(holding(2, &[best(STALLS, 1)])).code(), "category-full");
    assert_eq!(world.refuse(holding(2, &[best(STANDING, 1)])).code(), "category-full");
}

/// Trap 12, the other way round: who asks for a wheelchair place gets it with the companion's
/// beside it.
#[test]
fn wheelchair_places_come_in_pairs_and_companions_only_with_them() {
    let mut world = World::open(terms());
    let given = world.hold(1, &[best(WHEELCHAIR, 1)]).unwrap();
    let seats_given = seat_ids(&given);
    assert_eq!(seats_given.len(), 2);
    assert_eq!(seats_given[1], seats_given[0] + 1);
    assert_eq!((given[0].price_minor, given[1].price_minor), (300, 0));

    let other = if seats_given[0] == 10 { 12 } else { 10 };
    assert_eq!(world.refuse(holding(2, &[seats([other + 1])])).code(), "companion-alone");
    world.hold(2, &[seats([other + 1, other])]).unwrap();
    let remove = Command::Remove { hold: HoldId(2), positions: vec![1] };
    assert_eq!(world.refuse(remove), Refusal::CompanionAlone(SeatId(other + 1)));
    // A companion may join later, or not at all.
    world.accept(Command::Remove { hold: HoldId(2), positions: vec![0] });
    world.hold(2, &[seats([other + 1])]).unwrap();
}

/// Trap 13.
#[test]
fn the_last_pair_is_not_locked_out_by_the_wish_to_leave_no_seat_alone() {
    let mut world = World::open(terms());
    world.buy(1, &[seats([0, 1, 5, 6, 7])]);
    world.buy(2, &[seats([8, 9])]);
    // Three seats are left in a row: two of them leave one alone, and are given all the same.
    assert_eq!(world.hold(3, &[best(STALLS, 2)]).unwrap().len(), 2);
    assert_eq!(world.hold(4, &[best(STALLS, 1)]).unwrap().len(), 1);

    let mut world = World::open(terms());
    world.buy(1, &[seats([0, 1, 5, 6, 7])]);
    world.buy(2, &[seats([8, 9])]);
    // Picked by hand, any two will do, the middle one left alone or not.
    world.hold(3, &[seats([2, 4])]).unwrap();
}

/// Trap 20 and trap 9 at once: what presale holds, the web does not grow.
#[test]
fn a_presale_hold_does_not_grow_through_another_channel() {
    let mut world = World::open(terms());
    let through = |channel, hold, seat| Command::Hold {
        hold: HoldId(hold),
        channel,
        wants: vec![seats([seat])],
    };
    world.accept(through(ChannelId::PRESALE, 1, 0));
    assert_eq!(world.refuse(through(ChannelId::WEB, 1, 1)), Refusal::OtherChannel);
    world.accept(through(ChannelId::PRESALE, 1, 1));
}
