//! Undoing a purchase.

use frontrow_payments::test_provider::account::Behaviour;
use frontrow_shop::orders::Stage;

use crate::world::{World, floor_wanted};

pub async fn a_cancelled_place_returns_once_with_its_money(world: World) {
    let cart = world.shop.new_cart();
    let held = world.hold(cart, vec![floor_wanted(3)]).await.unwrap();
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    world.choose(&payment, Behaviour::Succeed).await;
    world.returned(&token).await.unwrap();
    let id = world.order(&token).await.details.order.id;
    let command = world.command();
    for _ in 0..3 {
        world.shop.cancel(id, Some(vec![1]), command).await.unwrap();
    }
    assert!(world.shop.cancel(id, Some(vec![1]), world.command()).await.is_err());
    world.settle_down().await;
    assert_eq!(world.left().await.1, 8);
    assert_eq!(world.given_back(&payment).await, 30_000);
    let view = world.order(&token).await;
    assert_eq!(view.stage, Stage::Paid);
    let valid = view.details.tickets.iter().filter(|ticket| ticket.voided_at.is_none());
    assert_eq!(valid.count(), 2);
    assert_eq!(world.mails().await.len(), 2, "tickets, and the cancellation");
    world.all_is_well().await;
}

pub async fn a_cancelled_order_gives_everything_back(world: World) {
    let cart = world.shop.new_cart();
    let held = world.hold(cart, vec![floor_wanted(3)]).await.unwrap();
    let (token, payment) = world.at_the_bank(&held, "jana@example.com").await;
    world.choose(&payment, Behaviour::Succeed).await;
    world.returned(&token).await.unwrap();
    let id = world.order(&token).await.details.order.id;
    world.shop.cancel(id, Some(vec![0]), world.command()).await.unwrap();
    world.shop.cancel(id, None, world.command()).await.unwrap();
    world.settle_down().await;
    assert_eq!(world.left().await.1, 10);
    assert_eq!(world.given_back(&payment).await, 90_000);
    assert_eq!(world.order(&token).await.stage, Stage::Cancelled);
    // Money that is announced once more does not revive it.
    world.returned(&token).await.unwrap();
    assert_eq!(world.order(&token).await.stage, Stage::Cancelled);
    world.all_is_well().await;
}
