//! The organiser's control of a waiting room: who gets in, what is done, and what fans see of it.

use axum::http::StatusCode;
use frontrow_shop::spec::RoomSpec;
use serde_json::json;

use crate::rig::{Answer, Visitor, World};

async fn with_room() -> World {
    let world = World::new().await;
    let spec = RoomSpec::read(&json!({ "starts_in_minutes": 10, "target": 2, "cap": 4 })).unwrap();
    let command = world.shop.new_command_id();
    world.shop.put_room(world.performance, &spec, "set-up key", command).await.unwrap();
    world.shop.look_after_rooms().await;
    world
}

fn control(world: &World) -> String {
    format!("/office/rooms/{}", world.performance)
}

async fn key(world: &World) -> String {
    let facts = world.shop.facts(world.performance).await.unwrap();
    let organisation = facts.details.event.organisation_id;
    world.shop.create_api_key(organisation, "the promoter").await.unwrap()
}

/// Shows a key where it is asked for.
async fn sign_in(world: &World, visitor: &mut Visitor, key: &str) -> Answer {
    let refused = visitor.get(&control(world)).await;
    let login = visitor.get(refused.location()).await;
    visitor.send(&login, "name=\"key\"", &[("key", key)]).await
}

#[tokio::test]
async fn an_organiser_signs_in_and_what_they_do_is_seen_by_fans_and_noted() {
    let world = with_room().await;
    let mut organiser = world.visitor();
    let entered = sign_in(&world, &mut organiser, &key(&world).await).await;
    assert_eq!(entered.location(), control(&world));
    let page = organiser.get(&control(&world)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("cache-control"), "no-store");

    organiser.send(&page, "/pause", &[]).await.location();
    let page = organiser.get(&control(&world)).await;
    organiser.send(&page, "/say", &[("message", "We go on at <eight>")]).await.location();
    let page = organiser.get(&control(&world)).await;
    let numbers = [("rate", "120"), ("target", "3"), ("cap", "5")];
    organiser.send(&page, "/steer", &numbers).await.location();

    let page = organiser.get(&control(&world)).await;
    for done in
        ["120 a minute", "We go on at &#60;eight&#62;", "Paused", "the promoter", "set-up key"]
    {
        assert!(page.html.contains(done), "{done} is not in {}", page.html);
    }
    let fan = world.visitor().get(&world.at("/room")).await;
    assert!(fan.html.contains("We go on at &#60;eight&#62;"), "{}", fan.html);
    let visit = world.shop.room_visit(world.performance, None).await.unwrap();
    assert!(visit.status.paused);
    assert_eq!((visit.policy.rate_per_minute, visit.policy.cap), (120, 5));

    let live = organiser.get(&format!("{}/live", control(&world))).await;
    let live: serde_json::Value = serde_json::from_slice(&live.bytes).unwrap();
    assert!(live["numbers"].to_string().contains("You paused the queue."), "{live}");
}

#[tokio::test]
async fn what_does_not_fit_is_said_and_changes_nothing() {
    let world = with_room().await;
    let mut organiser = world.visitor();
    sign_in(&world, &mut organiser, &key(&world).await).await.location();
    let page = organiser.get(&control(&world)).await;
    let numbers = [("rate", "120"), ("target", "9"), ("cap", "5")];
    organiser.send(&page, "/steer", &numbers).await.location();
    let said = organiser.get(&control(&world)).await;
    assert!(said.html.contains("These numbers do not fit"), "{}", said.html);
    organiser.send(&page, "/end", &[]).await.location();
    let visit = world.shop.room_visit(world.performance, None).await.unwrap();
    assert_eq!(visit.policy.cap, 4);
    assert!(!visit.status.paused);
    assert_ne!(visit.phase, frontrow_ledger::room::Phase::Ended, "nobody said that they are sure");
    let wants_sure = [("sure", "1")];
    organiser.send(&said, "/end", &wants_sure).await.location();
    let visit = world.shop.room_visit(world.performance, None).await.unwrap();
    assert_eq!(visit.phase, frontrow_ledger::room::Phase::Ended);
    // What was done stays to be seen.
    world.shop.look_after_rooms().await;
    world.shop.learn_rooms().await.unwrap();
    let page = organiser.get(&control(&world)).await;
    assert!(page.html.contains("Closed for good"), "{}", page.html);
}

