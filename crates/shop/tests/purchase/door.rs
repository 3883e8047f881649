//! What a waiting room asks of those who want a place: codes, registration, work; and rooms before other shops.

use frontrow_ledger::room::Refusal;
use frontrow_log::Clock as _;
use frontrow_shop::{
    Error,
    buyer::Email,
    room::{Ask, Device, RoomChange, Shut},
    spec::RoomSpec,
};
use frontrow_store::page::PageRequest;
use frontrow_words::Language;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::world::{MINUTE, World};

async fn room(world: &World, with: Value) {
    let mut spec = json!({ "starts_in_minutes": 10, "draw": false, "rate_per_minute": 6000 });
    for (key, value) in with.as_object().unwrap() {
        spec[key] = value.clone();
    }
    let spec = RoomSpec::read(&spec).unwrap();
    let command = world.command();
    world.shop.put_room(world.performance, &spec, "door", command).await.unwrap();
}

fn shut<T: std::fmt::Debug>(result: frontrow_shop::Result<T>) -> Shut {
    match result.unwrap_err() {
        Error::Shut(shut) => shut,
        other => panic!("{other:?}"),
    }
}

fn code(code: &str) -> Ask<'_> {
    Ask { code: Some(code), ..Ask::default() }
}

pub async fn one_code_is_one_place_wherever_it_is_shown(world: World) {
    room(&world, json!({ "entry": "code" })).await;
    let (shop, performance) = (&world.shop, world.performance);
    let codes = shop.access_codes(performance, 0..3);
    assert_eq!(codes, shop.access_codes(performance, 0..3), "nothing is kept of them");
    let small = codes[0].to_lowercase();
    let names = ["Member 17", "member 17"].map(|name| shop.access_code_of(performance, name));
    let join = async |ask| shop.join_room(performance, shop.new_cart(), ask).await;
    assert_eq!(shut(join(Ask::default()).await), Shut::CodeNeeded);
    assert_eq!(shut(join(code(" ")).await), Shut::CodeNeeded);
    assert_eq!(shut(join(code("0000-0000-0000-0000")).await), Shut::CodeUnknown);
    let first = join(code(&codes[0])).await.unwrap();
    let elsewhere = join(code(&small)).await.unwrap();
    assert_eq!((first.place, &first.receipt), (elsewhere.place, &elsewhere.receipt));
    let by_key = shop.join_room_by_key(performance, "a client's key", code(&codes[0])).await;
    assert_eq!(by_key.unwrap().place, first.place);
    assert_ne!(join(code(&codes[1])).await.unwrap().place, first.place);
    let known = join(code(&names[0])).await.unwrap();
    let again = join(code(&names[1])).await.unwrap();
    assert_eq!(known.place, again.place);

    // Another replica knows the rules as soon as it knows the room.
    shop.learn_rooms().await.unwrap();
    assert_eq!(shut(join(Ask::default()).await), Shut::CodeNeeded);
}

pub async fn codes_come_first_and_then_anybody(world: World) {
    let from = world.clock.now().plus_ms(5 * MINUTE);
    let from = jiff::Timestamp::from_millisecond(from.0).unwrap();
    let from = from.to_zoned(jiff::tz::TimeZone::get("Europe/Prague").unwrap());
    let from = from.strftime("%Y-%m-%dT%H:%M").to_string();
    room(&world, json!({ "entry": "code", "anyone_from": from })).await;
    let (shop, performance) = (&world.shop, world.performance);
    let cart = shop.new_cart();
    let early = shop.join_room(performance, cart, Ask::default()).await;
    assert_eq!(shut(early), Shut::CodeNeeded);
    world.clock.pass_ms(6 * MINUTE);
    shop.join_room(performance, cart, Ask::default()).await.unwrap();
}

pub async fn codes_that_were_called_back_let_nobody_in(world: World) {
    room(&world, json!({ "entry": "code" })).await;
    let (shop, performance) = (&world.shop, world.performance);
    let old = shop.access_codes(performance, 0..2);
    let join = async |ask| shop.join_room(performance, shop.new_cart(), ask).await;
    let early = join(code(&old[0])).await.unwrap();
    let command = world.command();
    for _ in 0..2 {
        let change = RoomChange::CallBackCodes;
        shop.change_room(performance, change, "night shift", command).await.unwrap();
    }
    assert_eq!(shop.door(performance).code_series, 1, "the same command again is one");
    for code_before in &old {
        assert_eq!(shut(join(code(code_before)).await), Shut::CodeCalledBack);
    }
    let visit = shop.room_visit(performance, Some(&early.receipt)).await.unwrap();
    assert_eq!(visit.own.unwrap().place, early.place, "who has joined stays");

    // Setting the room up anew makes no code valid again, and other replicas know.
    room(&world, json!({ "entry": "code", "network_joins_per_minute": 7 })).await;
    shop.learn_rooms().await.unwrap();
    assert_eq!(shut(join(code(&old[1])).await), Shut::CodeCalledBack);
    let new = shop.access_codes(performance, 0..2);
    assert_ne!(join(code(&new[0])).await.unwrap().place, early.place);
    let done = shop.room_actions(performance, PageRequest::default()).await.unwrap().items;
    let noted = done.iter().find(|done| done.action == "call-back-codes").unwrap();
    assert_eq!((noted.who.as_str(), &noted.detail), ("night shift", &json!({ "series": 1 })));

    shop.change_room(performance, RoomChange::End, "", world.command()).await.unwrap();
    let change = RoomChange::CallBackCodes;
    let late = shop.change_room(performance, change, "", world.command()).await;
    assert!(matches!(late, Err(Error::Room(Refusal::Ended))), "{late:?}");
}

