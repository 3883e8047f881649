//! Getting a place in a waiting room where something is asked for it, and crowds that come from one network.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use frontrow_log::{Log as _, Position, Stream};
use frontrow_shop::{
    mail::read_outbox,
    room::{Ask, Device, Purpose, RoomChange},
    spec::RoomSpec,
};
use serde_json::{Value, json};

use crate::rig::{Answer, Visitor, World};

async fn room(with: Value) -> World {
    let world = World::new().await;
    let mut spec = json!({ "starts_in_minutes": 10, "draw": false });
    for (key, value) in with.as_object().unwrap() {
        spec[key] = value.clone();
    }
    let spec = RoomSpec::read(&spec).unwrap();
    let command = world.shop.new_command_id();
    world.shop.put_room(world.performance, &spec, "test", command).await.unwrap();
    world
}

fn has_a_place(answer: &Answer) -> bool {
    answer.html.contains("data-room=\"gathered\"")
}

#[tokio::test]
async fn a_room_asks_for_a_code_and_says_what_is_wrong_with_it() {
    let world = room(json!({ "entry": "code" })).await;
    let [code] = world.shop.access_codes(world.performance, 7..8).try_into().unwrap();
    let mut fan = world.visitor();
    let page = fan.get(&world.at("/room")).await;
    for (typed, said) in [
        ("", "This sale begins with access codes"),
        ("AAAA-BBBB-CCCC-DDDD", "not one of this sale"),
    ] {
        fan.send(&page, "name=\"code\"", &[("code", typed)]).await.location();
        let answer = fan.get(&world.at("/room")).await;
        assert!(answer.html.contains(said) && !has_a_place(&answer), "{}", answer.html);
    }
    let typed = code.to_lowercase().replace('-', " ");
    fan.send(&page, "name=\"code\"", &[("code", &typed)]).await.location();
    assert!(has_a_place(&fan.get(&world.at("/room")).await));
}

