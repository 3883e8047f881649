//! The waiting room without scripts: join, wait, come in, buy; and nobody past it.

use axum::http::StatusCode;
use frontrow_shop::spec::RoomSpec;
use serde_json::json;

use crate::rig::{Answer, Visitor, World};

/// A club night in demand: people wait, two at a time come in.
async fn in_demand() -> World {
    let world = World::new().await;
    let spec = RoomSpec::read(&json!({ "starts_in_minutes": 10, "target": 2, "cap": 2 })).unwrap();
    let command = world.shop.new_command_id();
    world.shop.put_room(world.performance, &spec, "test", command).await.unwrap();
    world
}

/// Lets turns come.
async fn minutes(world: &World, minutes: i64) {
    for _ in 0..minutes * 60 {
        world.clock.pass_ms(1_000);
        world.shop.look_after_rooms().await;
    }
    // The draw is made beside.
    for _ in 0..200 {
        world.shop.look_after_rooms().await;
        let visit = world.shop.room_visit(world.performance, None).await.unwrap();
        if visit.phase != frontrow_ledger::room::Phase::Draw {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    for _ in 0..20 {
        world.clock.pass_ms(1_000);
        world.shop.look_after_rooms().await;
    }
}

async fn joined(world: &World) -> (Visitor, Answer) {
    let mut fan = world.visitor();
    let page = fan.get(&world.at("/room")).await;
    let sent = fan.send(&page, "/room/join", &[]).await;
    let room = fan.get(sent.location()).await;
    (fan, room)
}

#[tokio::test]
async fn a_fan_without_scripts_waits_comes_in_and_holds_places() {
    let world = in_demand().await;
    let (mut fan, room) = joined(&world).await;
    assert!(room.html.contains("data-state=\"gathered\""), "{}", room.html);
    assert!(room.html.contains("http-equiv=\"refresh\""), "without scripts it asks again");
    minutes(&world, 10).await;
    let room = fan.get(&world.at("/room")).await;
    let entered = fan.send(&room, "/room/enter", &[]).await;
    assert_eq!(entered.location(), world.at(""));
    let page = fan.get(&world.at("")).await;
    let held = fan.send(&page, "area.0.0", &[("area.0.0", "2")]).await;
    assert_eq!(held.location(), "/cart");
    // Out again: the next one comes in.
    let room = fan.get(&world.at("/room")).await;
    let left = fan.send(&room, "/room/leave", &[]).await;
    assert_eq!(left.location(), world.at("/room"));
}

#[tokio::test]
async fn who_was_not_let_in_is_sent_to_the_room_and_may_look_around() {
    let world = in_demand().await;
    let open = World::new().await;
    let mut quick = open.visitor();
    let form = quick.get(&open.at("")).await.form("area.0.0");
    let mut pushy = world.visitor();
    let page = pushy.get(&world.at("")).await;
    assert_eq!(page.status, StatusCode::OK, "browsing is open");
    assert!(!page.links(&world.at("/room")).is_empty(), "and says where to wait");
    // The form of a page from before, or made up.
    let room = pushy.get(&world.at("/room")).await;
    let (_, mut fields) = room.form("/room/join");
    fields.extend(form.1.into_iter().filter(|(name, _)| name != "csrf" && name != "once"));
    fields.push(("area.0.0".to_owned(), "2".to_owned()));
    let refused = pushy.post(&world.at("/hold"), &fields).await;
    assert_eq!(refused.location(), world.at("/room"));
    let cart = pushy.get("/cart").await;
    assert!(cart.html.contains("Nothing held yet"), "nothing is held");
}

#[tokio::test]
async fn a_pass_of_somebody_else_does_not_work() {
    let world = in_demand().await;
    let (mut fan, _) = joined(&world).await;
    minutes(&world, 10).await;
    let room = fan.get(&world.at("/room")).await;
    fan.send(&room, "/room/enter", &[]).await.location();
    let (name, pass) = fan.cookies.iter().find(|(name, _)| name.starts_with("pass-")).unwrap();
    let mut friend = world.visitor();
    let page = friend.get(&world.at("/room")).await;
    friend.cookies.insert(name.clone(), pass.clone());
    let (_, mut fields) = page.form("/room/join");
    fields.push(("area.0.0".to_owned(), "2".to_owned()));
    let refused = friend.post(&world.at("/hold"), &fields).await;
    assert_eq!(refused.location(), world.at("/room"));
}

#[tokio::test]
async fn what_everybody_polls_is_small_the_same_for_all_and_signed() {
    let world = in_demand().await;
    world.shop.look_after_rooms().await;
    let address = format!("/rooms/{}/status", world.performance);
    let (one, other) =
        (world.visitor().get(&address).await, joined(&world).await.0.get(&address).await);
    assert_eq!(one.status, StatusCode::OK);
    assert_eq!(one.bytes, other.bytes);
    assert_eq!(one.header("cache-control"), "public, max-age=1, stale-while-revalidate=1");
    // What hyper adds: the status line, a date, a length.
    let head: usize =
        one.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let added =
        "HTTP/1.1 200 OK\r\n\r\ncontent-length: 128\r\ndate: Mon, 23 Nov 2026 12:00:00 GMT\r\n"
            .len();
    assert!(head + added + one.bytes.len() <= 250, "{} + {added} + {}", head, one.bytes.len());
    let (signature, said) = one.bytes.split_first_chunk::<64>().unwrap();
    let context = b"frontrow room status v1";
    let signed = [&context[..], world.performance.as_bytes(), said].concat();
    let key = world.shop.keys().board().verifying_key();
    key.verify_strict(&signed, &ed25519_dalek::Signature::from_bytes(signature)).unwrap();
    let unknown = world.visitor().get(&format!("/rooms/{}/status", uuid::Uuid::nil())).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_wait_that_became_longer_is_called_so_and_one_that_passed_as_told_is_not() {
    let world = in_demand().await;
    let mut fans = Vec::new();
    for _ in 0..8 {
        fans.push(joined(&world).await.0);
    }
    minutes(&world, 10).await;
    let mut last = None;
    for mut fan in fans {
        let room = fan.get(&world.at("/room")).await;
        if room.html.contains("data-room=\"waiting\"") && room.html.contains("?told=") {
            last = Some((fan, room));
        }
    }
    let (mut fan, room) = last.expect("two of eight come in at once");
    let hidden = "<b data-longer hidden>";
    assert!(room.html.contains(hidden), "nothing was told before: {}", room.html);
    let again = room.html.split("url=").nth(1).unwrap().split('"').next().unwrap();
    let told: i64 = again.split("told=").nth(1).unwrap().parse().unwrap();
    assert!(told > world.shop.now().0 / 1_000, "when it is over, not how long it takes");
    assert!(fan.get(again).await.html.contains(hidden), "as it was told");
    let earlier = again.replace(&told.to_string(), &(told - 3_600).to_string());
    let longer = fan.get(&earlier).await;
    assert!(longer.html.contains("<b data-longer>"), "{}", longer.html);
    assert!(longer.html.contains(&format!("told={}", told - 3_600)), "what was told first counts");
}

#[tokio::test]
async fn without_scripts_the_page_can_be_made_to_stand_still() {
    let world = in_demand().await;
    let (mut fan, room) = joined(&world).await;
    assert!(room.html.contains("http-equiv=\"refresh\""), "{}", room.html);
    let address = format!("{}?still", world.at("/room"));
    assert!(room.html.contains(&format!("href=\"{address}\"")), "{}", room.html);
    let still = fan.get(&address).await;
    assert!(!still.html.contains("http-equiv=\"refresh\""), "{}", still.html);
    assert!(still.html.contains("let it ask again by itself"), "{}", still.html);
}

#[tokio::test]
async fn who_waits_learns_that_the_room_has_ended_and_who_comes_later_goes_on_to_the_shop() {
    let world = in_demand().await;
    let command = world.shop.new_command_id();
    let end = frontrow_shop::room::RoomChange::End;
    world.shop.change_room(world.performance, end, "test", command).await.unwrap();
    world.shop.look_after_rooms().await;
    world.shop.learn_rooms().await.unwrap();
    world.shop.look_after_rooms().await;
    let address = format!("/rooms/{}/status", world.performance);
    let board = world.visitor().get(&address).await;
    let status = frontrow_ledger::room::Status::decode(&board.bytes[64..]).unwrap();
    assert_eq!(status.phase, frontrow_ledger::room::Phase::Ended);
    let room = world.visitor().get(&world.at("/room")).await;
    assert_eq!(room.location(), world.at(""));
    world.clock.pass_ms(11 * 60_000);
    world.shop.look_after_rooms().await;
    assert_eq!(world.visitor().get(&address).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_has_to_wait_can_look_at_the_map_and_choose_nothing_from_it() {
    let world = in_demand().await;
    let looks = world.visitor().get(&world.at("")).await;
    assert!(looks.html.contains("\"selling\":false"), "{}", looks.html);
    let open = World::new().await;
    let buys = open.visitor().get(&open.at("")).await;
    assert!(buys.html.contains("\"selling\":true"), "{}", buys.html);
}

#[tokio::test]
async fn whoever_asked_for_it_is_written_to_when_their_turn_comes_and_nobody_else() {
    let world = in_demand().await;
    let mut fans = Vec::new();
    for _ in 0..4 {
        fans.push(joined(&world).await);
    }
    for (number, (fan, room)) in fans.iter_mut().enumerate() {
        let address = format!("fan{number}@example.org");
        let fields = [("about", "turn"), ("email", address.as_str())];
        let sent = fan.send(room, "value=\"turn\"", &fields).await;
        let said = fan.get(sent.location()).await;
        assert!(said.html.contains("We will write to you when it is your turn"), "{}", said.html);
        if number == 3 {
            let stopped = fan.send(&said, "name=\"stop\"", &[("stop", "1")]).await;
            assert!(fan.get(stopped.location()).await.html.contains("value=\"turn\""));
        }
    }
    let (mut wrong, room) = joined(&world).await;
    let fields = [("about", "turn"), ("email", "nobody@nowhere")];
    let sent = wrong.send(&room, "value=\"turn\"", &fields).await;
    assert!(wrong.get(sent.location()).await.html.contains("This is not an e-mail address"));
    minutes(&world, 10).await;
    while world.shop.work_once().await {}
    let mut told = Vec::new();
    for (number, (fan, _)) in fans.iter_mut().enumerate() {
        let room = fan.get(&world.at("/room")).await;
        if number < 3 && !room.html.contains("data-room=\"waiting\"") {
            told.push(format!("fan{number}@example.org"));
        }
    }
    let mails = world.mails().await;
    assert_eq!(mails.len(), told.len(), "{mails:?} {told:?}");
    for fan in &told {
        let mail = mails.iter().find(|mail| mail.contains(&format!("To: {fan}\r\n")));
        let mail = mail.unwrap_or_else(|| panic!("{fan} got none of {mails:?}"));
        assert!(mail.contains("Subject: It is your turn: "), "{mail}");
    }
}
