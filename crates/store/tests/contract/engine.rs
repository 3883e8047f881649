//! Connecting, migrating, writing at once.

use std::{task::Poll, time::Duration};

use frontrow_store::{
    Config, Error, Store,
    payment_events::{Intake, PaymentEvent},
    payments::NewPayment,
    test_bank::BankPayment,
};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};
use uuid::Uuid;

use crate::world::{NOW, World, at_once, connect, raw};

pub async fn migrations_run_again_and_at_once(world: World) {
    world.store.migrate().await.unwrap();
    // As replicas that start together on an empty database.
    let url = world.empty_database().await;
    let mut stores = Vec::new();
    for _ in 0..4 {
        stores.push(connect(&url).await);
    }
    let results = at_once(4, |index| {
        let store = stores[index].clone();
        async move { store.migrate().await }
    })
    .await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    stores[0].put_organisation(&world.organisation()).await.unwrap();
}

pub async fn a_database_of_the_first_version_is_brought_up_to_date(world: World) {
    let url = world.empty_database().await;
    let store = connect(&url).await;
    let raw = raw(&url).await;
    raw.execute_unprepared(&first_version(&raw)).await.unwrap();
    store.migrate().await.unwrap();
    let owners = async |slug| store.venue_by_slug(slug).await.unwrap().unwrap().organisation_id;
    assert_eq!(owners("sold").await, Some(Uuid::from_u128(1)), "who sold in it first");
    assert_eq!(owners("empty").await, None);
}

/// The first shape of the tables, with two organisations that sold in one venue, and another venue.
fn first_version(raw: &DatabaseConnection) -> String {
    let postgres = raw.get_database_backend() == DbBackend::Postgres;
    let words = if postgres {
        ["uuid", "integer", "bigint", "bytea", "jsonb", ""]
    } else {
        ["blob", "integer", "integer", "blob", "text", "strict"]
    };
    let names = ["{uuid}", "{int}", "{bigint}", "{bytes}", "{json}", "{strict}"];
    let mut sql = include_str!("../../src/migrations/m0001_first.sql").to_owned();
    for (name, word) in names.into_iter().zip(words) {
        sql = sql.replace(name, word);
    }
    let id = |number: u128| {
        let id = Uuid::from_u128(number);
        if postgres { format!("'{id}'") } else { format!("x'{}'", id.simple()) }
    };
    let hash = if postgres { "'\\x00'" } else { "x'00'" };
    let (first, second, sold, empty, plan) = (id(1), id(2), id(3), id(4), id(5));
    let rows = format!(
        "CREATE TABLE seaql_migrations (version varchar PRIMARY KEY, applied_at bigint NOT NULL);
        INSERT INTO seaql_migrations VALUES ('m0001_first', 0);
        INSERT INTO organisations VALUES ({first}, 'First', 0), ({second}, 'Second', 0);
        INSERT INTO venues VALUES ({sold}, 'sold', '', '', '', '', '', ''),
            ({empty}, 'empty', '', '', '', '', '', '');
        INSERT INTO geometries VALUES ({hash}, {hash}, 0);
        INSERT INTO seating_plans VALUES ({plan}, {sold}, '', {hash}, 0, 0);"
    );
    sql.push_str(&rows);
    // The second organisation's performance starts earlier, but was announced later.
    for (number, organisation, starts_at, created_at) in [(20, second, 1, 9), (10, first, 5, 8)] {
        let (event, performance) = (id(number), id(number + 1));
        let rows = format!(
            "INSERT INTO events VALUES ({event}, {organisation}, 'e{number}', '{{}}', '{{}}', '{{}}', '', NULL, '', 0);
            INSERT INTO performances (id, event_id, venue_id, plan_id, starts_at, currency, offer, created_at)
                VALUES ({performance}, {event}, {sold}, {plan}, {starts_at}, 'CZK', '{{}}', {created_at});"
        );
        sql.push_str(&rows);
    }
    sql
}

pub async fn tables_of_a_newer_version_are_left_alone(world: World) {
    let raw = world.raw().await;
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 0)";
    raw.execute_unprepared(newer).await.unwrap();
    world.another_store().await.migrate().await.unwrap();
    assert!(world.store.organisation(world.organisation).await.unwrap().is_some());
}

pub async fn a_row_must_refer_to_one_that_exists(world: World) {
    let result = world.store.create_payment(payment(Uuid::from_u128(404))).await;
    assert!(matches!(result, Err(Error::Conflict(_))), "{result:?}");
}

fn payment(order_id: Uuid) -> NewPayment {
    NewPayment {
        id: Uuid::new_v5(&order_id, b"payment"),
        order_id,
        provider: "bank".to_owned(),
        amount_minor: 1,
        currency: "CZK".to_owned(),
        expires_at: NOW.plus_ms(1_000),
        next_check_at: NOW,
        created_at: NOW,
    }
}

