//! Choosing seats from the list of rows, for those who cannot use the map or would rather not.

use thirtyfour::By;

use crate::{chrome::Visitor, fan::Fan, shop::Shop};

const CLUB: &str = "noc-v-kotelne";

#[tokio::test]
async fn a_seat_lost_at_the_last_step_is_named() {
    let shop = Shop::start().await;
    let performance = shop.performance(CLUB).await;
    let fan = Fan::visit(&shop, Visitor::phone().without_scripts()).await;
    fan.open(&format!("/performances/{performance}")).await;
    let [first, second] = tick_two(&fan).await;

    // Lost before the ticket types are chosen: the page says which, and goes on with the other.
    shop.rival_takes(&performance, first).await;
    fan.click(".sticky-foot button").await;
    fan.arrives_at(".banner.bad").await;
    fan.reads(".banner.bad", "Někdo byl rychlejší").await;
    assert_eq!(fan.count("form[action$='/hold'] select").await, 1, "the other seat is left");

    // Lost while they are chosen: nothing is held by halves.
    shop.rival_takes(&performance, second).await;
    fan.click("form[action$='/hold'] button.primary").await;
    fan.arrives_at(".flashes .banner.bad").await;
    fan.reads(".flashes", "Někdo byl rychlejší").await;
    fan.reads(".flashes", "řada").await;
    assert!(!fan.is_there(".cart-link .count").await, "nothing is held");
    fan.find("section.offers").await;
    fan.leaves().await;
}

#[tokio::test]
async fn own_seats_are_told_from_those_of_others() {
    let shop = Shop::start().await;
    let performance = shop.performance(CLUB).await;
    let fan = Fan::visit(&shop, Visitor::desktop().without_scripts()).await;
    fan.open(&format!("/performances/{performance}")).await;
    tick_two(&fan).await;
    fan.click(".sticky-foot button").await;
    let types = fan.place().await;
    fan.click("form[action$='/hold'] button.primary").await;
    fan.find("[data-countdown]").await;

    // Gone back to the page before: the seats are not lost to somebody else.
    fan.open(&types).await;
    fan.arrives_at(".banner.note").await;
    fan.reads(".banner.note", "in your cart").await;
    assert!(!fan.is_there(".banner.bad").await, "nobody was faster");

    fan.open(&format!("/performances/{performance}/rows")).await;
    fan.click(".sections a").await;
    fan.arrives_at(".seats .own").await;
    assert_eq!(fan.count(".seats .own").await, 2);
    fan.reads(".seats .own", "in your cart").await;
    fan.leaves().await;
}

#[tokio::test]
async fn a_theatre_can_be_read_as_a_list() {
    let shop = Shop::start().await;
    let performance = shop.performance("vodnik-z-prehrady").await;
    let fan = Fan::visit(&shop, Visitor::phone()).await;
    fan.open(&format!("/performances/{performance}")).await;
    fan.arrives_at("seat-map canvas").await;
    fan.click(".jump a[href$='/rows']").await;
    fan.arrives_at(".sections a").await;
    fan.click(".sections a").await;
    fan.arrives_at(".seats label").await;
    fan.leaves().await;
}

/// From the page of a performance to two held seats.
pub async fn choose_two(fan: &Fan) {
    tick_two(fan).await;
    fan.click(".sticky-foot button").await;
    fan.arrives_at("form[action$='/hold'] select").await;
    assert_eq!(fan.count("form[action$='/hold'] select").await, 2, "a ticket type for each seat");
    fan.click("form[action$='/hold'] button.primary").await;
}

/// From the page of a performance to two ticked seats of its first section.
async fn tick_two(fan: &Fan) -> [u32; 2] {
    fan.click(".jump a[href$='/rows']").await;
    fan.arrives_at(".sections a").await;
    fan.click(".sections a").await;
    fan.arrives_at(".seats label").await;
    [tick(fan).await, tick(fan).await]
}

/// Ticks the first seat that is left. The box itself is hidden behind its label, which is what a fan touches.
pub async fn tick(fan: &Fan) -> u32 {
    fan.click(".seats label:has(input:not(:checked))").await;
    let ticked = fan.chrome.page.find_all(By::Css(".seats input:checked")).await.unwrap();
    ticked.last().unwrap().value().await.unwrap().unwrap().parse().unwrap()
}
