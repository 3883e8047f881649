//! Time runs out: in the cart, at a bank that never answers, and before money that comes late. The
//! fans come at the same moment, because each has to wait for minutes.

use crate::{chrome::Visitor, fan::Fan, rows, shop::Shop};

const TICKETS: &str = ".items a[href*='/tickets/']";

#[tokio::test]
async fn time_runs_out() {
    let shop = Shop::start().await;
    shop.sells_in_a_hurry();
    let performance = shop.performance("in-a-hurry").await;
    tokio::join!(
        the_cart_says_so_and_the_places_can_be_had_back(&shop, &performance),
        a_bank_that_never_answers(&shop, &performance),
        late_money_for_free_places_is_tickets(&shop, &performance),
        late_money_for_taken_places_goes_back(&shop, &performance),
    );
}

async fn the_cart_says_so_and_the_places_can_be_had_back(shop: &Shop, performance: &str) {
    let fan = Fan::visit(shop, Visitor::phone()).await;
    fan.open(&format!("/performances/{performance}")).await;
    fan.click("details.offer:has([name^='area.']) summary").await;
    fan.asks_for(1).await;
    fan.click("details.offer[open] button.primary").await;
    fan.find("[data-countdown]").await;
    fan.sees(".stub .banner.bad").await;
    fan.arrives_at(".stub .banner.bad").await;
    fan.reads(".stub .banner.bad", "Čas na tato místa vypršel").await;
    fan.click("form[action$='/reacquire'] button").await;
    fan.arrives_at("[data-countdown]").await;
    assert_eq!(fan.count(".stub .items > li").await, 1, "the same place is held again");
    fan.leaves().await;
}

async fn a_bank_that_never_answers(shop: &Shop, performance: &str) {
    let fan = Fan::visit(shop, Visitor::desktop()).await;
    fan.goes_to_the_bank(performance, 1).await;
    fan.click("button[value=never]").await;
    fan.reads(".outcome h1", "Waiting for the payment").await;
    fan.sees(".outcome.bad").await;
    fan.arrives_at(".outcome.bad").await;
    fan.reads(".outcome", "Nothing was charged").await;
    assert!(!fan.is_there(TICKETS).await);
    fan.leaves().await;
}

async fn late_money_for_free_places_is_tickets(shop: &Shop, performance: &str) {
    let fan = Fan::visit(shop, Visitor::phone()).await;
    fan.goes_to_the_bank(performance, 1).await;
    fan.click("button[value=succeed-after-expiry]").await;
    // The bank sends the fan on; until then the place is the bank's page.
    fan.reads(".outcome h1", "Čekáme na platbu").await;
    let order = fan.place().await;
    fan.open_until(&order, ".outcome.good").await;
    fan.sees(TICKETS).await;
    fan.arrives_at(TICKETS).await;
    fan.leaves().await;
}

async fn late_money_for_taken_places_goes_back(shop: &Shop, performance: &str) {
    let fan = Fan::visit(shop, Visitor::desktop()).await;
    fan.open(&format!("/performances/{performance}/rows")).await;
    fan.click(".sections li:last-child a").await;
    let seat = rows::tick(&fan).await;
    fan.click(".sticky-foot button").await;
    fan.click("form[action$='/hold'] button.primary").await;
    fan.pays_for_the_cart().await;
    fan.click("button[value=succeed-after-expiry]").await;
    fan.reads(".outcome h1", "Waiting for the payment").await;
    let order = fan.place().await;
    // A rival waits for the very moment in which the seat is not held any more.
    while shop.rival_tries(performance, seat).await != 201 {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    fan.open_until(&order, ".outcome.note:not(:has([role=status]))").await;
    fan.arrives_at(".outcome.note").await;
    assert!(!fan.is_there(TICKETS).await, "the seat is somebody else's");
    fan.open_until("/dev/outbox", ".mails a").await;
    fan.leaves().await;
}