#[tokio::test]
async fn who_registers_gets_a_mail_with_a_link_to_their_place() {
    let world = room(json!({ "entry": "email" })).await;
    let mut fan = world.visitor();
    let page = fan.get(&world.at("/room")).await;
    let register = async |fan: &mut Visitor, address| {
        fan.send(&page, "name=\"email\"", &[("email", address)]).await.location();
        fan.get(&world.at("/room")).await
    };
    assert!(register(&mut fan, "jana").await.html.contains("not an address"));
    assert!(register(&mut fan, "jana@example.org").await.html.contains("on its way"));
    let folder = world.outbox();
    let mails = read_outbox(&folder).await.unwrap();
    let mail = std::fs::read_to_string(folder.join(&mails[0].file)).unwrap();
    let plain = mail.replace("=\r\n", "").replace("=3D", "=");
    let (_, link) = plain.split_once("http://shop.test").unwrap();
    let link: String = link.chars().take_while(|c| !c.is_whitespace()).collect();
    assert!(link.contains("/room?code="), "{link}");

    // On another phone, by the link.
    let mut phone = world.visitor();
    let page = phone.get(&link).await;
    let code = link.split("code=").nth(1).unwrap();
    assert!(page.html.contains(&format!("value=\"{code}\"")), "{}", page.html);
    phone.send(&page, "name=\"code\"", &[("code", code)]).await.location();
    assert!(has_a_place(&phone.get(&world.at("/room")).await));

    // Nobody fills somebody's mailbox.
    register(&mut fan, "jana+1@example.org").await;
    let third = register(&mut fan, "jana+2@example.org").await;
    assert!(third.html.contains("a moment ago"), "{}", third.html);
    let mails = read_outbox(&folder).await.unwrap();
    assert_eq!(mails.len(), 1, "one mailbox gets the same mail again");

    // Nor by the API, for which pages and programs are counted together.
    let path = format!("/api/v1/performances/{}/room/registrations", world.performance);
    let ask = |address: &str| {
        let body = json!({ "email": address }).to_string();
        let request = Request::post(&path)
            .header(header::HOST, "shop.test")
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", "a key of a program");
        request.body(Body::from(body)).unwrap()
    };
    let refused = phone.ask(ask("Jana+3@example.org")).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.html.contains("too-many-mails"), "{}", refused.html);
    let after: u32 = refused.header("retry-after").parse().unwrap();
    assert!((1..=61).contains(&after), "{after}");
    assert_eq!(phone.ask(ask("petr@example.org")).await.status, StatusCode::ACCEPTED);
    world.clock.pass_ms(60_000);
    assert_eq!(phone.ask(ask("jana@example.org")).await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_place_is_the_same_whichever_way_it_is_asked_for() {
    let world = room(json!({})).await;
    let mut program = world.visitor();
    let path = format!("/api/v1/performances/{}/room/places", world.performance);
    let ask = |key: &str| {
        Request::post(&path).header(header::HOST, "shop.test").header("idempotency-key", key)
    };
    let key = "a key of a program";
    let short = program.ask(ask(key).body(Body::empty()).unwrap()).await;
    assert_eq!(short.status, StatusCode::CREATED);
    assert_eq!(short.header("cache-control"), "no-store");
    assert_eq!(short.header("x-request-id"), "", "it did not come as far as the router");
    let long = ask(key).header(header::CONTENT_TYPE, "application/json").body(Body::from("{}"));
    let long = program.ask(long.unwrap()).await;
    assert_ne!(long.header("x-request-id"), "");
    for header in ["content-type", "x-content-type-options"] {
        assert_eq!(short.header(header), long.header(header));
    }
    assert_eq!((long.status, long.html), (short.status, short.html.clone()));
    let named = ask(key).header("x-request-id", "mine").body(Body::empty()).unwrap();
    let named = program.ask(named).await;
    assert_eq!((named.header("x-request-id"), &named.html), ("mine", &short.html));

    // What is refused is refused by the router, which says why.
    for key in ["short", "another key of a program"] {
        let shut = room(json!({ "entry": "code" })).await;
        let path = format!("/api/v1/performances/{}/room/places", shut.performance);
        let ask = Request::post(&path).header("idempotency-key", key).body(Body::empty()).unwrap();
        let refused = shut.visitor().ask(ask).await;
        assert!(refused.status.is_client_error());
        assert_eq!(refused.header("content-type"), "application/problem+json");
    }
}

#[tokio::test]
async fn a_flood_from_one_network_waits_and_others_do_not() {
    let world = room(json!({ "network_joins_per_minute": 3 })).await;
    let from =
        |peer: &str| Visitor { router: world.router.of(peer.parse().unwrap()), ..world.visitor() };
    let mut number = 0;
    let mut join = async |visitor: &mut Visitor| {
        number += 1;
        let places = format!("/api/v1/performances/{}/room/places", world.performance);
        let request = Request::post(places)
            .header(header::HOST, "shop.test")
            .header("idempotency-key", format!("{number:032}"))
            .body(Body::empty());
        visitor.ask(request.unwrap()).await
    };
    let (mut farm, mut farm6) = (from("203.0.113.7"), from("2001:db8::1"));
    for visitor in [&mut farm, &mut farm6] {
        for _ in 0..3 {
            assert_eq!(join(visitor).await.status, StatusCode::CREATED);
        }
        let refused = join(visitor).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.html.contains("too-many-joins"), "{}", refused.html);
        let after: u32 = refused.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&after), "{after}");
    }
    assert_eq!(join(&mut from("203.0.113.8")).await.status, StatusCode::CREATED);
    assert_eq!(join(&mut from("2001:db8:0:1::1")).await.status, StatusCode::CREATED);
    assert_eq!(join(&mut from("2001:db8::ffff")).await.status, StatusCode::TOO_MANY_REQUESTS);

    // Whoever rents many networks at once gets some of them served, and no more.
    let mut sites = 0;
    for network in 0..40 {
        let mut rented = from(&format!("2001:db8:7:{network:x}::1"));
        sites += u32::from(join(&mut rented).await.status == StatusCode::CREATED);
    }
    assert_eq!(sites, 30);

    // A page says so to people; whatever else they do goes on.
    let page = farm.get(&world.at("/room")).await;
    assert_eq!(page.status, StatusCode::OK);
    let refused = farm.send(&page, "/room/join", &[]).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!refused.header("retry-after").is_empty());
    world.clock.pass_ms(20_000);
    farm.send(&page, "/room/join", &[]).await.location();
    assert!(has_a_place(&farm.get(&world.at("/room")).await));
}

