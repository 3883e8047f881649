//! What is asked for every order reads no more than it answers, however many orders there were before.

use std::sync::Arc;

use frontrow_store::{
    Store,
    carts::Cart,
    payment_events::PaymentEvent,
    payments::{NewPayment, PaymentChange, PaymentState},
    test_bank::{BankDelivery, BankPayment},
};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use uuid::Uuid;

use crate::world::{NOW, World, at_once};

/// Enough for a question that walks through what others bought to come upon hundreds of rows, each time.
const ORDERS: usize = 1_000;
const AT_ONCE: usize = 8;
/// Rows and entries of indexes that the questions of one order come upon: 32 when this was written.
const READ_PER_ORDER_MAX: i64 = 60;

pub async fn an_order_reads_nothing_of_those_before_it(world: World) {
    // Only PostgreSQL counts. Its planner has more ways to go wrong, too: on tables that were never analysed it guesses.
    if !world.is_postgres() {
        return;
    }
    let raw = world.raw().await;
    raw.execute_unprepared(&visitors_before(&world)).await.unwrap();
    let world = Arc::new(world);
    at_once(AT_ONCE, |_| {
        let world = Arc::clone(&world);
        async move {
            for _ in 0..ORDERS / AT_ONCE {
                one_order(&world).await;
            }
        }
    })
    .await;
    // A connection reports what it read at the latest when it ends.
    world.store.close().await.unwrap();
    while number(&raw, WRITTEN).await < i64::try_from(3 * ORDERS).unwrap() {
        tokio::task::yield_now().await;
    }
    let read = number(&raw, READ).await / i64::try_from(ORDERS).unwrap();
    assert!(read > 0, "nothing was counted");
    assert!(read <= READ_PER_ORDER_MAX, "an order reads {read} rows");
}

/// Of this size the planner begins to prefer the wrong index, if there is one.
fn visitors_before(world: &World) -> String {
    format!(
        "INSERT INTO carts (cart_id, performance_id, hold_id, updated_at)
        SELECT gen_random_uuid(), '{}', gen_random_uuid(), moment
        FROM generate_series(1, 5000) AS moment",
        world.performance
    )
}

const WRITTEN: &str = "SELECT coalesce(sum(n_tup_ins), 0)::bigint FROM pg_stat_user_tables
    WHERE schemaname = current_schema() AND relname IN ('orders', 'payments', 'payment_events')";

/// By walking through a table, or by an index.
const READ: &str = "SELECT (
        SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_user_tables
        WHERE schemaname = current_schema()
    )::bigint + (
        SELECT coalesce(sum(idx_tup_read), 0) FROM pg_stat_user_indexes
        WHERE schemaname = current_schema()
    )::bigint";

async fn number(raw: &DatabaseConnection, sql: &str) -> i64 {
    let asked = Statement::from_string(raw.get_database_backend(), sql);
    raw.query_one_raw(asked).await.unwrap().unwrap().try_get_by(0).unwrap()
}

async fn one_order(world: &World) {
    let store = &world.store;
    let visitor = Cart {
        cart_id: world.id(),
        performance_id: world.performance,
        hold_id: world.id(),
        updated_at: NOW,
    };
    store.put_cart(visitor).await.unwrap();
    assert_eq!(store.carts(visitor.cart_id).await.unwrap().len(), 1);
    let mut order = world.new_order();
    let (id, payment_id) = (order.id, world.id());
    order.payment = Some(NewPayment {
        id: payment_id,
        order_id: id,
        provider: "test".to_owned(),
        amount_minor: 50_000,
        currency: "CZK".to_owned(),
        expires_at: NOW,
        next_check_at: NOW,
        created_at: NOW,
    });
    assert!(store.payments_of_order(id).await.unwrap().is_empty());
    store.create_order(order).await.unwrap();
    at_the_bank(store, &payment_id.to_string()).await;
    store.payment_opened(payment_id, &payment_id.to_string(), "url", NOW).await.unwrap();
    paid(store, payment_id).await;
    assert_eq!(store.order(id).await.unwrap().unwrap().id, id);
    let details = store.order_details(id).await.unwrap().unwrap();
    assert_eq!((details.positions.len(), details.payments.len()), (2, 1));
    assert_eq!(store.carts(visitor.cart_id).await.unwrap().len(), 1);
}

async fn at_the_bank(store: &Store, bank_ref: &str) {
    let opened = BankPayment { bank_ref: bank_ref.to_owned(), version: 1, document: 0.into() };
    assert!(store.bank_insert(&opened).await.unwrap());
    let found = store.bank_payment(bank_ref).await.unwrap().unwrap();
    let delivery = BankDelivery {
        delivery_id: bank_ref.to_owned(),
        bank_ref: bank_ref.to_owned(),
        due_at: NOW,
        attempts: 0,
        document: 0.into(),
    };
    let paid = BankPayment { version: 2, ..found };
    assert!(store.bank_replace(&paid, std::slice::from_ref(&delivery)).await.unwrap());
    let ids = || vec![bank_ref.to_owned()];
    assert_eq!(store.bank_attempted(ids(), 0, Some(NOW)).await.unwrap().len(), 1);
    store.bank_remove(ids()).await.unwrap();
}

async fn paid(store: &Store, id: Uuid) {
    let word = PaymentEvent {
        provider: "test".to_owned(),
        event_id: id.to_string(),
        payload: 0.into(),
        received_at: NOW,
        processed_at: None,
    };
    store.receive_payment_event(&word).await.unwrap();
    let payment = store.payment_by_ref("test", &word.event_id).await.unwrap().unwrap();
    let paid = PaymentChange {
        id: payment.id,
        from: vec![PaymentState::Opening, PaymentState::Open, PaymentState::Failed],
        to: PaymentState::Paid,
        next_check_at: Some(NOW),
        jobs: Vec::new(),
        now: NOW,
    };
    assert!(store.change_payment(paid).await.unwrap());
    assert!(store.settle_payment(id, NOW).await.unwrap());
    assert!(store.payment_event_processed("test", &word.event_id, NOW).await.unwrap());
}
