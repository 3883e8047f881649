//! The organiser at the handles, and the fans who see what they do.

use serde_json::json;

use super::{Room, shown};
use crate::{chrome::Visitor, fan::Fan, shop::Shop};

#[tokio::test]
async fn what_the_organiser_does_is_seen_by_who_waits_and_written_down() {
    let shop = Shop::start().await;
    let room = Room::for_one(&shop, "noc-v-kotelne").await;
    let mut first = room.joins().await;
    room.lets_in(&mut first).await;
    let fan = Fan::visit(&shop, Visitor::phone()).await;
    fan.joins(&room).await;
    fan.find(&shown("waiting")).await;

    let organiser = Fan::visit(&shop, Visitor::desktop()).await;
    organiser.open(&room.control()).await;
    organiser.arrives_at("#key").await;
    organiser.fill("#key", "frk_000000000000.00").await;
    organiser.click("main button").await;
    organiser.arrives_at("#key[aria-invalid]").await;
    organiser.fill("#key", &room.key).await;
    organiser.click("main button").await;
    organiser.arrives_at("[data-control]").await;
    organiser.reads("[data-number=waiting]", "1").await;
    organiser.reads("[data-number=in-shop]", "1").await;
    let mut second = room.joins().await;
    organiser.reads("[data-number=waiting]", "2").await;

    organiser.fill("#message", "Dveře otevíráme v <osm>").await;
    organiser.click("form[action$='/say'] button").await;
    organiser.click("form[action$='/pause'] button").await;
    organiser.arrives_at("form[action$='/resume']").await;
    organiser.reads("[data-number=limit]", "You paused the queue.").await;
    fan.sees("[data-paused]:not([hidden])").await;
    fan.reads("[data-message]:not([hidden])", "Dveře otevíráme v <osm>").await;
    fan.arrives_at("[data-paused]").await;
    room.lets_out(first).await;
    fan.find(&shown("waiting")).await;

    for (field, number) in [("#rate", "120"), ("#target", "2"), ("#cap", "1")] {
        organiser.fill(field, number).await;
    }
    organiser.click("form[action$='/steer'] button").await;
    organiser.arrives_at(".banner.bad").await;
    organiser.reads(".banner.bad", "These numbers do not fit").await;
    for (field, number) in [("#rate", "120"), ("#target", "2"), ("#cap", "3")] {
        organiser.fill(field, number).await;
    }
    organiser.click("form[action$='/steer'] button").await;
    organiser.reads(".items", "120 a minute, in the shop 2 on average and 3 at most").await;
    organiser.fill("#message", "").await;
    organiser.click("form[action$='/say'] button").await;
    organiser.click("form[action$='/resume'] button").await;
    organiser.find("form[action$='/pause']").await;
    fan.sees(&shown("turn")).await;
    assert!(!fan.is_there("[data-paused]:not([hidden]), [data-message]:not([hidden])").await);
    room.lets_in(&mut second).await;

    organiser.click("input[name=sure]").await;
    organiser.click("form[action$='/end'] button").await;
    organiser.reads(".found .chip", "Closed").await;
    let done = ["set-up", "say", "pause", "steer", "say", "resume", "end"];
    let trail = room.trail().await;
    assert!(trail.iter().all(|(who, _)| who == "the promoter"), "{trail:?}");
    assert!(trail.iter().map(|(_, what)| what.as_str()).eq(done), "{trail:?}");
    organiser.leaves().await;
    fan.leaves().await;
}

#[tokio::test]
async fn the_organiser_has_everything_at_hand_on_a_phone_in_czech_without_scripts() {
    let shop = Shop::start().await;
    let soon = json!({ "starts_in_minutes": 60, "opens_before_minutes": 0 });
    let room = Room::before(&shop, "noc-v-kotelne", soon).await;
    let organiser = Fan::visit(&shop, Visitor::phone().without_scripts()).await;
    organiser.open(&room.control()).await;
    organiser.fill("#key", &room.key).await;
    organiser.click("main button").await;
    organiser.arrives_at("[data-control]").await;
    organiser.reads("h1", "Řízení čekárny").await;
    organiser.click("form[action$='/pause'] button").await;
    organiser.arrives_at("form[action$='/resume']").await;
    organiser.click("form[action='/office/logout'] button").await;
    organiser.arrives_at("#key").await;
    organiser.open(&room.control()).await;
    organiser.find("#key").await;
    organiser.leaves().await;
}
