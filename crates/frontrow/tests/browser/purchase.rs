//! The whole way from the front page to a ticket with a barcode.

use crate::{chrome::Visitor, fan::Fan, shop::Shop};

#[tokio::test]
async fn a_fan_buys_standing_places_on_a_phone_in_czech() {
    let shop = Shop::start().await;
    let fan = Fan::visit(&shop, Visitor::phone()).await;
    go_to_the_club(&fan).await;
    fan.click("details.offer:has([name^='area.']) summary").await;
    let more = "details.offer[open] .stepper button:last-child";
    fan.click(more).await;
    fan.click(more).await;
    fan.reads("details.offer[open] button.primary", "700").await;
    buy(&fan).await;
    fan.reads(".outcome h1", "Zaplaceno").await;
    read_mail(&fan).await;
    fan.leaves().await;
}

#[tokio::test]
async fn a_fan_buys_the_best_seats_on_a_desktop_in_english() {
    let shop = Shop::start().await;
    let fan = Fan::visit(&shop, Visitor::desktop()).await;
    go_to_the_club(&fan).await;
    fan.click("details.offer[open] .stepper button:last-child").await;
    fan.click("details.offer[open] .stepper button:last-child").await;
    buy(&fan).await;
    fan.reads(".outcome h1", "Paid").await;
    read_mail(&fan).await;
    fan.leaves().await;
}

/// From the front page to the club's night.
async fn go_to_the_club(fan: &Fan) {
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

/// From two chosen places to the order and one of its tickets, and back to the order.
async fn buy(fan: &Fan) {
    fan.click("details.offer[open] button.primary").await;
    fan.arrives_at("[data-countdown] [data-left]").await;
    assert_eq!(fan.count(".stub .items > li").await, 2, "both places are held");
    fan.click("a[href^='/checkout/']").await;
    fan.arrives_at("#email").await;
    assert!(fan.is_there("[data-countdown]").await, "the time left is shown until the end");
    fan.click("form[novalidate] button.primary").await;
    fan.arrives_at("#email-error").await;
    fan.fill("#email", "jana@example.org").await;
    fan.fill("#name", "Jana Nováková").await;
    fan.click("#terms").await;
    fan.click("form[novalidate] button.primary").await;
    fan.arrives_at("button[value=succeed]").await;
    fan.click("button[value=succeed]").await;
    fan.arrives_at(".actions a.primary[href*='/tickets/']").await;
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
