//! What a fan sees of a bank that fails, dawdles or repeats itself.

use crate::{chrome::Visitor, fan::Fan, shop::Shop};

const CLUB: &str = "noc-v-kotelne";
const TICKETS: &str = ".items a[href*='/tickets/']";

#[tokio::test]
async fn a_failed_payment_says_so_and_can_be_tried_again() {
    let shop = Shop::start().await;
    let fan = Fan::visit(&shop, Visitor::phone()).await;
    fan.goes_to_the_bank(&shop.performance(CLUB).await, 1).await;

    fan.click("button[value=fail]").await;
    fan.arrives_at(".outcome.bad").await;
    fan.reads(".outcome", "Platba neprošla").await;
    fan.reads(".outcome", "Nic jsme nestrhli").await;
    assert!(fan.is_there("[data-countdown]").await, "the places are still held");
    assert!(!fan.is_there(TICKETS).await, "nothing was paid");

    fan.click("form[action$='/pay'] button.primary").await;
    fan.click("button[value=cancel]").await;
    fan.reads(".outcome", "Platba neprošla").await;

    fan.click("form[action$='/pay'] button.primary").await;
    fan.click("button[value=succeed]").await;
    fan.arrives_at(".actions a.primary[href*='/tickets/']").await;
    assert_eq!(fan.count(TICKETS).await, 1, "one place, one ticket");
    fan.leaves().await;
}

#[tokio::test]
async fn a_late_payment_turns_into_tickets_before_the_fans_eyes() {
    let shop = Shop::start().await;
    let fan = Fan::visit(&shop, Visitor::desktop()).await;
    fan.goes_to_the_bank(&shop.performance(CLUB).await, 2).await;
    fan.click("button[value=succeed-late]").await;
    fan.arrives_at(".outcome [role=status]").await;
    fan.reads(".outcome h1", "Waiting for the payment").await;
    assert!(!fan.is_there(TICKETS).await, "nothing was paid yet");
    fan.sees(TICKETS).await;
    fan.arrives_at(".outcome.good").await;
    assert_eq!(fan.count(TICKETS).await, 2);
    fan.leaves().await;
}

#[tokio::test]
async fn without_scripts_the_page_that_waits_asks_by_itself() {
    let shop = Shop::start().await;
    let fan = Fan::visit(&shop, Visitor::phone().without_scripts()).await;
    fan.goes_to_the_bank(&shop.performance(CLUB).await, 1).await;
    fan.click("button[value=succeed-late]").await;
    fan.reads(".outcome h1", "Čekáme na platbu").await;
    fan.sees(TICKETS).await;
    fan.leaves().await;
}

#[tokio::test]
async fn money_that_is_told_twice_or_not_at_all_buys_once() {
    let shop = Shop::start().await;
    let performance = shop.performance(CLUB).await;
    let fan = Fan::visit(&shop, Visitor::desktop()).await;
    for (bought, way) in ["succeed-twice", "succeed-silently"].into_iter().enumerate() {
        fan.goes_to_the_bank(&performance, 2).await;
        fan.click(&format!("button[value={way}]")).await;
        fan.arrives_at(".outcome.good").await;
        fan.sees(TICKETS).await;
        assert_eq!(fan.count(TICKETS).await, 2, "{way}: a ticket for each place");
        let mails = bought + 1;
        fan.open_until("/dev/outbox", &format!(".mails li:nth-child({mails})")).await;
        assert_eq!(fan.count(".mails li").await, mails, "{way}: one mail for each order");
    }
    fan.leaves().await;
}