pub async fn a_code_is_mailed_to_who_registers(world: World) {
    room(&world, json!({ "entry": "email" })).await;
    let (shop, performance) = (&world.shop, world.performance);
    let join = shop.join_room(performance, shop.new_cart(), Ask::default()).await;
    assert_eq!(shut(join), Shut::RegistrationNeeded);
    let mut places = Vec::new();
    for address in ["jana@example.org", "Jana+tickets@example.org", "petr@example.org"] {
        // Mails are listed by when they left.
        world.clock.pass_ms(1_000);
        let email = Email::parse(address).unwrap();
        shop.register_for_room(performance, &email, Language::Cs).await.unwrap();
        let texts = world.mails_with(|mail| mail.body_text(0).unwrap().into_owned()).await;
        let mail = texts.last().unwrap();
        let (_, code_there) = mail.split_once("/room?code=").unwrap();
        let code_there: String =
            code_there.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let joined = shop.join_room(performance, shop.new_cart(), code(&code_there)).await;
        places.push(joined.unwrap().place);
    }
    assert_eq!(places[0], places[1], "one mailbox is one place");
    assert_ne!(places[0], places[2]);
}

pub async fn work_is_asked_of_everybody(world: World) {
    room(&world, json!({ "work_bits": 8 })).await;
    let (shop, performance) = (&world.shop, world.performance);
    let cart = shop.new_cart();
    let lazy = shop.join_room(performance, cart, Ask::default()).await;
    assert_eq!(shut(lazy), Shut::WorkNeeded { bits: 8 });
    let challenge = shop.work_challenge(performance);
    let found = (0..u32::MAX)
        .map(|number| number.to_string())
        .find(|number| Sha256::digest(format!("{challenge}:jana:{number}"))[0] == 0)
        .unwrap();
    let ask = |own| Ask { own, work: Some(&found), code: None };
    assert_eq!(
        shut(shop.join_room(performance, cart, ask("petr")).await),
        Shut::WorkNeeded { bits: 8 }
    );
    shop.join_room(performance, cart, ask("jana")).await.unwrap();
}

pub async fn a_room_stands_before_another_shop(world: World) {
    room(
        &world,
        json!({ "gate": "https://tickets.example.org/buy?lang=cs", "target": 1, "cap": 1 }),
    )
    .await;
    let (shop, performance) = (&world.shop, world.performance);
    let cart = shop.new_cart();
    let device = Device::of_cart(cart);
    let joined = shop.join_room(performance, cart, Ask::default()).await.unwrap();
    world.clock.pass_ms(10 * MINUTE);
    for _ in 0..20 {
        world.clock.pass_ms(500);
        shop.look_after_rooms().await;
    }
    let entered = shop.enter_shop(performance, &joined.receipt, device).await.unwrap();
    let address = shop.gate_address(performance, Some(&entered.pass), device).unwrap().unwrap();
    let (gate, token) = address.split_once("&frontrow_pass=").unwrap();
    assert_eq!(gate, "https://tickets.example.org/buy?lang=cs");
    assert!(shop.gate_address(performance, Some(&entered.pass), Device::of_client("x")).is_err());

    // As somebody else reads it, by RFC 7515.
    let [head, claims, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let text = |part: &str| {
        use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
        BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()
    };
    assert_eq!(serde_json::from_slice::<Value>(&text(head)).unwrap()["alg"], "HS256");
    let claims: Value = serde_json::from_slice(&text(claims)).unwrap();
    assert_eq!(claims["aud"], performance.to_string());
    assert_eq!(claims["sub"], joined.place.0.to_string());
    assert_eq!(claims["exp"], entered.until.0 / 1_000);
    assert_eq!(text(signature).len(), 32);

    // A stranger's token leaves for nobody; one's own makes room for the next.
    let forged = format!("{}A", &token[..token.len() - 1]);
    if forged != *token {
        let refused = shop.leave_gate(performance, &forged).await;
        assert!(matches!(refused, Err(Error::Room(Refusal::NotYourTurn))), "{refused:?}");
    }
    shop.leave_gate(performance, token).await.unwrap();
    shop.leave_gate(performance, token).await.unwrap();
    let visit = shop.room_visit(performance, Some(&joined.receipt)).await.unwrap();
    assert_eq!(visit.headcount.in_shop, 0);
}
