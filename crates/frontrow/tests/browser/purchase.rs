//! The whole way from the front page to a ticket with a barcode: best available, standing places
//! and the list of rows, for everybody.

use crate::{chrome::Visitor, fan::Fan, rows, shop::Shop};

const EVENT: &str = "/events/noc-v-kotelne";

#[tokio::test]
async fn on_a_phone_in_czech() {
    buy_in_every_way(Visitor::phone()).await;
}

#[tokio::test]
async fn on_a_phone_in_english() {
    buy_in_every_way(Visitor::phone().in_english()).await;
}

#[tokio::test]
async fn on_a_desktop_in_czech() {
    buy_in_every_way(Visitor::desktop().in_czech()).await;
}

#[tokio::test]
async fn on_a_desktop_in_english() {
    buy_in_every_way(Visitor::desktop()).await;
}

#[tokio::test]
async fn on_a_phone_in_czech_without_scripts() {
    buy_in_every_way(Visitor::phone().without_scripts()).await;
}

#[tokio::test]
async fn on_a_phone_in_english_without_scripts() {
    buy_in_every_way(Visitor::phone().in_english().without_scripts()).await;
}

#[tokio::test]
async fn on_a_desktop_in_czech_without_scripts() {
    buy_in_every_way(Visitor::desktop().in_czech().without_scripts()).await;
}

#[tokio::test]
async fn on_a_desktop_in_english_without_scripts() {
    buy_in_every_way(Visitor::desktop().without_scripts()).await;
}

async fn buy_in_every_way(visitor: Visitor) {
    let shop = Shop::start().await;
    let fan = Fan::visit(&shop, visitor).await;

    find_the_club(&fan).await;
    fan.asks_for(2).await;
    fan.click("details.offer[open] button.primary").await;
    buy(&fan).await;

    go_to_the_club(&fan).await;
    fan.click("details.offer:has([name^='area.']) summary").await;
    fan.asks_for(2).await;
    fan.click("details.offer[open] button.primary").await;
    buy(&fan).await;

    go_to_the_club(&fan).await;
    rows::choose_two(&fan).await;
    buy(&fan).await;

    read_mail(&fan).await;
    fan.leaves().await;
}

/// From the front page to the club's event, by searching.
async fn find_the_club(fan: &Fan) {
    fan.arrives_at("form.search").await;
    fan.fill("#q", "kotelne").await;
    fan.click("form.search button").await;
    fan.arrives_at(".found").await;
    assert_eq!(fan.count(".card").await, 1, "the search finds one event");
    fan.click(".card h2 a").await;
    fan.arrives_at(".showings").await;
    fan.click(".showings a.button").await;
    fan.arrives_at("section.offers").await;
}

async fn go_to_the_club(fan: &Fan) {
    fan.open(EVENT).await;
    fan.click(".showings a.button").await;
    fan.find("section.offers").await;
}

/// From two held places to the order and one of its tickets, and back to the order.
async fn buy(fan: &Fan) {
    fan.arrives_at("[data-countdown] [data-left]").await;
    assert_eq!(fan.count(".stub .items > li").await, 2, "both places are held");
    fan.click("a[href^='/checkout/']").await;
    fan.arrives_at("#email").await;
    assert!(fan.is_there("[data-countdown]").await, "the time left is shown until the end");
    fan.click("form[novalidate] button.primary").await;
    fan.arrives_at("#email-error").await;
    fan.gives_contact().await;
    fan.click("form[novalidate] button.primary").await;
    fan.arrives_at("button[value=succeed]").await;
    fan.click("button[value=succeed]").await;
    fan.arrives_at(".actions a.primary[href*='/tickets/']").await;
    fan.reads(".outcome h1", fan.word("Zaplaceno", "Paid")).await;
    assert_eq!(fan.count(".items a[href*='/tickets/']").await, 2, "a ticket for each place");
    fan.click(".actions a.primary").await;
    fan.arrives_at("svg.qr").await;
    let barcode = fan.find("svg.qr path:last-child").await.attr("d").await.unwrap().unwrap();
    assert!(barcode.len() > 500, "the barcode is drawn: {barcode}");
    fan.click(".ticket-nav a[rel=next]").await;
    fan.reads(".ticket-count", "2/2").await;
    fan.click(".ticket-nav a:not([rel])").await;
    fan.find(".outcome.good").await;
}

/// The tickets also come by mail: in a demonstration, to the outbox.
async fn read_mail(fan: &Fan) {
    let mail = ".sections a[href^='/dev/outbox/']";
    fan.open_until("/dev/outbox", mail).await;
    fan.arrives_at(mail).await;
    fan.click(mail).await;
    fan.arrives_at("main h1").await;
    fan.reads("main", "jana@example.org").await;
}
