//! The process dies at every step, and what it left is finished by the next.
//!
//! A step ends where a future waits, so each test runs the same purchase again and again, dropping it after one more
//! poll each time, until it runs through. Dropping a future is a crash: nothing after that point happens, and nothing
//! before it is undone.

use frontrow_payments::{provider::ProviderRef, test_provider::account::Behaviour};
use frontrow_shop::{cart::HoldView, orders::Stage};
use frontrow_store::payments::PaymentState;

use crate::world::{MINUTE, World, crash_after, floor_wanted};

/// More polls than any of these futures needs; a test that gets here never finished.
const POLLS_MAX: usize = 2_000;

/// How many polls to skip between two crashes, so that the whole takes seconds: prime, to hit different places.
const STRIDE: usize = 3;

pub async fn a_crash_at_any_step_of_a_hold_leaves_it_in_its_cart(mut world: World) {
    let mut finished = false;
    for polls in 0..POLLS_MAX {
        let cart = world.shop.new_cart();
        let held = crash_after(polls, world.hold(cart, vec![floor_wanted(1)])).await;
        finished = held.transpose().unwrap().is_some();
        world.restart();
        // What the log says of the cart, and only then what the cart shows: an append may still be on its way.
        if let Some(held) = world.shop.cart_hold(cart, world.performance).await.unwrap() {
            let shown = world.shop.cart(cart).await.unwrap();
            assert_eq!(shown.len(), 1, "after {polls} polls");
            assert_eq!(shown[0].positions, held.positions);
        }
        if finished {
            break;
        }
        world.pass(16 * MINUTE).await;
    }
    assert!(finished, "the hold never ran through");
}

pub async fn a_crash_at_any_step_of_the_checkout_loses_nothing(mut world: World) {
    let mut finished = false;
    for polls in (0..POLLS_MAX).step_by(STRIDE) {
        let cart = world.shop.new_cart();
        let held = world.hold(cart, vec![floor_wanted(1)]).await.unwrap();
        let email = format!("fan{polls}@example.com");
        finished = crash_after(polls, world.check_out(&held, &email)).await.is_some();
        world.restart();
        // The fan presses the button again, and nothing has changed for them.
        let (token, payment) = world.at_the_bank(&held, &email).await;
        world.choose(&payment, Behaviour::Succeed).await;
        world.returned(&token).await.unwrap();
        world.expect_tickets(&token, 1).await;
        free_the_floor(&world, &token).await;
        if finished {
            break;
        }
    }
    assert!(finished, "the checkout never ran through");
    world.settle_down().await;
    world.all_is_well().await;
    for order in world.audit().await {
        assert_eq!(order.payments.len(), 1, "one payment each: {order:?}");
    }
}

pub async fn a_crash_at_any_step_of_the_settlement_ends_as_ticket_or_refund(mut world: World) {
    let mut finished = false;
    let mut payments = Vec::new();
    for polls in (0..POLLS_MAX).step_by(STRIDE) {
        let cart = world.shop.new_cart();
        let held = world.hold(cart, vec![floor_wanted(1)]).await.unwrap();
        let (token, payment) = world.at_the_bank(&held, &format!("fan{polls}@example.com")).await;
        world.choose(&payment, Behaviour::Succeed).await;
        finished = crash_after(polls, world.returned(&token)).await.is_some();
        world.restart();
        settle_with_a_lease(&world).await;
        world.expect_tickets(&token, 1).await;
        free_the_floor(&world, &token).await;
        payments.push(payment);
        if finished {
            break;
        }
    }
    assert!(finished, "the settlement never ran through");
    world.settle_down().await;
    for payment in payments {
        assert_eq!(world.given_back(&payment).await, 30_000, "cancelled above, once");
    }
    world.all_is_well().await;
}

pub async fn a_crash_at_any_step_of_a_refund_refunds_once(mut world: World) {
    let mut finished = false;
    for polls in (0..POLLS_MAX).step_by(STRIDE) {
        let (token, payment, other) = late_money(&world, polls).await;
        // Everything the worker does about it, cut off after so many steps.
        let all = async {
            world.returned(&token).await.unwrap();
            while world.shop.work_once().await {}
        };
        finished = crash_after(polls, all).await.is_some();
        world.restart();
        // What the dead process had claimed is free again when its lease has lapsed, and a transaction that it left
        // behind when the database notices.
        for round in 0.. {
            world.clock.pass_ms(if round < 4 { MINUTE + 1 } else { 1_000 });
            while world.shop.work_once().await {}
            if round >= 4 && world.order(&token).await.stage == Stage::Refunded {
                break;
            }
            assert!(round < 200, "never refunded, after {polls} polls");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        assert_eq!(world.given_back(&payment).await, 50_000, "after {polls} polls");
        assert_eq!(world.order(&token).await.stage, Stage::Refunded);
        let audit = world.audit().await;
        let states = audit.iter().flat_map(|order| &order.payments).map(|one| one.state);
        assert!(states.into_iter().all(|state| state == PaymentState::Refunded));
        world.shop.release(other.at, world.command()).await.unwrap();
        if finished {
            break;
        }
    }
    assert!(finished, "the refund never ran through");
    world.settle_down().await;
    world.all_is_well().await;
}

/// Money that arrives when its seat is in somebody else's cart.
async fn late_money(world: &World, number: usize) -> (String, ProviderRef, HoldView) {
    let (_, held) = world.hold_seats(&[0]).await;
    let (token, payment) = world.at_the_bank(&held, &format!("late{number}@example.com")).await;
    world.choose(&payment, Behaviour::SucceedSilently).await;
    world.pass(16 * MINUTE).await;
    let (_, other) = world.hold_seats(&[0]).await;
    (token, payment, other)
}

/// The worker of the next process: what the dead one had for itself is free again after its lease.
async fn settle_with_a_lease(world: &World) {
    while world.shop.work_once().await {}
    world.clock.pass_ms(25_000);
    while world.shop.work_once().await {}
    world.shop.project(world.performance).await.unwrap();
}

/// Makes room for the next round.
async fn free_the_floor(world: &World, token: &str) {
    let id = world.order(token).await.details.order.id;
    world.shop.cancel(id, None, world.command()).await.unwrap();
}
