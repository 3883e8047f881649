//! API keys, remembered calls, carts.

use frontrow_store::{
    Error,
    api_keys::ApiKey,
    carts::Cart,
    idempotency::{Begun, CallLease, IdempotentCall, StoredAnswer},
    limits,
};
use sea_orm::ConnectionTrait;

use crate::world::{NOW, World, at_once};

fn call() -> IdempotentCall {
    IdempotentCall { principal: "key/1".to_owned(), key_hash: [1; 32], fingerprint: [2; 32] }
}

fn lease(begun: Begun) -> CallLease {
    match begun {
        Begun::Go(lease) => lease,
        begun => panic!("{begun:?}"),
    }
}

pub async fn a_key_is_found_by_its_prefix_until_it_is_revoked(world: World) {
    let key = ApiKey {
        id: world.id(),
        organisation_id: world.organisation,
        name: "partner".to_owned(),
        prefix: "fr_abc".to_owned(),
        secret_hash: [3; 32],
        created_at: NOW,
        revoked_at: None,
    };
    world.store.create_api_key(&key).await.unwrap();
    let same_prefix = ApiKey { id: world.id(), ..key.clone() };
    let result = world.store.create_api_key(&same_prefix).await;
    assert!(matches!(result, Err(Error::Conflict(_))), "{result:?}");
    let found = world.store.api_key_by_prefix("fr_abc").await.unwrap();
    assert_eq!(found.as_ref(), Some(&key));
    assert_eq!(world.store.api_key_by_prefix("fr_").await.unwrap(), None);
    assert!(world.store.revoke_api_key(key.id, NOW).await.unwrap());
    assert!(!world.store.revoke_api_key(key.id, NOW.plus_ms(1)).await.unwrap());
    let found = world.store.api_keys(world.organisation).await.unwrap();
    assert_eq!(found, [ApiKey { revoked_at: Some(NOW), ..key }]);
}

pub async fn a_call_is_carried_out_once_and_answered_the_same(world: World) {
    let until = NOW.plus_ms(1_000);
    let begun = at_once(8, |_| {
        let store = world.store.clone();
        async move { store.begin_call(&call(), NOW, until).await.unwrap() }
    })
    .await;
    let (go, rest): (Vec<_>, Vec<_>) =
        begun.into_iter().partition(|begun| matches!(begun, Begun::Go(_)));
    assert_eq!(go.len(), 1);
    assert!(rest.iter().all(|begun| *begun == Begun::InProgress), "{rest:?}");
    let lease = lease(go.into_iter().next().unwrap());
    let answer = StoredAnswer { status: 201, body: b"{}".to_vec() };
    assert!(world.store.finish_call(&lease, &answer).await.unwrap());
    assert!(!world.store.finish_call(&lease, &answer).await.unwrap());
    let again = world.store.begin_call(&call(), until.plus_ms(1), until).await.unwrap();
    assert_eq!(again, Begun::Answered(answer));
    let other = IdempotentCall { fingerprint: [4; 32], ..call() };
    assert_eq!(world.store.begin_call(&other, NOW, until).await.unwrap(), Begun::Reused);
    let stranger = IdempotentCall { principal: "key/2".to_owned(), ..other };
    let begun = world.store.begin_call(&stranger, NOW, until).await.unwrap();
    assert!(matches!(begun, Begun::Go(_)), "{begun:?}");
}

pub async fn a_call_whose_worker_died_is_taken_over(world: World) {
    let store = &world.store;
    let until = NOW.plus_ms(1_000);
    let died = lease(store.begin_call(&call(), NOW, until).await.unwrap());
    let early = store.begin_call(&call(), until.plus_ms(-1), until).await.unwrap();
    assert_eq!(early, Begun::InProgress);
    let second = lease(store.begin_call(&call(), until, until.plus_ms(1_000)).await.unwrap());
    let answer = StoredAnswer { status: 200, body: Vec::new() };
    assert!(!store.finish_call(&died, &answer).await.unwrap());
    store.abandon_call(&died).await.unwrap();
    assert_eq!(store.begin_call(&call(), until, until).await.unwrap(), Begun::InProgress);
    store.abandon_call(&second).await.unwrap();
    let third = lease(store.begin_call(&call(), until, until.plus_ms(1_000)).await.unwrap());
    assert!(store.finish_call(&third, &answer).await.unwrap());
}

