//! From the front page to tickets in hand, and what happens when a payment goes another way.

use axum::http::StatusCode;

use crate::rig::{Answer, Visitor, World};

/// Fills in the checkout of what the visitor holds and goes to the bank.
async fn at_the_bank(world: &World, visitor: &mut Visitor) -> Answer {
    let page = visitor.get(&format!("/checkout/{}", world.performance)).await;
    let contact = [("email", "jana@example.com"), ("name", "Jana Nováková"), ("terms", "1")];
    let answer = visitor.send(&page, "email", &contact).await;
    visitor.get(answer.location()).await
}

#[tokio::test]
async fn a_fan_without_scripts_buys_standing_places_and_holds_tickets() {
    let world = World::new().await;
    let mut fan = world.visitor();
    let front = fan.get("/").await;
    let event = fan.get(front.links("/events/")[0]).await;
    assert_eq!(event.heading(), "Boiler Room Night: Analog Sessions");
    let page = fan.get(event.links("/performances/")[0]).await;
    let held = fan.send(&page, "area.0.0", &[("area.0.0", "2")]).await;
    let cart = fan.get(held.location()).await;
    assert!(cart.html.contains("CZK\u{a0}700"), "two at 350: {}", cart.html);
    assert!(cart.html.contains("<span class=\"count\">2"), "the header counts them");
    let bank = at_the_bank(&world, &mut fan).await;
    assert!(bank.html.contains("CZK\u{a0}700"), "the price shown is the price charged");
    let sent = fan.send(&bank, "outcome", &[("outcome", "succeed")]).await;
    let order = fan.get(sent.location()).await;
    assert_eq!(order.heading(), "Paid. See you there!");
    let tickets = order.links("/orders/");
    let ticket = tickets.iter().find(|link| link.ends_with("/tickets/2")).unwrap();
    let ticket = fan.get(ticket).await;
    assert!(ticket.html.contains("class=\"qr\"") && ticket.html.contains("Ticket 2/2"));
    for paper in ["a4", "phone"] {
        let link = tickets.iter().find(|link| link.ends_with(&format!("{paper}.pdf"))).unwrap();
        let pdf = fan.get(link).await;
        assert_eq!(pdf.header("content-type"), "application/pdf");
        assert!(pdf.bytes.starts_with(b"%PDF-"));
    }
    assert_eq!(fan.get("/cart").await.heading(), "Your cart");
    assert!(fan.get("/cart").await.html.contains("Nothing held yet"), "what is sold has left it");
}

#[tokio::test]
async fn a_declined_payment_costs_nothing_and_may_be_tried_again() {
    let world = World::new().await;
    let mut fan = world.visitor_with_cart().await;
    let bank = at_the_bank(&world, &mut fan).await;
    let sent = fan.send(&bank, "outcome", &[("outcome", "fail")]).await;
    let order = fan.get(sent.location()).await;
    assert_eq!(order.heading(), "The payment did not go through");
    let again = fan.send(&order, "/pay", &[]).await;
    let bank = fan.get(again.location()).await;
    let sent = fan.send(&bank, "outcome", &[("outcome", "succeed")]).await;
    assert_eq!(fan.get(sent.location()).await.heading(), "Paid. See you there!");
}

#[tokio::test]
async fn a_bank_that_stays_silent_leaves_a_page_that_waits_and_leads_back_to_it() {
    let world = World::new().await;
    let mut fan = world.visitor_with_cart().await;
    let bank = at_the_bank(&world, &mut fan).await;
    let sent = fan.send(&bank, "outcome", &[("outcome", "never")]).await;
    let order = fan.get(sent.location()).await;
    assert_eq!(order.heading(), "Waiting for the payment");
    assert!(order.html.contains("http-equiv=\"refresh\""), "without scripts it asks again");
    assert_eq!(order.links("/pay/test/").len(), 1);
    let cart = fan.get("/cart").await;
    assert!(cart.html.contains("A payment for these places is open"));
}

#[tokio::test]
async fn a_bank_whose_database_is_away_is_waited_for_like_everything_else() {
    let world = World::new().await;
    let mut fan = world.visitor_with_cart().await;
    let page = fan.get(&format!("/checkout/{}", world.performance)).await;
    let contact = [("email", "jana@example.com"), ("name", "Jana Nováková"), ("terms", "1")];
    let address = fan.send(&page, "email", &contact).await.location().to_owned();
    let bank = fan.get(&address).await;
    world.shop.store().close().await.unwrap();
    // The request waits for as long as it may; nobody else has to.
    tokio::time::pause();
    let sent = fan.send(&bank, "outcome", &[("outcome", "succeed")]).await;
    assert_eq!(sent.status, StatusCode::SERVICE_UNAVAILABLE, "a balancer asks another replica");
    assert!(!sent.header("retry-after").is_empty());
    assert_eq!(fan.get(&address).await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn every_fault_of_the_contact_data_is_named_beside_its_field() {
    let world = World::new().await;
    let mut fan = world.visitor_with_cart().await;
    let page = fan.get(&format!("/checkout/{}", world.performance)).await;
    let answer = fan.send(&page, "email", &[("email", "jana@"), ("name", " ")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["email", "name", "terms"] {
        assert!(answer.html.contains(&format!("href=\"#{field}\"")), "{field} is in the summary");
        assert!(answer.html.contains(&format!("id=\"{field}-error\"")), "{field} has its error");
    }
    assert!(answer.html.contains("value=\"jana@\""), "what was entered is kept");
}

#[tokio::test]
async fn lapsed_places_come_back_on_a_button() {
    let world = World::new().await;
    let mut fan = world.visitor_with_cart().await;
    world.clock.pass_ms(20 * 60_000);
    let cart = fan.get("/cart").await;
    assert!(cart.html.contains("The time for these places has run out"));
    // The ledger notices within its interval; wait for the level.
    for _ in 0..500 {
        let cart = fan.get("/cart").await;
        fan.send(&cart, "/cart/reacquire", &[]).await;
        let cart = fan.get("/cart").await;
        if cart.html.contains("Held for you for") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the same places did not come back");
}

#[tokio::test]
async fn places_are_given_back_one_by_one_and_all_at_once() {
    let world = World::new().await;
    let mut fan = world.visitor_with_cart().await;
    let count = |page: &Answer| page.html.matches("item-what").count();
    let cart = fan.get("/cart").await;
    assert_eq!(count(&cart), 2);
    fan.send(&cart, "name=\"position\" value=\"1\"", &[]).await;
    let cart = fan.get("/cart").await;
    assert_eq!(count(&cart), 1);
    fan.send(&cart, "/cart/release", &[]).await;
    assert_eq!(count(&fan.get("/cart").await), 0);
    let second_click = fan.send(&cart, "/cart/release", &[]).await;
    assert_eq!(second_click.status, StatusCode::SEE_OTHER, "it was given back before");
}

#[tokio::test]
async fn a_shop_that_cannot_take_money_says_so_and_binds_nothing() {
    let world = World::paid_through(None).await;
    let mut fan = world.visitor_with_cart().await;
    let cart = at_the_bank(&world, &mut fan).await;
    assert_eq!(cart.heading(), "Your cart");
    assert!(cart.html.contains("cannot take payments yet"), "{}", cart.html);
    assert!(cart.html.contains("CZK\u{a0}700"), "the places are still held");
}
