//! Choosing seats one by one, with others choosing at the same time.

use thirtyfour::Key;

use crate::{chrome::Visitor, fan::Fan, shop::Shop};

const CLUB: &str = "noc-v-kotelne";

#[tokio::test]
async fn a_seat_chosen_by_keyboard_is_held_and_found_again() {
    let shop = Shop::start().await;
    let performance = shop.performance(CLUB).await;
    let fan = Fan::visit(&shop, Visitor::desktop()).await;
    fan.open(&format!("/performances/{performance}")).await;
    choose_in_the_middle(&fan).await;
    fan.arrives_at("#map-tray select").await;
    fan.click("#map-tray button.primary").await;
    fan.arrives_at("[data-countdown]").await;
    let place = fan.find(".items .item-what b").await.text().await.unwrap();

    fan.open("/").await;
    fan.reads(".cart-link .count", "1").await;
    fan.click(".cart-link").await;
    fan.reads(".items .item-what b", &place).await;
    fan.leaves().await;
}

#[tokio::test]
async fn who_looks_sees_a_chosen_seat_being_taken() {
    let shop = Shop::start().await;
    let performance = shop.performance(CLUB).await;
    let fan = Fan::visit(&shop, Visitor::phone()).await;
    fan.open(&format!("/performances/{performance}")).await;
    choose_in_the_middle(&fan).await;
    let chosen = fan.find("#map-tray select").await.attr("name").await.unwrap().unwrap();
    let seat = chosen.strip_prefix("seat.").unwrap().parse().unwrap();

    shop.rival_takes(&performance, seat).await;
    fan.reads(".tray-message", "Někdo byl rychlejší").await;
    assert!(!fan.is_there(&format!("[name='{chosen}']")).await, "it is not chosen any more");
    fan.click(".tray-message button").await;
    let other = fan.find("#map-tray select").await.attr("name").await.unwrap().unwrap();
    assert_ne!(other, chosen, "the nearest free seat is offered instead");
    fan.arrives_at("#map-tray").await;
    fan.leaves().await;
}

/// Arrow keys walk on the map, Enter chooses.
async fn choose_in_the_middle(fan: &Fan) {
    fan.find("seat-map canvas").await;
    let map = fan.find("seat-map .map-box").await;
    map.focus().await.unwrap();
    map.send_keys(Key::Right + Key::Enter).await.unwrap();
    fan.find("#map-tray select").await;
}
