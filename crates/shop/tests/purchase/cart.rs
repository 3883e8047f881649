//! Carts: holding, coming back, going on.

use frontrow_ledger::{
    AreaId, CategoryId, SeatId, TicketTypeId,
    sale::{Refusal, Want},
};
use frontrow_payments::test_provider::account::Behaviour;
use frontrow_shop::{
    Error,
    cart::{CartId, HoldStatus},
    room::Purpose,
    status::Status,
};
use uuid::Uuid;

use crate::world::{ADULT, FLOOR, MINUTE, STALLS, World, floor_wanted, seats_wanted};

pub async fn who_comes_back_finds_their_own_cart(mut world: World) {
    let cart = world.shop.new_cart();
    assert!(world.shop.cart(cart).await.unwrap().is_empty());
    world.hold(cart, vec![seats_wanted(&[0])]).await.unwrap();
    let grown = world.hold(cart, vec![floor_wanted(2)]).await.unwrap();
    assert_eq!(grown.positions.len(), 3);
    world.restart();
    let views = world.shop.cart(cart).await.unwrap();
    assert_eq!(views.len(), 1);
    assert_eq!(views[0].positions, grown.positions);
    assert!(matches!(views[0].state, HoldStatus::Live { extensions_left: 1, .. }));
    let fewer = world.shop.remove(views[0].at, vec![0], world.command()).await.unwrap();
    assert_eq!(fewer.total_minor, 60_000);
    let longer = world.shop.extend(fewer.at, world.command()).await.unwrap();
    assert!(matches!(longer.state, HoldStatus::Live { extensions_left: 0, .. }));
    let refused = world.shop.extend(fewer.at, world.command()).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(Refusal::NoMoreExtensions)), "{refused:?}");
    world.shop.give_up(cart, world.performance, world.command()).await.unwrap();
    assert!(world.shop.cart(cart).await.unwrap().is_empty());
    assert_eq!(world.left().await, (7, 10));
}

pub async fn a_cart_goes_on_after_its_hold_was_sold_or_lapsed(world: World) {
    let (cart, first) = world.hold_seats(&[0]).await;
    let (token, payment) = world.at_the_bank(&first, "jana@example.com").await;
    let refused = world.hold(cart, vec![seats_wanted(&[1])]).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(Refusal::HoldInPayment)), "{refused:?}");
    world.choose(&payment, Behaviour::Succeed).await;
    world.returned(&token).await.unwrap();
    assert!(world.shop.cart(cart).await.unwrap().is_empty(), "what was sold is an order");
    let second = world.hold(cart, vec![seats_wanted(&[1])]).await.unwrap();
    assert_ne!(second.at, first.at);
    world.pass(16 * MINUTE).await;
    let third = world.hold(cart, vec![seats_wanted(&[2])]).await.unwrap();
    assert_eq!(third.positions.len(), 1);
    assert_eq!(world.shop.cart(cart).await.unwrap().len(), 1);
    world.settle_down().await;
    world.all_is_well().await;
}

pub async fn nothing_is_held_for_a_cart_that_cannot_be_listed(world: World) {
    let (cart, _) = world.hold_seats(&[0]).await;
    world.shop.store().close().await.unwrap();
    for cart in [world.shop.new_cart(), cart] {
        let failed = world.hold(cart, vec![seats_wanted(&[1])]).await.unwrap_err();
        assert!(failed.is_retryable(), "{failed:?}");
    }
    assert_eq!(world.left().await.0, 6, "the log is there, and nobody wrote to it");
}

pub async fn places_of_a_lapsed_hold_can_be_taken_again(world: World) {
    let (cart, held) = world.hold_seats(&[0, 1]).await;
    world.pass(16 * MINUTE).await;
    let lapsed = world.shop.cart_hold(cart, world.performance).await.unwrap().unwrap();
    assert_eq!(lapsed.state, HoldStatus::Expired { order: None });
    let admitted = world.admitted(cart, Purpose::Hold).await.unwrap();
    let again = world.shop.reacquire(lapsed.at, admitted, world.command()).await.unwrap();
    assert!(matches!(again.state, HoldStatus::Live { .. }));
    assert_eq!(again.positions, held.positions);
    world.pass(16 * MINUTE).await;
    let (_, _other) = world.hold_seats(&[1]).await;
    let refused = world.shop.reacquire(lapsed.at, admitted, world.command()).await.unwrap_err();
    assert!(
        matches!(&refused, Error::Refused(Refusal::SeatsGone(seats)) if seats == &[SeatId(1)]),
        "{refused:?}"
    );
}

