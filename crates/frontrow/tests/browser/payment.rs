//! What happens when a payment fails.

use crate::{chrome::Visitor, fan::Fan, shop::Shop};

#[tokio::test]
async fn a_failed_payment_says_so_and_can_be_tried_again() {
    let shop = Shop::start().await;
    let performance = shop.performance("noc-v-kotelne").await;
    let fan = Fan::visit(&shop, Visitor::phone()).await;
    fan.open(&format!("/performances/{performance}")).await;
    fan.click("details.offer[open] .stepper button:last-child").await;
    fan.click("details.offer[open] button.primary").await;
    fan.click("a[href^='/checkout/']").await;
    fan.fill("#email", "jana@example.org").await;
    fan.fill("#name", "Jana Nováková").await;
    fan.click("#terms").await;
    fan.click("form[novalidate] button.primary").await;

    fan.click("button[value=fail]").await;
    fan.arrives_at(".outcome.bad").await;
    fan.reads(".outcome", "Platba neprošla").await;
    fan.reads(".outcome", "Nic jsme nestrhli").await;
    assert!(fan.is_there("[data-countdown]").await, "the places are still held");
    assert!(!fan.is_there("a[href*='/tickets/']").await, "nothing was paid");

    fan.click("form[action$='/pay'] button.primary").await;
    fan.click("button[value=succeed]").await;
    fan.arrives_at(".actions a.primary[href*='/tickets/']").await;
    assert_eq!(fan.count(".items a[href*='/tickets/']").await, 1, "one place, one ticket");
    fan.leaves().await;
}