pub async fn a_cart_is_found_again_and_has_one_hold_per_sale(world: World) {
    let cart_id = world.id();
    let cart =
        |hold_id| Cart { cart_id, performance_id: world.performance, hold_id, updated_at: NOW };
    let old_hold = world.id();
    at_once(8, |_| {
        let (store, cart) = (world.store.clone(), cart(old_hold));
        async move { store.put_cart(cart).await.unwrap() }
    })
    .await;
    assert_eq!(world.store.carts(cart_id).await.unwrap(), [cart(old_hold)]);
    // More of what it holds already is nothing new.
    world.store.put_cart(Cart { updated_at: NOW.plus_ms(1), ..cart(old_hold) }).await.unwrap();
    assert_eq!(world.store.carts(cart_id).await.unwrap(), [cart(old_hold)]);
    let new_hold = world.id();
    world.store.put_cart(cart(new_hold)).await.unwrap();
    assert_eq!(world.store.carts(cart_id).await.unwrap(), [cart(new_hold)]);
    assert_eq!(world.store.carts(world.id()).await.unwrap(), []);
    assert!(!world.store.remove_cart(cart(old_hold)).await.unwrap());
    assert!(world.store.remove_cart(cart(new_hold)).await.unwrap());
    assert_eq!(world.store.cart(cart_id, world.performance).await.unwrap(), None);
}

pub async fn old_calls_and_carts_are_purged_in_portions(world: World) {
    let fresh = Cart {
        cart_id: world.id(),
        performance_id: world.performance,
        hold_id: world.id(),
        updated_at: NOW,
    };
    world.store.put_cart(fresh).await.unwrap();
    let until = NOW.plus_ms(1);
    world.store.begin_call(&call(), NOW, until).await.unwrap();
    let count = limits::PURGE_MAX + 5;
    old_rows(&world, count).await;
    for purged in [limits::PURGE_MAX, 5, 0] {
        assert_eq!(world.store.purge_carts(NOW).await.unwrap(), purged);
        assert_eq!(world.store.purge_calls(NOW).await.unwrap(), purged);
    }
    assert_eq!(world.store.carts(fresh.cart_id).await.unwrap(), [fresh]);
    assert_eq!(world.store.begin_call(&call(), NOW, until).await.unwrap(), Begun::InProgress);
}

/// All of one moment: a portion must not need them to differ.
async fn old_rows(world: &World, count: u64) {
    let raw = world.raw().await;
    let uuid = |number: u64| match raw.get_database_backend() {
        sea_orm::DbBackend::Sqlite => format!("x'{number:032x}'"),
        _ => format!("'{number:032x}'::uuid"),
    };
    let bytes = |number: u64| match raw.get_database_backend() {
        sea_orm::DbBackend::Sqlite => format!("x'{number:064x}'"),
        _ => format!("'\\x{number:064x}'::bytea"),
    };
    let performance = uuid(world.performance.as_u128() as u64);
    let carts: Vec<_> = (0..count)
        .map(|n| format!("({}, {performance}, {}, 7)", uuid(1 << 40 | n), uuid(n)))
        .collect();
    let calls: Vec<_> =
        (0..count).map(|n| format!("('old', {}, {}, 0, 7)", bytes(n), bytes(n))).collect();
    let sql = format!(
        "INSERT INTO carts (cart_id, performance_id, hold_id, updated_at) VALUES {}",
        carts.join(",")
    );
    raw.execute_unprepared(&sql).await.unwrap();
    let sql = format!(
        "INSERT INTO idempotency (principal, key_hash, fingerprint, lease_until, created_at) VALUES {}",
        calls.join(",")
    );
    raw.execute_unprepared(&sql).await.unwrap();
}
