//! The big ones on a small screen: a seat out of eighteen thousand by keyboard, and places of a
//! field with a name on each ticket.

use thirtyfour::Key;

use crate::{chrome::Visitor, fan::Fan, shop::Shop};

#[tokio::test]
async fn a_seat_of_the_arena_is_found_on_a_phone() {
    let shop = Shop::start().await;
    let performance = shop.performance("paper-tigers").await;
    let fan = Fan::visit(&shop, Visitor::phone()).await;
    fan.open(&format!("/performances/{performance}")).await;
    fan.click("a[data-map-jump]").await;
    fan.find("seat-map canvas").await;
    // Nearer, nearer, and the whole hall again.
    for tool in [1, 1, 3] {
        fan.click(&format!("seat-map .map-tools button:nth-child({tool})")).await;
    }
    let map = fan.find("seat-map .map-box").await;
    map.focus().await.unwrap();
    map.send_keys("+" + Key::Right + Key::Down + Key::Enter).await.unwrap();
    fan.arrives_at("#map-tray select").await;
    fan.click("#map-tray button.primary").await;
    fan.arrives_at("[data-countdown]").await;
    fan.reads(".items .item-what b", "řada").await;
    assert_eq!(fan.count(".stub .items > li").await, 1);
    fan.leaves().await;
}

#[tokio::test]
async fn every_ticket_of_the_field_carries_its_name() {
    let shop = Shop::start().await;
    let performance = shop.performance("meridian").await;
    let fan = Fan::visit(&shop, Visitor::phone()).await;
    fan.open(&format!("/performances/{performance}")).await;
    fan.arrives_at("section.offers").await;
    fan.asks_for(2).await;
    fan.click("details.offer[open] button.primary").await;
    fan.click("a[href^='/checkout/']").await;
    fan.gives_contact().await;
    fan.fill("[id='attendee.0']", "Petr Žďárský").await;
    fan.click("form[novalidate] button.primary").await;
    // One name is missing: nothing that was typed is lost.
    fan.arrives_at("[id='attendee.1-error']").await;
    let kept = fan.find("[id='attendee.0']").await.value().await.unwrap();
    assert_eq!(kept.as_deref(), Some("Petr Žďárský"));
    fan.fill("[id='attendee.1']", "Eva Nováková").await;
    fan.click("form[novalidate] button.primary").await;
    fan.click("button[value=succeed]").await;
    fan.arrives_at(".actions a.primary[href*='/tickets/']").await;
    let order = fan.place().await;
    fan.click(".actions a.primary").await;
    fan.reads(".ticket footer", "Petr Žďárský").await;
    fan.click(".ticket-nav a[rel=next]").await;
    fan.reads(".ticket footer", "Eva Nováková").await;

    for paper in ["a4", "phone"] {
        let pdf = reqwest::get(format!("{}{order}/tickets-{paper}.pdf", shop.url)).await.unwrap();
        assert_eq!(pdf.headers()["content-type"], "application/pdf");
        let pdf = pdf.bytes().await.unwrap();
        assert!(pdf.starts_with(b"%PDF-"), "{paper}");
        let pages = pdf.windows(8).filter(|bytes| bytes == b"/Count 2").count();
        assert!(pages > 0, "{paper}: a page for each of two tickets");
    }

    fan.open_until("/dev/outbox", ".mails a").await;
    fan.click(".mails a").await;
    fan.arrives_at("main a[href$='/html']").await;
    fan.reads("main", ".pdf").await;
    fan.click("main a[href$='/html']").await;
    fan.reads("body", "Vstupenky jsou tady").await;
    fan.reads("body", "4 600 Kč").await;
    fan.find("a[href*='/orders/']").await;
    fan.leaves().await;
}