pub async fn a_cart_is_nobody_elses(world: World) {
    let (CartId(secret), _) = world.hold_seats(&[0]).await;
    for stranger in [CartId(secret ^ 1), CartId(0), CartId(u128::MAX), world.shop.new_cart()] {
        assert!(world.shop.cart(stranger).await.unwrap().is_empty());
        let held = world.shop.cart_hold(stranger, world.performance).await.unwrap();
        assert!(held.is_none());
    }
    let nowhere = world.shop.cart_hold(CartId(secret), Uuid::from_u128(7)).await.unwrap_err();
    assert!(matches!(nowhere, Error::NotFound("performance")), "{nowhere:?}");
}

pub async fn impossible_wishes_are_refused(world: World) {
    let best = |count: usize| Want::Best {
        category: STALLS,
        ticket_types: vec![ADULT; count],
        may_split: false,
    };
    let code = async |wants| match world.hold(world.shop.new_cart(), wants).await {
        Err(Error::Refused(refusal)) => refusal.code(),
        other => panic!("{other:?}"),
    };
    assert_eq!(code(vec![]).await, "nothing-asked");
    assert_eq!(code(vec![best(0)]).await, "nothing-asked");
    assert_eq!(code(vec![best(51)]).await, "too-many-places");
    assert_eq!(code(vec![best(7)]).await, "over-order-limit");
    assert_eq!(code(vec![seats_wanted(&[0, 0])]).await, "seat-duplicate");
    assert_eq!(code(vec![seats_wanted(&[12])]).await, "seat-unknown");
    assert_eq!(code(vec![seats_wanted(&[u32::MAX])]).await, "seat-unknown");
    assert_eq!(code(vec![seats_wanted(&[7])]).await, "seats-gone", "the director's");
    assert_eq!(code(vec![seats_wanted(&[9])]).await, "companion-alone");
    let area = |area| Want::Area { area: AreaId(area), ticket_types: vec![ADULT] };
    assert_eq!(code(vec![area(1)]).await, "area-unknown");
    let category = CategoryId(9);
    let want = Want::Best { category, ticket_types: vec![ADULT], may_split: true };
    assert_eq!(code(vec![want]).await, "category-unknown");
    let want = Want::Area { area: FLOOR, ticket_types: vec![TicketTypeId(2)] };
    assert_eq!(code(vec![want]).await, "not-for-sale");
    // One command id for two different wishes.
    let (cart, command) = (world.shop.new_cart(), world.command());
    let performance = world.performance;
    let admitted = world.admitted(cart, Purpose::Hold).await.unwrap();
    let hold = |want| world.shop.hold_in_cart(cart, performance, vec![want], admitted, command);
    let first = hold(seats_wanted(&[0])).await.unwrap();
    assert_eq!(hold(seats_wanted(&[0])).await.unwrap().positions, first.positions);
    let reused = hold(seats_wanted(&[1])).await.unwrap_err();
    assert!(matches!(reused, Error::Refused(Refusal::CommandReused)), "{reused:?}");
}

pub async fn the_status_tells_what_changed(world: World) {
    let Status::Full(first) = world.shop.status(world.performance, None).await.unwrap() else {
        panic!("nothing was seen before");
    };
    assert!(first.is_free(SeatId(0)) && !first.is_free(SeatId(7)));
    assert_eq!(first.areas, [10]);
    let (_, held) = world.hold_seats(&[3]).await;
    let cart = world.shop.new_cart();
    world.hold(cart, vec![floor_wanted(4)]).await.unwrap();
    let version = first.version();
    let status = world.shop.status(world.performance, Some(&version)).await.unwrap();
    // Of a hall this small, the whole is as short as what changed.
    let now = match status {
        Status::Full(now) => now,
        Status::Delta { now, taken, freed, since } => {
            assert_eq!((taken, freed, since), (vec![SeatId(3)], vec![], version));
            now
        }
    };
    assert!(!now.is_free(SeatId(3)));
    assert_eq!(now.areas, [6]);
    assert_ne!(now.version(), first.version());
    world.shop.release(held.at, world.command()).await.unwrap();
    for unknown in ["", "0-0", "x", "ffffffffffffffffffff-1"] {
        let status = world.shop.status(world.performance, Some(unknown)).await.unwrap();
        let Status::Full(now) = status else { panic!("{unknown} was never seen") };
        assert!(now.is_free(SeatId(3)));
    }
}
