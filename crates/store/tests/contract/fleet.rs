//! What replicas agree on, and what they say of themselves.

use std::time::Duration;

use frontrow_store::{
    limits::REPLICA_FORGOTTEN_MS,
    replicas::{Replica, ReplicaState, StreamLag},
};

use crate::world::{NOW, World, at_once};

pub async fn replicas_that_start_at_once_agree(world: World) {
    let answers = at_once(8, |index| {
        let store = world.store.clone();
        async move { store.agree_on("secret", &format!("mine is {index}")).await }
    })
    .await;
    let agreed = world.store.setting("secret").await.unwrap().unwrap();
    assert!(answers.iter().all(|answer| *answer.as_ref().unwrap() == agreed), "{answers:?}");
    world.store.put_setting("secret", "another").await.unwrap();
    assert_eq!(world.store.agree_on("secret", "late").await.unwrap(), "another");
    assert_eq!(world.store.setting("unknown").await.unwrap(), None);
}

pub async fn a_turn_is_one_replica_s_until_it_gives_it_up(world: World) {
    let other = world.another_store().await;
    let turn = world.store.turn("import").await.unwrap();
    // Another turn is another matter.
    drop(other.turn("something else").await.unwrap());
    let waiting = tokio::spawn(async move { other.turn("import").await.map(drop) });
    if world.is_postgres() {
        let early = tokio::time::timeout(Duration::from_millis(300), async {
            while !waiting.is_finished() {
                tokio::task::yield_now().await;
            }
        });
        assert!(early.await.is_err(), "two have the same turn");
    }
    drop(turn);
    waiting.await.unwrap().unwrap();
}

pub async fn replicas_that_are_silent_are_told_apart_and_forgotten(world: World) {
    let replica = |number: u128, seen_ms: i64| Replica {
        id: uuid::Uuid::from_u128(number),
        build: "0.1.0+abc".to_owned(),
        roles: "all".to_owned(),
        address: "127.0.0.1:8080".to_owned(),
        state: ReplicaState::Serving,
        knows: 1,
        secret_print: "0badcafe".to_owned(),
        streams: vec![StreamLag {
            stream: "sale/1".to_owned(),
            position: 7,
            behind: 1,
            unprojected: 2,
        }],
        started_at: NOW.plus_ms(seen_ms),
        seen_at: NOW.plus_ms(seen_ms),
    };
    let (one, two) = (replica(1, 0), replica(2, 10_000));
    world.store.replica_seen(&one).await.unwrap();
    world.store.replica_seen(&two).await.unwrap();
    assert_eq!(world.store.replicas(NOW).await.unwrap(), [one.clone(), two.clone()]);
    assert_eq!(world.store.replicas(NOW.plus_ms(1)).await.unwrap(), std::slice::from_ref(&two));

    // It says so again, and what it is about to do.
    let two = Replica { state: ReplicaState::Draining, seen_at: NOW.plus_ms(20_000), ..two };
    world.store.replica_seen(&two).await.unwrap();
    assert_eq!(world.store.replicas(NOW.plus_ms(1)).await.unwrap(), std::slice::from_ref(&two));

    let late = Replica { started_at: two.started_at, ..replica(3, REPLICA_FORGOTTEN_MS + 1) };
    world.store.replica_seen(&late).await.unwrap();
    assert_eq!(world.store.replicas(NOW).await.unwrap(), [two.clone(), late.clone()]);
    world.store.replica_gone(two.id).await.unwrap();
    assert_eq!(world.store.replicas(NOW).await.unwrap(), [late]);
}