pub async fn many_writers_of_two_processes_all_succeed(world: World) {
    // The second store has its own connections and its own queue of writers, as another process would.
    let stores = [world.store.clone(), world.another_store().await];
    let orders: Vec<_> = (0..60).map(|_| world.new_order()).collect();
    let results = at_once(60, |index| {
        let (store, order) = (stores[index % 2].clone(), orders[index].clone());
        async move {
            let id = order.id;
            store.create_order(order).await?;
            store.fail_order(id).await
        }
    })
    .await;
    let failed: Vec<_> = results.iter().filter(|result| !matches!(result, Ok(true))).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

pub async fn a_call_that_is_given_up_leaves_nothing_locked(world: World) {
    let mut written = 0;
    for steps in 0..60 {
        let order = world.new_order();
        let id = order.id;
        // As when a client hangs up: the call is dropped wherever it is.
        let call = world.store.create_order(order);
        drop(polled(steps, call).await.transpose().unwrap());
        // The next writer waits for nobody, and sees all of the order or nothing.
        world.store.put_organisation(&world.organisation()).await.unwrap();
        if let Some(details) = world.store.order_details(id).await.unwrap() {
            written += 1;
            assert_eq!(details.positions.len(), 2);
        }
    }
    assert!((1..60).contains(&written), "{written}");
}

pub async fn a_replica_that_hangs_in_a_transaction_lets_go_of_its_rows(world: World) {
    // SQLite is one process's.
    if !world.is_postgres() {
        return;
    }
    let replicas = (world.store.clone(), world.another_store().await);
    at_once(16, |steps| {
        let (hung, other) = replicas.clone();
        async move {
            let bank_ref = format!("payment {steps}");
            let new = BankPayment { bank_ref, version: 0, document: 0.into() };
            hung.bank_insert(&new).await.unwrap();
            let paid = BankPayment { version: 1, ..new };
            let mut call = Box::pin(hung.bank_replace(&paid, &[]));
            let before = polled(steps, &mut call).await;
            let replaced = other.bank_replace(&paid, &[]).await.unwrap();
            let woken = match before {
                Some(answer) => answer,
                None => call.await,
            };
            match woken {
                Ok(first) => assert_ne!(first, replaced, "{steps}: one of them changes it"),
                Err(error) => assert!(replaced && error.is_retryable(), "{steps}: {error:?}"),
            }
        }
    })
    .await;
}

pub async fn callers_who_hang_up_take_nobody_s_rows_along(world: World) {
    let orders: Vec<_> = (0..300).map(|_| world.new_order()).collect();
    let answers = at_once(orders.len(), |index| {
        let (store, order) = (world.store.clone(), orders[index].clone());
        // Two of three hang up, each somewhere else.
        let steps = if index % 3 == 0 { usize::MAX } else { index % 37 };
        async move { polled(steps, store.create_order(order)).await }
    })
    .await;
    // What the disk has, not what a connection of this store believes.
    world.store.close().await.unwrap();
    let store = world.another_store().await;
    let mut answered = 0;
    for (order, answer) in orders.iter().zip(answers) {
        let details = store.order_details(order.id).await.unwrap();
        assert!(details.as_ref().is_none_or(|details| details.positions.len() == 2));
        if let Some(answer) = answer {
            answer.unwrap();
            answered += 1;
            assert!(details.is_some(), "an order was acknowledged and is lost");
        }
    }
    assert!(answered >= orders.len() / 3);
}

pub async fn one_statement_is_kept_whoever_fails_or_hangs_up(world: World) {
    let message = |index: usize| PaymentEvent {
        provider: "bank".to_owned(),
        event_id: index.to_string(),
        payload: serde_json::json!({}),
        received_at: NOW,
        processed_at: None,
    };
    let orders: Vec<_> = (0..300).map(|_| world.new_order()).collect();
    let answers = at_once(orders.len(), |index| {
        let (store, order, message) = (world.store.clone(), orders[index].clone(), message(index));
        async move {
            let received = store.receive_payment_event(&message);
            match index % 4 {
                0 => Some(received.await),
                1 => polled(index % 37, received).await,
                2 => {
                    polled(index % 37, store.create_order(order)).await;
                    None
                }
                _ => {
                    let of_no_order = store.create_payment(payment(order.id)).await;
                    assert!(matches!(of_no_order, Err(Error::Conflict(_))), "{of_no_order:?}");
                    None
                }
            }
        }
    })
    .await;
    // What the disk has, not what a connection of this store believes.
    world.store.close().await.unwrap();
    let store = world.another_store().await;
    let mut answered = 0;
    for (index, answer) in answers.into_iter().enumerate() {
        if let Some(answer) = answer {
            assert_eq!(answer.unwrap(), Intake::New);
            let again = store.receive_payment_event(&message(index)).await.unwrap();
            assert_eq!(again, Intake::Unprocessed, "a message was acknowledged and is lost");
            answered += 1;
        }
    }
    assert!(answered >= orders.len() / 4);
}

/// Gives a call up after it was polled so many times.
async fn polled<F: Future>(times: usize, call: F) -> Option<F::Output> {
    let mut call = std::pin::pin!(call);
    let mut polls = 0;
    std::future::poll_fn(|context| {
        if polls == times {
            return Poll::Ready(None);
        }
        polls += 1;
        call.as_mut().poll(context).map(Some)
    })
    .await
}

pub async fn a_closed_store_is_unavailable(world: World) {
    world.store.ping().await.unwrap();
    world.store.close().await.unwrap();
    let error = world.store.organisation(world.organisation).await.unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    assert!(world.store.ping().await.unwrap_err().is_retryable());
    assert!(world.store.fail_order(world.id()).await.unwrap_err().is_retryable());
}

#[tokio::test]
async fn nobody_at_the_address_is_unavailable_and_no_address_is_a_fault() {
    let config = Config { acquire_timeout: Duration::from_millis(300), ..Config::default() };
    let nobody = Store::connect("postgres://shop@127.0.0.1:1/shop", config).await.unwrap_err();
    assert!(nobody.is_retryable(), "{nobody:?}");
    for fault in ["shop.db", "http://example.org", "postgres://shop@host:port/shop"] {
        let error = Store::connect(fault, config).await.unwrap_err();
        assert!(matches!(error, Error::Bug(_)), "{fault}: {error:?}");
    }
}
