//! Which sales have a waiting room, what was done to it, how it stood, and who wants a mail from it.

use frontrow_store::{
    page::PageRequest,
    room_samples::RoomSample,
    room_wishes::{JOB_ROOM_MAIL, RoomWish, Wish},
    rooms::RoomAction,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{NOW, World};

pub async fn a_room_is_looked_after_until_it_ends(world: World) {
    let (first, second) = (world.performance, world.id());
    let later = world.performance(second, world.event, NOW.plus_ms(9_000));
    world.store.put_performance(&later).await.unwrap();
    let open = async |performance, rules: &str, ms| {
        let rules = json!({ "entry": rules });
        world.store.room_opened(performance, NOW.plus_ms(ms), |_| rules).await.unwrap();
    };
    let listed = async || -> Vec<(Uuid, Value)> {
        let rooms = world.store.rooms().await.unwrap();
        rooms.into_iter().map(|room| (room.performance_id, room.rules.unwrap())).collect()
    };
    let (anyone, code) = (json!({ "entry": "anyone" }), json!({ "entry": "code" }));
    open(first, "anyone", 0).await;
    open(second, "anyone", 1).await;
    open(first, "code", 2).await;
    assert_eq!(listed().await, [(first, code), (second, anyone.clone())]);
    world.store.room_ended(first, NOW.plus_ms(3)).await.unwrap();
    assert!(world.store.had_room(first).await.unwrap());
    assert!(!world.store.had_room(world.id()).await.unwrap());
    assert_eq!(listed().await, [(second, anyone.clone())]);
    open(first, "anyone", 4).await;
    assert_eq!(listed().await, [(first, anyone.clone()), (second, anyone)]);
}

pub async fn the_rules_of_a_room_change_once_and_with_a_note(world: World) {
    let performance = world.performance;
    let action = RoomAction {
        id: Uuid::from_u128(7),
        performance_id: performance,
        at: NOW,
        who: "night shift".to_owned(),
        action: "count".to_owned(),
        detail: Value::Null,
    };
    let count = async || {
        let one_more = |rules: &mut Value| {
            rules["count"] = (rules["count"].as_u64().unwrap_or(0) + 1).into();
            json!({ "to": rules["count"] })
        };
        world.store.change_room_rules(action.clone(), one_more).await.unwrap()
    };
    assert_eq!(count().await, None, "there is no room");
    world.store.room_opened(performance, NOW, |_| json!({ "entry": "code" })).await.unwrap();
    let counted = Some(json!({ "entry": "code", "count": 1 }));
    assert_eq!(count().await, counted);
    assert_eq!(count().await, counted, "the same action again");
    let rooms = world.store.rooms().await.unwrap();
    assert_eq!(rooms[0].rules, counted);
    let noted = world.store.room_actions(performance, PageRequest::default()).await.unwrap();
    assert_eq!(noted.items, [RoomAction { detail: json!({ "to": 1 }), ..action.clone() }]);
    let kept = |before: Option<Value>| before.unwrap();
    assert_eq!(Some(world.store.room_opened(performance, NOW, kept).await.unwrap()), counted);
}

pub async fn what_was_done_to_a_room_is_read_newest_first(world: World) {
    let performance = world.performance;
    let action = |number: u128, what: &str| RoomAction {
        id: Uuid::from_u128(number),
        performance_id: performance,
        at: NOW.plus_ms(i64::try_from(number).unwrap()),
        who: "night shift".to_owned(),
        action: what.to_owned(),
        detail: json!({ "rate_per_minute": 120 }),
    };
    let actions = [action(1, "pause"), action(2, "steer"), action(3, "resume")];
    for action in &actions {
        world.store.note_room_action(action).await.unwrap();
        world.store.note_room_action(action).await.unwrap();
    }
    let page = PageRequest { limit: Some(2), ..PageRequest::default() };
    let newest = world.store.room_actions(performance, page).await.unwrap();
    assert_eq!(newest.items, [actions[2].clone(), actions[1].clone()]);
    let page = PageRequest { after: newest.next, ..page };
    let rest = world.store.room_actions(performance, page).await.unwrap();
    assert_eq!(rest.items, [actions[0].clone()]);
    assert!(rest.next.is_none());
}

fn wish(world: &World, place: u32, wish: Wish) -> RoomWish {
    RoomWish {
        performance_id: world.performance,
        place,
        wish,
        position: Some(u64::from(100 - place)),
        email: format!("fan{place}@example.org"),
        locale: "cs".to_owned(),
        created_at: NOW.plus_ms(place.into()),
        mailed_at: None,
    }
}

pub async fn whoever_wished_for_a_mail_gets_one(world: World) {
    let (store, performance) = (&world.store, world.performance);
    for wish in
        [wish(&world, 1, Wish::Turn), wish(&world, 1, Wish::Places), wish(&world, 2, Wish::Turn)]
    {
        store.put_room_wish(&wish).await.unwrap();
        store.put_room_wish(&wish).await.unwrap();
    }
    assert_eq!(store.room_wishes_of(performance, 1).await.unwrap().len(), 2);
    assert_eq!(store.call_places(performance, &[3, 4], NOW).await.unwrap(), 0);
    assert_eq!(store.call_places(performance, &[1, 3], NOW).await.unwrap(), 2);
    assert_eq!(store.call_places(performance, &[1, 3], NOW).await.unwrap(), 0, "once");
    let jobs = store.claim_jobs(&[JOB_ROOM_MAIL], NOW, NOW.plus_ms(1), 10).await.unwrap();
    assert_eq!(jobs.len(), 2);
    let id = jobs[0].payload["wish"].as_str().unwrap().parse().unwrap();
    let named = store.room_wish(id).await.unwrap().unwrap();
    assert_eq!((named.place, named.mailed_at), (1, Some(NOW)));
    // Wished for again, another mail.
    let again = RoomWish { created_at: NOW.plus_ms(50), ..wish(&world, 1, Wish::Turn) };
    store.put_room_wish(&again).await.unwrap();
    assert_eq!(store.call_places(performance, &[1], NOW).await.unwrap(), 1);
    store.delete_room_wishes(performance, 2).await.unwrap();
    assert_eq!(store.call_places(performance, &[2], NOW).await.unwrap(), 0, "taken back");
}

pub async fn the_waiting_list_is_called_in_the_order_of_the_queue(world: World) {
    let (store, performance) = (&world.store, world.performance);
    for place in 1..=5 {
        store.put_room_wish(&wish(&world, place, Wish::Places)).await.unwrap();
    }
    store.put_room_wish(&wish(&world, 6, Wish::Turn)).await.unwrap();
    assert_eq!(store.waiting_list_count(performance).await.unwrap(), 5);
    // Positions 95 to 99; the turn of 99 has not come.
    assert_eq!(store.call_waiting_list(performance, 99, 2, NOW).await.unwrap(), 2);
    let page = PageRequest { limit: Some(3), ..PageRequest::default() };
    let first = store.waiting_list(performance, page).await.unwrap();
    let places: Vec<u32> = first.items.iter().map(|wish| wish.place).collect();
    assert_eq!(places, [1, 2, 3], "longest on it first");
    let page = PageRequest { after: first.next, ..page };
    let rest = store.waiting_list(performance, page).await.unwrap();
    let called: Vec<u32> =
        rest.items.iter().filter(|wish| wish.mailed_at.is_some()).map(|wish| wish.place).collect();
    assert_eq!(called, [4, 5], "the foremost positions");
    assert_eq!(store.call_waiting_list(performance, 99, 9, NOW).await.unwrap(), 2);
    assert_eq!(store.waiting_list_count(performance).await.unwrap(), 1);
    let before = NOW.plus_ms(4);
    assert_eq!(store.purge_room_wishes(before).await.unwrap(), 3);
    assert_eq!(
        store.waiting_list(performance, PageRequest::default()).await.unwrap().items.len(),
        2
    );
}

pub async fn how_a_room_stood_is_noted_once_and_forgotten(world: World) {
    let (store, performance) = (&world.store, world.performance);
    let sample = |number: i64, waiting| RoomSample {
        at: NOW.plus_ms(number * 10_000),
        joined: 100,
        waiting,
        called: 20,
        missed: 3,
        in_shop: 12,
        rate_per_minute: 600,
    };
    for number in 0..5 {
        store.note_room_sample(performance, &sample(number, 80), NOW).await.unwrap();
        store.note_room_sample(performance, &sample(number, 99), NOW).await.unwrap();
    }
    let all: Vec<RoomSample> = (0..5).map(|number| sample(number, 80)).collect();
    assert_eq!(store.room_samples(performance).await.unwrap(), all);
    store.note_room_sample(performance, &sample(5, 70), NOW.plus_ms(40_000)).await.unwrap();
    assert_eq!(store.room_samples(performance).await.unwrap(), [all[4], sample(5, 70)]);
}
