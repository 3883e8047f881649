//! The waiting room in front of a sale: from joining to buying, and nobody past it.

use frontrow_ledger::{
    Applied, Entry,
    room::{Phase, Record, Refusal, Turn, draw::Permutation},
};
use frontrow_log::{Clock as _, Stream, entries::read_page, format::encode_entry};
use frontrow_shop::{
    Error,
    cart::CartId,
    checkout::CheckedOut,
    room::{Ask, Device, Purpose, RoomChange},
    spec::RoomSpec,
};
use frontrow_store::page::PageRequest;
use serde_json::json;

use crate::world::{MINUTE, World, seats_wanted};

/// A room that starts in ten minutes and lets in two at a time.
async fn room(world: &World) {
    let spec = RoomSpec::read(&json!({
        "starts_in_minutes": 10, "target": 2, "cap": 2, "rate_per_minute": 6000, "turn_seconds": 60,
    }));
    let command = world.command();
    world.shop.put_room(world.performance, &spec.unwrap(), "door", command).await.unwrap();
}

/// Lets time pass in steps, as the caretaker sees it.
async fn pass(world: &World, ms: i64) {
    for _ in 0..ms / 500 {
        world.clock.pass_ms(500);
        world.shop.look_after_rooms().await;
    }
    // A draw is made beside.
    for _ in 0..200 {
        world.shop.look_after_rooms().await;
        tokio::task::yield_now().await;
    }
}

