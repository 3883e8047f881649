//! How waiting ends for those whose turn never comes.

use serde_json::json;

use super::{Room, shown};
use crate::{chrome::Visitor, fan::Fan, shop::Shop};

#[tokio::test]
async fn when_everything_is_sold_everybody_is_told() {
    let shop = Shop::start().await;
    shop.sells_two_places();
    let room = Room::for_one(&shop, "two-places").await;
    let buyer = Fan::visit(&shop, Visitor::desktop()).await;
    buyer.joins(&room).await;
    buyer.sees(&shown("turn")).await;
    let waits = Fan::visit(&shop, Visitor::phone()).await;
    waits.joins(&room).await;
    let plain = Fan::visit(&shop, Visitor::desktop().without_scripts()).await;
    plain.joins(&room).await;

    buyer.click("form[action$='/enter'] button").await;
    buyer.find("section.offers").await;
    buyer.click("details.offer:has([name^='area.']) summary").await;
    buyer.asks_for(2).await;
    buyer.click("details.offer[open] button.primary").await;
    buyer.pays_for_the_cart().await;
    // Everything is in a cart: it may come back, and the page says that it stands there.
    waits.find(&shown("waiting")).await;
    waits.sees("[data-small]:not([hidden])").await;
    buyer.click("button[value=succeed]").await;
    buyer.find(".actions a.primary[href*='/tickets/']").await;

    for fan in [&waits, &plain] {
        fan.sees(&shown("sold-out")).await;
        fan.arrives_at(&shown("sold-out")).await;
        fan.reads(".gone [data-left]", fan.word("vyprodáno", "sold out")).await;
        // The waiting list, which takes nobody's place away.
        fan.fill("[data-list] input[type=email]", fan.word("eva@example.org", "jan@example.org"))
            .await;
        fan.click("[data-list] form button").await;
        fan.arrives_at("[data-list] .good").await;
    }
    // Who comes only now stands behind everybody, and may hope as well.
    let late = Fan::visit(&shop, Visitor::phone().without_scripts()).await;
    late.open(&room.page()).await;
    late.click(&format!("{} form[action$='/join'] button", shown("sold-out"))).await;
    late.fill("[data-list] input[type=email]", "ota@example.org").await;
    late.click("[data-list] form button").await;
    late.arrives_at("[data-list] .good").await;
    // As by the API.
    room.joins().await;
    let listed = room.waiting_list().await;
    let emails = ["eva@example.org", "jan@example.org", "ota@example.org"];
    assert_eq!(listed, emails.map(|email| (email.to_owned(), false)));

    // The organiser takes the order back: whose turn it is now finds it in their mail.
    room.takes_back_the_order().await;
    // Who stands first sees it on the page before the turn is over, too.
    waits.sees(&shown("turn")).await;
    waits.finds_mail("Vrátila se místa").await;
    waits.open(&room.page()).await;
    waits.click(":is([data-state=turn], [data-state=missed]):not([hidden]) button").await;
    waits.find("section.offers").await;
    let told = room.waiting_list().await;
    assert!(told.contains(&("eva@example.org".to_owned(), true)), "{told:?}");
    assert!(told.contains(&("ota@example.org".to_owned(), false)), "{told:?}");
    for fan in [buyer, waits, plain, late] {
        fan.leaves().await;
    }
}

#[tokio::test]
async fn when_the_room_is_closed_those_who_wait_are_told_and_sent_on() {
    let shop = Shop::start().await;
    let room = Room::for_one(&shop, "noc-v-kotelne").await;
    let mut first = room.joins().await;
    room.lets_in(&mut first).await;
    let fan = Fan::visit(&shop, Visitor::phone()).await;
    fan.joins(&room).await;
    room.does(json!({ "action": "end" })).await;
    fan.sees(&shown("ended")).await;
    fan.arrives_at(&shown("ended")).await;
    fan.click(&format!("{} a", shown("ended"))).await;
    fan.find("section.offers .stepper").await;
    // Whoever comes back to the room later is in the shop at once.
    fan.open(&room.page()).await;
    fan.arrives_at("section.offers .stepper").await;
    fan.leaves().await;
}
