//! Which sales have a waiting room, and what was done to it.

use frontrow_store::{page::PageRequest, rooms::RoomAction};
use serde_json::json;
use uuid::Uuid;

use crate::world::{NOW, World};

pub async fn a_room_is_looked_after_until_it_ends(world: World) {
    let (first, second) = (world.performance, world.id());
    let later = world.performance(second, world.event, NOW.plus_ms(9_000));
    world.store.put_performance(&later).await.unwrap();
    world.store.room_opened(first, NOW).await.unwrap();
    world.store.room_opened(second, NOW.plus_ms(1)).await.unwrap();
    world.store.room_opened(first, NOW.plus_ms(2)).await.unwrap();
    assert_eq!(world.store.rooms().await.unwrap(), [first, second]);
    world.store.room_ended(first, NOW.plus_ms(3)).await.unwrap();
    assert_eq!(world.store.rooms().await.unwrap(), [second]);
    world.store.room_opened(first, NOW.plus_ms(4)).await.unwrap();
    assert_eq!(world.store.rooms().await.unwrap(), [first, second]);
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