#[tokio::test]
async fn codes_are_called_back_by_who_is_sure() {
    let world = with_room().await;
    let mut organiser = world.visitor();
    sign_in(&world, &mut organiser, &key(&world).await).await.location();
    let page = organiser.get(&control(&world)).await;
    assert!(!page.html.contains("call-back-codes"), "this room asks for none");
    let spec = json!({ "starts_in_minutes": 10, "entry": "code" });
    let command = world.shop.new_command_id();
    let spec = RoomSpec::read(&spec).unwrap();
    world.shop.put_room(world.performance, &spec, "set-up key", command).await.unwrap();
    let [code] = world.shop.access_codes(world.performance, 0..1).try_into().unwrap();
    let page = organiser.get(&control(&world)).await;
    organiser.send(&page, "/call-back-codes", &[]).await.location();
    assert_eq!(world.shop.door(world.performance).code_series, 0);
    organiser.send(&page, "/call-back-codes", &[("sure", "1")]).await.location();
    let page = organiser.get(&control(&world)).await;
    assert!(page.html.contains("series 1 from now on"), "{}", page.html);
    let mut fan = world.visitor();
    let room = fan.get(&world.at("/room")).await;
    fan.send(&room, "name=\"code\"", &[("code", &code)]).await.location();
    let said = fan.get(&world.at("/room")).await;
    assert!(said.html.contains("This access code was called back"), "{}", said.html);
}

#[tokio::test]
async fn nobody_else_gets_in() {
    let world = with_room().await;
    let pages = [control(&world), format!("{}/live", control(&world))];
    for page in &pages {
        let answer = world.visitor().get(page).await;
        assert!(answer.location().starts_with("/office/login?next="), "{page}");
    }
    let mut stranger = world.visitor();
    let wrong = sign_in(&world, &mut stranger, "frk_000000000000.00").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.html.contains("This key is not known"));
    assert!(!stranger.cookies.contains_key("office"));

    // A key of somebody else's house.
    let mut other = world.visitor();
    sign_in(&world, &mut other, &world.foreign_key().await).await.location();
    assert_eq!(other.get(&control(&world)).await.status, StatusCode::NOT_FOUND);

    // A cookie that somebody changed, and one whose time is over.
    let mut organiser = world.visitor();
    sign_in(&world, &mut organiser, &key(&world).await).await.location();
    let cookie = organiser.cookies["office"].clone();
    let mut forger = world.visitor();
    let (prefix, rest) = cookie.split_once('.').unwrap();
    forger.cookies.insert("office".to_owned(), format!("{prefix}.9{rest}"));
    assert_eq!(forger.get(&control(&world)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(organiser.get(&control(&world)).await.status, StatusCode::OK);
    let mut late = organiser;
    world.clock.pass_ms(12 * 60 * 60 * 1_000 + 1);
    assert_eq!(late.get(&control(&world)).await.status, StatusCode::SEE_OTHER);

    // A key that was revoked, and whoever signs out.
    let shown = key(&world).await;
    let mut dismissed = world.visitor();
    sign_in(&world, &mut dismissed, &shown).await.location();
    assert_eq!(dismissed.get(&control(&world)).await.status, StatusCode::OK);
    let id = world.shop.api_key(&shown).await.unwrap().unwrap().id;
    world.shop.store().revoke_api_key(id, world.shop.now()).await.unwrap();
    assert_eq!(dismissed.get(&control(&world)).await.status, StatusCode::SEE_OTHER);
    let mut tired = world.visitor();
    sign_in(&world, &mut tired, &key(&world).await).await.location();
    let page = tired.get(&control(&world)).await;
    tired.send(&page, "/office/logout", &[]).await.location();
    assert!(!tired.cookies.contains_key("office"));
}