async fn until_drawn(world: &World) {
    for _ in 0..400 {
        world.shop.look_after_rooms().await;
        if world.shop.room_draw(world.performance).await.unwrap().is_some() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("it is never drawn");
}

fn refused<T: std::fmt::Debug>(result: frontrow_shop::Result<T>) -> Refusal {
    match result.unwrap_err() {
        Error::Room(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

pub async fn a_fan_joins_is_drawn_comes_in_and_buys(world: World) {
    room(&world).await;
    let (shop, performance) = (&world.shop, world.performance);
    let carts: Vec<CartId> = (0..5).map(|_| shop.new_cart()).collect();
    let mut receipts = Vec::new();
    for cart in &carts {
        let joined = shop.join_room(performance, *cart, Ask::default()).await.unwrap();
        let again = shop.join_room(performance, *cart, Ask::default()).await.unwrap();
        assert_eq!(again.receipt, joined.receipt, "whoever asks twice has one place");
        receipts.push(joined.receipt);
    }
    let early = shop.room_visit(performance, Some(&receipts[0])).await.unwrap();
    assert_eq!(early.phase, Phase::PreQueue);
    assert_eq!(early.own.unwrap().turn, Turn::Undrawn);
    let device = Device::of_cart(carts[0]);
    let enter = shop.enter_shop(performance, &receipts[0], device).await;
    assert_eq!(refused(enter), Refusal::NotYourTurn);

    world.clock.pass_ms(10 * MINUTE);
    until_drawn(&world).await;
    pass(&world, 5_000).await;
    let draw = shop.room_draw(performance).await.unwrap().unwrap();
    assert!(draw.faults().is_empty(), "{:?}", draw.faults());
    let order = Permutation::new(&draw.key, draw.places).unwrap();
    let mut positions = Vec::new();
    for receipt in &receipts {
        let proven = shop.room_proof(performance, receipt).await.unwrap();
        assert_eq!(proven.position, order.position(proven.place.0.into()).unwrap());
        let leaf = frontrow_ledger::room::draw::leaf(proven.place.0.into(), &proven.fan);
        proven.proof.verify(proven.place.0.into(), &leaf, draw.places, &draw.root).unwrap();
        positions.push(proven.position);
    }
    let first = positions.iter().position(|position| *position == 0).unwrap();
    let last = positions.iter().position(|position| *position == 4).unwrap();

    // It is the first one's turn, and not the last one's.
    let (cart, device) = (carts[first], Device::of_cart(carts[first]));
    let entered = shop.enter_shop(performance, &receipts[first], device).await.unwrap();
    let again = shop.enter_shop(performance, &receipts[first], device).await.unwrap();
    assert_eq!(again.pass, entered.pass);
    let stolen = shop.enter_shop(performance, &receipts[first], Device::of_cart(CartId(9))).await;
    assert_eq!(refused(stolen), Refusal::OtherDevice);
    let late = shop.enter_shop(performance, &receipts[last], Device::of_cart(carts[last])).await;
    assert_eq!(refused(late), Refusal::NotYourTurn);

    // Who has a pass holds and pays; nobody else does, however they come.
    let hold = shop.admit(performance, Purpose::Hold, Some(&entered.pass), device).await.unwrap();
    let wants = vec![seats_wanted(&[0])];
    let seats = shop.hold_in_cart(cart, performance, wants, hold, world.command()).await.unwrap();
    for (pass, device) in [
        (None, device),
        (Some(entered.pass.as_str()), Device::of_cart(carts[last])),
        (Some("AAAA"), device),
    ] {
        assert!(shop.admit(performance, Purpose::Hold, pass, device).await.is_err(), "{pass:?}");
        assert!(shop.admit(performance, Purpose::Pay, pass, device).await.is_err(), "{pass:?}");
    }

    // Whoever has the order pays for what is held, from another device too.
    let pays = shop.admit(performance, Purpose::Pay, Some(&entered.pass), device).await.unwrap();
    let ordered = world.check_out_as(pays, &seats, "first@example.com").await.unwrap();
    let CheckedOut::Pay { order, .. } = ordered else { panic!("nothing to pay") };
    world.pay_again(order.as_str()).await.unwrap();

    // Who leaves makes room at once and does not come back on the old pass.
    shop.leave_shop(performance, Some(&entered.pass), device).await.unwrap();
    let gone = shop.admit(performance, Purpose::Hold, Some(&entered.pass), device).await;
    assert_eq!(refused(gone), Refusal::TurnOver);
    let board = shop.boards().get(&performance).cloned().unwrap();
    assert_eq!(board.status.phase, Phase::Queue);
    assert!(board.bytes.len() <= 110, "{} bytes", board.bytes.len());
}

pub async fn a_pass_ends_and_is_extended_once(world: World) {
    room(&world).await;
    let (shop, performance) = (&world.shop, world.performance);
    let cart = shop.new_cart();
    let (device, joined) =
        (Device::of_cart(cart), shop.join_room(performance, cart, Ask::default()).await.unwrap());
    world.clock.pass_ms(10 * MINUTE);
    until_drawn(&world).await;
    pass(&world, 2_000).await;
    let entered = shop.enter_shop(performance, &joined.receipt, device).await.unwrap();
    let more = shop.extend_pass(performance, Some(&entered.pass), device).await.unwrap();
    assert_eq!(more.until, entered.until.plus_ms(5 * MINUTE));
    world.clock.pass_ms(11 * MINUTE);
    let old = shop.admit(performance, Purpose::Hold, Some(&entered.pass), device).await;
    assert_eq!(refused(old), Refusal::TurnOver);
    shop.admit(performance, Purpose::Hold, Some(&more.pass), device).await.unwrap();
    world.clock.pass_ms(5 * MINUTE);
    let over = shop.admit(performance, Purpose::Hold, Some(&more.pass), device).await;
    assert_eq!(refused(over), Refusal::TurnOver);
    // What is held meanwhile may still be paid for a while.
    shop.admit(performance, Purpose::Pay, Some(&more.pass), device).await.unwrap();
    world.clock.pass_ms(15 * MINUTE);
    assert!(shop.admit(performance, Purpose::Pay, Some(&more.pass), device).await.is_err());
}

pub async fn an_organiser_steers_and_it_is_noted(world: World) {
    room(&world).await;
    let (shop, performance) = (&world.shop, world.performance);
    for change in [
        RoomChange::Pause,
        RoomChange::Say(Some("Back in five minutes".to_owned())),
        RoomChange::Resume,
    ] {
        let command = world.command();
        shop.change_room(performance, change.clone(), "night shift", command).await.unwrap();
        shop.change_room(performance, change, "night shift", command).await.unwrap();
    }
    let visit = shop.room_visit(performance, None).await.unwrap();
    assert_eq!(visit.message.as_deref(), Some("Back in five minutes"));
    let actions = shop.room_actions(performance, PageRequest::default()).await.unwrap().items;
    let mut names: Vec<&str> = actions.iter().map(|action| action.action.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["pause", "resume", "say", "set-up"]);
    let end = world.command();
    shop.change_room(performance, RoomChange::End, "night shift", end).await.unwrap();
    let join = shop.join_room(performance, shop.new_cart(), Ask::default()).await;
    assert_eq!(refused(join), Refusal::Ended);
}

/// The balancer sends everybody to one replica, and the other one, which is bored, has given the ticks so far.
pub async fn a_room_opens_by_itself_when_one_of_two_replicas_suffers(world: World) {
    let spec = RoomSpec::read(&json!({ "mode": "automatic", "starts_in_seconds": 0 }));
    let (shop, performance, bored) = (&world.shop, world.performance, world.replica());
    let command = world.command();
    shop.put_room(performance, &spec.unwrap(), "door", command).await.unwrap();
    bored.learn_rooms().await.unwrap();
    let step = || async {
        world.clock.pass_ms(50);
        bored.look_after_rooms().await;
        shop.look_after_rooms().await;
    };
    for _ in 0..100 {
        step().await;
    }
    let phase = || async { shop.room_visit(performance, None).await.unwrap().phase };
    assert_eq!(phase().await, Phase::Off, "nobody suffers");
    let (cart, hold) = world.hold_seats(&[0]).await;

    for _ in 0..400 {
        shop.pulse().answered(world.clock.now(), std::time::Duration::from_secs(2), false);
        step().await;
    }
    assert_eq!(phase().await, Phase::Queue, "it has suffered for some seconds");

    // From now on nobody holds places who did not wait, but who held some before may pay.
    let device = Device::of_cart(cart);
    let more = shop.admit(performance, Purpose::Hold, None, device).await;
    assert_eq!(refused(more), Refusal::NotYourTurn);
    world.check_out(&hold, "early@example.com").await.unwrap();
}

pub async fn a_log_that_says_what_cannot_be_is_noticed(world: World) {
    room(&world).await;
    let (shop, performance) = (&world.shop, world.performance);
    for _ in 0..3 {
        shop.join_room(performance, shop.new_cart(), Ask::default()).await.unwrap();
    }
    pass(&world, 10 * MINUTE).await;
    until_drawn(&world).await;
    let report = shop.verify(|_| {}).await.unwrap();
    assert!(report.is_sound(), "{:#?}", report.faults);
    assert_eq!(report.places, 3);

    // Somebody writes a second place for the first fan into the log.
    let stream = Stream::room(performance.as_u128());
    let head = world.log.head(stream).await.unwrap();
    let mut joins = Vec::new();
    let mut at = frontrow_log::Position::START;
    while at < head {
        let page = read_page::<Record>(&*world.log, stream, at).await.unwrap();
        for (position, entry) in page.entries {
            at = position;
            let is_join = |it: &&Applied<Record>| matches!(it.record, Record::Joined { .. });
            joins.extend(entry.applied.iter().filter(is_join).cloned());
        }
    }
    let mut forged = joins[0].clone();
    forged.record = Record::Joined { place: frontrow_ledger::Place(3) };
    let entry = Entry { now: world.clock.now(), applied: vec![forged] };
    world.log.append(stream, head.next(), encode_entry(&entry).unwrap()).await.unwrap();
    let report = shop.verify(|_| {}).await.unwrap();
    let [fault] = &report.faults[..] else { panic!("{:#?}", report.faults) };
    assert_eq!(fault.stream, stream);
    assert!(fault.problem.contains("each-person-has-one-place"), "{}", fault.problem);
}

pub async fn who_takes_part_is_published_before_the_beacon_counts(world: World) {
    let (shop, performance) = (&world.shop, world.performance);
    let set_up = async |beacon| {
        let spec = json!({ "starts_in_minutes": 10, "opens_before_minutes": 5, "fallback_minutes": 5,
            "beacon": beacon });
        let spec = RoomSpec::read(&spec).unwrap();
        shop.put_room(performance, &spec, "door", world.command()).await
    };
    // Rounds of a known beacon whose value is known too early, or comes too late.
    let start_s = world.clock.now().0 / 1_000 + 600;
    for (after_s, fits) in [(-3, false), (6, false), (12, true), (297, true), (306, false)] {
        let round = (start_s + after_s - 1_692_803_367) / 3 + 1;
        let done = set_up(json!({ "name": "drand-quicknet", "round": round })).await;
        assert_eq!(done.is_ok(), fits, "{after_s} s after the start: {done:?}");
    }
    set_up(json!({ "name": "a-lottery", "round": 5 })).await.unwrap();
    world.clock.pass_ms(5 * MINUTE);
    for _ in 0..3 {
        shop.join_room(performance, shop.new_cart(), Ask::default()).await.unwrap();
    }
    world.clock.pass_ms(5 * MINUTE);
    let say = async || {
        let value = RoomChange::Beacon(vec![7; 32]);
        shop.change_room(performance, value, "the promoter", world.command()).await
    };
    assert_eq!(refused(say().await), Refusal::RootUnpublished);
    let mut published = None;
    for _ in 0..400 {
        shop.look_after_rooms().await;
        published = shop.room_root(performance).await.unwrap();
        if published.is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let published = published.expect("it is published without anybody's asking");
    assert_eq!((published.places, published.at), (3, world.clock.now()));
    assert!(shop.room_draw(performance).await.unwrap().is_none(), "the beacon is awaited");
    world.clock.pass_ms(60_000);
    say().await.unwrap();
    let draw = shop.room_draw(performance).await.unwrap().unwrap();
    assert_eq!((draw.root, draw.places), (published.root, 3));
    assert_eq!(draw.beacon.unwrap().value, Some(vec![7; 32]));
    let report = shop.verify(|_| {}).await.unwrap();
    assert!(report.is_sound(), "{:#?}", report.faults);
}
