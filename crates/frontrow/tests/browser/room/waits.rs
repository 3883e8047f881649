//! From joining to tickets, and what may come in between: other devices, sleep, a lost network.

use serde_json::{Value, json};

use super::{Room, shown};
use crate::{chrome::Visitor, fan::Fan, shop::Shop};

const CLUB: &str = "noc-v-kotelne";
/// All that a page of the room asks for, in bytes as they come over the wire.
const PAGE_BYTES_MAX: u64 = 14_000;
const WEIGHT: &str = "return performance.getEntries()
    .filter(entry => entry.transferSize !== undefined && !entry.name.includes('/rooms/'))
    .reduce((sum, entry) => sum + entry.transferSize, 0)";
const TICKETS: &str = ".actions a.primary[href*='/tickets/']";

#[tokio::test]
async fn a_fan_waits_comes_in_holds_and_pays() {
    wait_and_buy(Visitor::phone()).await;
}

#[tokio::test]
async fn without_scripts_a_fan_waits_comes_in_holds_and_pays() {
    wait_and_buy(Visitor::desktop().without_scripts()).await;
}

async fn wait_and_buy(visitor: Visitor) {
    let shop = Shop::start().await;
    let room = Room::for_one(&shop, CLUB).await;
    let mut first = room.joins().await;
    room.lets_in(&mut first).await;

    let fan = Fan::visit(&shop, visitor).await;
    fan.open(&format!("/performances/{}", room.id)).await;
    fan.arrives_at(&format!("main a[href='{}']", room.page())).await;
    assert!(!fan.is_there(".stepper, [name^='area.']").await, "whoever waits holds nothing");
    fan.click(&format!("main a[href='{}']", room.page())).await;
    fan.arrives_at(&shown("queue")).await;
    fan.click("form[action$='/join'] button").await;
    fan.arrives_at(&shown("waiting")).await;
    fan.reads("[data-ahead]", "0").await;
    fan.reads("table", fan.word("Parket", "Dance floor")).await;
    fan.reads("table", fan.word("350 Kč", "CZK 350")).await;
    fan.reads("[data-left='2']", "260").await;
    if visitor.javascript {
        let weight = fan.tells(WEIGHT).await.as_u64().unwrap();
        assert!((1..=PAGE_BYTES_MAX).contains(&weight), "the page weighs {weight} bytes");
    }

    room.lets_out(first).await;
    fan.sees(&shown("turn")).await;
    fan.arrives_at(&shown("turn")).await;
    assert!(fan.is_there("[data-turn][data-countdown]").await, "the limit is shown");
    fan.click("form[action$='/enter'] button").await;
    fan.arrives_at("section.offers").await;
    fan.asks_for(1).await;
    fan.click("details.offer[open] button.primary").await;
    fan.pays_for_the_cart().await;
    fan.click("button[value=succeed]").await;
    fan.arrives_at(TICKETS).await;

    // Who has bought makes room for the next one.
    fan.open(&room.page()).await;
    fan.arrives_at(&shown("over")).await;
    let mut next = room.joins().await;
    room.lets_in(&mut next).await;
    fan.leaves().await;
}

#[tokio::test]
async fn before_the_start_fans_gather_and_check_the_draw() {
    let shop = Shop::start().await;
    let soon = json!({ "starts_in_minutes": 1, "opens_before_minutes": 1, "target": 1, "cap": 1 });
    let room = Room::before(&shop, CLUB, soon).await;
    let others = [room.joins().await, room.joins().await, room.joins().await];
    let one = Fan::visit(&shop, Visitor::phone()).await;
    one.open(&room.page()).await;
    one.arrives_at(&shown("gathering")).await;
    one.joins(&room).await;
    one.arrives_at(&shown("gathered")).await;
    let other = Fan::visit(&shop, Visitor::desktop().without_scripts()).await;
    other.joins(&room).await;
    other.arrives_at(&shown("gathered")).await;

    let drawn = ":is([data-state=waiting], [data-state=turn]):not([hidden])";
    for fan in [&one, &other] {
        fan.sees(drawn).await;
        fan.arrives_at(drawn).await;
        fan.find("[data-check]").await;
    }
    assert!(one.find_hidden("[data-how]").await, "how places are drawn is told no more");
    one.click("[data-check]").await;
    one.reads("[data-verdict]", "Souhlasí").await;
    assert_eq!(room.status().await.drawn as usize, others.len() + 2);
    one.leaves().await;
    other.leaves().await;
}

#[tokio::test]
async fn a_place_is_kept_through_reloads_and_sleep_and_is_no_use_to_another_device() {
    let shop = Shop::start().await;
    let room = Room::for_one(&shop, CLUB).await;
    let mut first = room.joins().await;
    room.lets_in(&mut first).await;
    let fan = Fan::visit(&shop, Visitor::phone()).await;
    fan.joins(&room).await;
    let receipt = fan.find(".receipt b").await.text().await.unwrap();
    for again in [room.page(), room.page() + "?told=1"] {
        fan.open(&again).await;
        fan.find(&shown("waiting")).await;
        fan.reads(".receipt b", &receipt).await;
    }

    // The phone sleeps through its turn's coming, and shows it when it wakes up.
    fan.chrome.sleeps(true);
    room.lets_out(first).await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    fan.chrome.sleeps(false);
    fan.sees(&shown("turn")).await;
    fan.reads(".receipt b", &receipt).await;

    let friend = Fan::visit(&shop, Visitor::desktop()).await;
    friend.open(&fan.place().await).await;
    friend.find(&shown("queue")).await;
    assert!(!friend.is_there(".receipt").await, "a link carries no place");
    friend.open(&format!("/performances/{}", room.id)).await;
    friend.find("section.offers").await;
    assert!(!friend.is_there(".stepper, [name^='area.']").await, "nor a turn");
    friend.leaves().await;

    fan.click("form[action$='/enter'] button").await;
    fan.arrives_at("section.offers .stepper").await;
    fan.leaves().await;
}

#[tokio::test]
async fn a_lost_network_is_said_and_found_again() {
    let shop = Shop::start().await;
    let room = Room::for_one(&shop, CLUB).await;
    let mut first = room.joins().await;
    room.lets_in(&mut first).await;
    let fan = Fan::visit(&shop, Visitor::phone().in_english()).await;
    fan.joins(&room).await;
    fan.chrome.has_network(false).await;
    fan.find("[data-stale]:not([hidden])").await;
    fan.reads("[data-stale]", "Your place is kept").await;
    room.lets_out(first).await;
    fan.chrome.has_network(true).await;
    fan.sees(&shown("turn")).await;
    assert!(fan.find_hidden("[data-stale]").await, "there is a connection again");
    // What the browser says of having been without one.
    let complaints = fan.chrome.complaints().await;
    let others = complaints.iter().filter(|it| !it.contains("ERR_INTERNET_DISCONNECTED"));
    assert_eq!(others.count(), 0, "{complaints:#?}");
    fan.leaves().await;
}

impl Fan {
    /// Whether nothing of this is to be seen.
    async fn find_hidden(&self, css: &str) -> bool {
        let script =
            format!("return document.querySelector(\"{css}\")?.checkVisibility() ?? false");
        self.tells(&script).await == Value::Bool(false)
    }
}