#[tokio::test]
async fn a_room_before_another_shop_leads_there() {
    let world = room(json!({ "gate": "https://tickets.example.org/buy" })).await;
    let mut fan = world.visitor();
    let page = fan.get(&world.at("/room")).await;
    fan.send(&page, "/room/join", &[]).await.location();
    for _ in 0..660 {
        world.clock.pass_ms(1_000);
        world.shop.look_after_rooms().await;
    }
    let page = fan.get(&world.at("/room")).await;
    let entered = fan.send(&page, "/room/enter", &[]).await;
    assert_eq!(entered.location(), world.at("/room"));
    let inside = fan.get(&world.at("/room")).await;
    let links = inside.links("https://tickets.example.org/buy?frontrow_pass=");
    assert_eq!(links.len(), 1, "{}", inside.html);
    let token = links[0].split('=').nth(1).unwrap();
    world.shop.leave_gate(world.performance, token).await.unwrap();
    let after = fan.get(&world.at("/room")).await;
    assert!(after.html.contains("data-room=\"over\""), "{}", after.html);
    let end = world.shop.new_command_id();
    world.shop.change_room(world.performance, RoomChange::End, "test", end).await.unwrap();
}

#[tokio::test]
async fn a_pass_that_has_ended_holds_nothing_and_pays_for_a_moment_longer() {
    let world = room(json!({ "pass_minutes": 1 })).await;
    let (shop, secret) = (&world.shop, "a secret of a device");
    let joined = shop.join_room_by_key(world.performance, "a key", Ask::default()).await.unwrap();
    let device = Device::of_client(secret);
    for _ in 0..610 {
        world.clock.pass_ms(1_000);
        shop.look_after_rooms().await;
    }
    let entered = shop.enter_shop(world.performance, &joined.receipt, device).await.unwrap();
    let post = async |path: String, body: Value| {
        let request = Request::post(format!("/api/v1{path}"))
            .header(header::HOST, "shop.test")
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", format!("{:032x}", shop.new_command_id().0))
            .header("frontrow-pass", &entered.pass)
            .header("frontrow-device", secret);
        world.visitor().ask(request.body(Body::from(body.to_string())).unwrap()).await
    };
    let hold = async || {
        let wants = json!([{ "area": { "area": "Dance floor", "ticket_types": ["advance"] } }]);
        post(world.at("/holds"), json!({ "wants": wants })).await
    };
    let answered = hold().await;
    assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.html);
    let in_cart: Value = serde_json::from_str(&answered.html).unwrap();
    world.clock.pass_ms(60_000);
    let late = hold().await;
    assert_eq!(late.status, StatusCode::GONE);
    assert!(late.html.contains("turn-over"), "{}", late.html);
    let order = json!({ "performance": world.performance, "hold": in_cart["id"], "name": "Jana",
        "email": "jana@example.org", "terms": true });
    let paid = post("/orders".to_owned(), order.clone()).await;
    assert_eq!(paid.status, StatusCode::CREATED, "{}", paid.html);
    world.clock.pass_ms(15 * 60_000);
    let late = post("/orders".to_owned(), order).await;
    assert!(late.html.contains("turn-over"), "{}", late.html);
}

#[tokio::test]
async fn who_looks_around_may_while_the_room_is_away_and_nobody_buys() {
    let world = World::new().await;
    let stream = Stream::room(world.performance.as_u128());
    world.log.append(stream, Position(1), "no entry".into()).await.unwrap();
    let (shop, now) = (&world.shop, frontrow_ledger::Time(0));
    shop.store().room_opened(world.performance, now, |_| json!({})).await.unwrap();
    shop.learn_rooms().await.unwrap();
    let page = world.visitor().get(&world.at("")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    for purpose in [Purpose::Hold, Purpose::Pay] {
        let device = Device::of_client("a secret of a device");
        shop.admit(world.performance, purpose, None, device).await.unwrap_err();
    }
}
