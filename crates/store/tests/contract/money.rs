//! Payments, refunds, the words of providers, and the test bank.

use frontrow_ledger::Time;
use frontrow_store::{
    Error,
    jobs::NewJob,
    payment_events::{Intake, PaymentEvent},
    payments::{NewPayment, Payment, PaymentChange, PaymentState},
    refunds::{NewRefund, Refund, RefundOutcome, RefundState},
    test_bank::{BankDelivery, BankPayment},
};
use uuid::Uuid;

use crate::world::{NOW, World, at_once};

const LATER: Time = NOW.plus_ms(60_000);

/// Of an order that is written already.
async fn new_payment(world: &World) -> NewPayment {
    let order = world.store.create_order(world.new_order()).await.unwrap().into_order();
    NewPayment {
        id: world.id(),
        order_id: order.id,
        provider: "bank".to_owned(),
        amount_minor: order.total_minor,
        currency: order.currency,
        expires_at: NOW.plus_ms(1_000),
        next_check_at: NOW,
        created_at: NOW,
    }
}

/// Of an order of its own.
pub async fn payment(world: &World) -> Payment {
    let new = new_payment(world).await;
    let payment = world.store.create_payment(new.clone()).await.unwrap();
    assert_eq!(world.store.create_payment(new).await.unwrap(), payment);
    payment
}

/// Of the order that has this one.
pub async fn another_payment_of(world: &World, id: Uuid) -> Uuid {
    let order_id = world.store.payment(id).await.unwrap().unwrap().order_id;
    let another = NewPayment { order_id, ..new_payment(world).await };
    world.store.create_payment(another).await.unwrap().id
}

fn settle(payment: Uuid) -> NewJob {
    NewJob {
        kind: "settle".to_owned(),
        key: payment.to_string(),
        payload: serde_json::json!({ "payment": payment }),
        due_at: NOW,
    }
}

pub fn change(id: Uuid, from: &[PaymentState], to: PaymentState) -> PaymentChange {
    PaymentChange {
        id,
        from: from.to_vec(),
        to,
        next_check_at: Some(LATER),
        jobs: vec![settle(id)],
        now: NOW.plus_ms(5),
    }
}

pub async fn a_payment_that_is_written_by_two_at_once_is_one(world: World) {
    let new = new_payment(&world).await;
    let written = at_once(12, |index| {
        // Each has read its own clock.
        let created_at = NOW.plus_ms(i64::try_from(index).unwrap());
        let (store, new) = (world.store.clone(), NewPayment { created_at, ..new.clone() });
        async move { store.create_payment(new).await.unwrap() }
    })
    .await;
    assert!(written.iter().all(|payment| *payment == written[0]), "{written:?}");
}

pub async fn a_payment_changes_only_from_the_states_named(world: World) {
    use PaymentState::{Failed, Open, Opening, Paid, RefundDue};
    let store = &world.store;
    let payment = payment(&world).await;
    assert_eq!(payment.state, Opening);
    assert!(!store.change_payment(change(payment.id, &[Open], Paid)).await.unwrap());
    assert_eq!(store.claim_jobs(&["settle"], NOW, LATER, 9).await.unwrap(), []);
    // The webhook overtakes the answer to opening the payment.
    let from = [Opening, Open, Failed];
    let paid = at_once(6, |_| {
        let (store, change) = (store.clone(), change(payment.id, &from, Paid));
        async move { store.change_payment(change).await.unwrap() }
    })
    .await;
    assert_eq!(paid.iter().filter(|changed| **changed).count(), 1);
    assert_eq!(store.claim_jobs(&["settle"], NOW, LATER, 9).await.unwrap().len(), 1);
    assert!(!store.payment_opened(payment.id, "b1", "https://bank/b1", NOW).await.unwrap());
    let found = store.payment_by_ref("bank", "b1").await.unwrap().unwrap();
    assert_eq!((found.id, found.state), (payment.id, Paid));
    assert_eq!(found.page_url.as_deref(), Some("https://bank/b1"));
    assert!(store.settle_payment(payment.id, LATER).await.unwrap());
    assert!(!store.settle_payment(payment.id, LATER).await.unwrap());
    assert!(store.change_payment(change(payment.id, &[Paid], RefundDue)).await.unwrap());
    let [found] =
        <[Payment; 1]>::try_from(store.payments_of_order(payment.order_id).await.unwrap()).unwrap();
    assert_eq!((found.state, found.settled_at), (RefundDue, Some(LATER)));
    assert_eq!(store.payment(payment.id).await.unwrap(), Some(found));
}

pub async fn a_payment_is_checked_by_one_worker_at_a_time(world: World) {
    let mut due = Vec::new();
    for _ in 0..20 {
        due.push(payment(&world).await.id);
    }
    let settled = payment(&world).await.id;
    world.store.settle_payment(settled, NOW).await.unwrap();
    let put_off = payment(&world).await.id;
    world.store.check_payment_at(put_off, Some(LATER)).await.unwrap();
    let stores = [world.store.clone(), world.another_store().await];
    let claims = at_once(6, |index| {
        let store = stores[index % 2].clone();
        async move { store.claim_due_payments(NOW, LATER, 10).await.unwrap() }
    })
    .await;
    let mut claimed: Vec<_> = claims.into_iter().flatten().map(|payment| payment.id).collect();
    loop {
        let rest = world.store.claim_due_payments(NOW, LATER, 10).await.unwrap();
        if rest.is_empty() {
            break;
        }
        assert!(rest.iter().all(|payment| payment.attempts == 1));
        claimed.extend(rest.into_iter().map(|payment| payment.id));
    }
    claimed.sort();
    assert_eq!(claimed, due);
    // Whoever claimed them died.
    let again = world.store.claim_due_payments(LATER, LATER.plus_ms(1), 100).await.unwrap();
    assert_eq!(again.len(), due.len() + 1);
}

pub async fn a_paid_payment_is_kept_by_who_claimed_it(world: World) {
    let store = &world.store;
    let id = payment(&world).await.id;
    let (soon, later) = (LATER.plus_ms(10), LATER.plus_ms(30));
    // Claimed until `LATER` by whoever made it paid.
    let paid = change(id, &[PaymentState::Opening], PaymentState::Paid);
    assert!(store.change_payment(paid).await.unwrap());
    assert!(!store.claim_paid_payment(id, NOW, soon).await.unwrap());
    assert!(store.renew_paid_payment(id, LATER, soon).await.unwrap());
    assert!(!store.claim_paid_payment(id, LATER, later).await.unwrap());
    assert!(!store.renew_paid_payment(id, LATER, later).await.unwrap(), "that claim is over");
    // Who has it died: the next one takes it.
    assert!(store.claim_paid_payment(id, soon, later).await.unwrap());
    assert!(!store.renew_paid_payment(id, soon, later).await.unwrap());
    assert!(store.settle_payment(id, soon).await.unwrap());
    assert!(!store.renew_paid_payment(id, later, later).await.unwrap(), "nothing is left to do");
}

pub async fn a_provider_reference_names_one_payment(world: World) {
    let (one, two) = (payment(&world).await, payment(&world).await);
    assert!(world.store.payment_opened(one.id, "b1", "u", NOW).await.unwrap());
    let result = world.store.payment_opened(two.id, "b1", "u", NOW).await;
    assert!(matches!(result, Err(Error::Conflict(_))), "{result:?}");
    assert_eq!(world.store.payment_by_ref("other", "b1").await.unwrap(), None);
}

pub async fn a_message_of_a_provider_is_news_once(world: World) {
    let event = PaymentEvent {
        provider: "bank".to_owned(),
        event_id: "e1".to_owned(),
        payload: serde_json::json!({ "ref": "b1" }),
        received_at: NOW,
        processed_at: None,
    };
    let intakes = at_once(8, |_| {
        let (store, event) = (world.store.clone(), event.clone());
        async move { store.receive_payment_event(&event).await.unwrap() }
    })
    .await;
    assert_eq!(intakes.iter().filter(|intake| **intake == Intake::New).count(), 1);
    assert_eq!(intakes.iter().filter(|intake| **intake == Intake::Unprocessed).count(), 7);
    let store = &world.store;
    assert_eq!(store.unprocessed_payment_events(NOW).await.unwrap(), []);
    let open = store.unprocessed_payment_events(NOW.plus_ms(1)).await.unwrap();
    assert_eq!(open, std::slice::from_ref(&event));
    assert!(store.payment_event_processed("bank", "e1", NOW).await.unwrap());
    assert!(!store.payment_event_processed("bank", "e1", NOW).await.unwrap());
    assert_eq!(store.receive_payment_event(&event).await.unwrap(), Intake::Processed);
    assert_eq!(store.unprocessed_payment_events(LATER).await.unwrap(), []);
    let other = PaymentEvent { provider: "other".to_owned(), ..event };
    assert_eq!(store.receive_payment_event(&other).await.unwrap(), Intake::New);
    assert_eq!(store.purge_payment_events(NOW).await.unwrap(), 0);
    assert_eq!(store.purge_payment_events(LATER).await.unwrap(), 1);
    assert_eq!(store.purge_payment_events(LATER).await.unwrap(), 0);
    assert_eq!(store.unprocessed_payment_events(LATER).await.unwrap().len(), 1);
}

pub async fn refunds_never_exceed_the_payment(world: World) {
    // 50,000 were paid: of eight refunds of 20,000 at once, two fit. Several rounds, for they have to meet.
    for _ in 0..10 {
        let payment = payment(&world).await;
        assert_eq!(refunds_at_once(&world, payment.id).await.len(), 2);
    }
}

fn refund(world: &World, payment_id: Uuid, amount_minor: i64) -> NewRefund {
    NewRefund {
        id: world.id(),
        payment_id,
        amount_minor,
        reason: "cancelled".to_owned(),
        jobs: Vec::new(),
        created_at: NOW,
    }
}

async fn refunds_at_once(world: &World, payment: Uuid) -> Vec<Refund> {
    let wanted: Vec<_> = (0..8).map(|_| refund(world, payment, 20_000)).collect();
    let outcomes = at_once(8, |index| {
        let (store, new) = (world.store.clone(), wanted[index].clone());
        async move { store.create_refund(new).await.unwrap() }
    })
    .await;
    let written = |outcome| match outcome {
        RefundOutcome::Written(refund) => Some(refund),
        RefundOutcome::OverAmount { left_minor } => {
            assert!((0..20_000).contains(&left_minor), "{left_minor}");
            None
        }
    };
    outcomes.into_iter().filter_map(written).collect()
}

pub async fn a_refund_is_written_once_and_one_that_failed_gave_nothing(world: World) {
    let payment = payment(&world).await;
    let new = |amount| refund(&world, payment.id, amount);
    let written = refunds_at_once(&world, payment.id).await;
    let store = &world.store;
    let again = NewRefund { id: written[0].id, ..new(20_000) };
    assert_eq!(
        store.create_refund(again).await.unwrap(),
        RefundOutcome::Written(written[0].clone())
    );
    for amount in [0, -1, 10_001] {
        let outcome = store.create_refund(new(amount)).await.unwrap();
        assert_eq!(outcome, RefundOutcome::OverAmount { left_minor: 10_000 });
    }
    store.refund_attempted(written[0].id, NOW).await.unwrap();
    assert!(store.refund_done(written[0].id, "r1", NOW).await.unwrap());
    assert!(!store.refund_failed(written[0].id, NOW).await.unwrap());
    let done = store.refund(written[0].id).await.unwrap().unwrap();
    assert_eq!((done.state, done.attempts), (RefundState::Done, 1));
    assert_eq!(done.provider_ref.as_deref(), Some("r1"));
    // A refund that failed gave nothing back.
    assert!(store.refund_failed(written[1].id, NOW).await.unwrap());
    let outcome = store.create_refund(new(30_000)).await.unwrap();
    assert!(matches!(outcome, RefundOutcome::Written(_)), "{outcome:?}");
    assert_eq!(store.refunds_of_payment(payment.id).await.unwrap().len(), 3);
}

pub async fn the_test_bank_keeps_its_books(world: World) {
    let store = &world.store;
    let payment = |version, state: &str| BankPayment {
        bank_ref: "tb_1".to_owned(),
        version,
        document: serde_json::json!({ "state": state }),
    };
    let delivery = |id: &str, ms, attempts| BankDelivery {
        delivery_id: id.to_owned(),
        bank_ref: "tb_1".to_owned(),
        due_at: NOW.plus_ms(ms),
        attempts,
        document: serde_json::json!({ "event": id }),
    };
    assert!(store.bank_insert(&payment(0, "open")).await.unwrap());
    assert!(!store.bank_insert(&payment(0, "other")).await.unwrap());
    assert_eq!(store.bank_payment("tb_1").await.unwrap(), Some(payment(0, "open")));
    assert_eq!(store.bank_payment("tb_2").await.unwrap(), None);
    // Of two who change it at once, one does.
    let replaced = at_once(6, |index| {
        let store = store.clone();
        let (paid, told) = (payment(1, "paid"), delivery(&format!("d{index}"), 0, 0));
        async move { store.bank_replace(&paid, &[told]).await.unwrap() }
    })
    .await;
    assert_eq!(replaced.iter().filter(|replaced| **replaced).count(), 1);
    assert_eq!(store.bank_payment("tb_1").await.unwrap(), Some(payment(1, "paid")));
    assert!(store.bank_replace(&payment(2, "paid"), &[delivery("late", 9, 0)]).await.unwrap());
    let [due] = <[BankDelivery; 1]>::try_from(store.bank_due(NOW, 10).await.unwrap()).unwrap();
    let again = BankDelivery { due_at: LATER, attempts: 1, ..due.clone() };
    let attempted = async |attempts, again_at| {
        let ids = vec![due.delivery_id.clone(), "nobody".to_owned()];
        let changed = store.bank_attempted(ids, attempts, again_at).await.unwrap();
        changed.into_iter().collect::<Vec<_>>()
    };
    // Of many workers that read it, one attempts it.
    assert_eq!(attempted(0, Some(LATER)).await, [&*due.delivery_id]);
    assert!(attempted(0, Some(LATER)).await.is_empty());
    assert!(attempted(0, None).await.is_empty());
    assert_eq!(store.bank_due(NOW, 10).await.unwrap(), []);
    assert_eq!(store.bank_due(LATER, 10).await.unwrap(), [delivery("late", 9, 0), again.clone()]);
    assert_eq!(attempted(1, None).await, [&*due.delivery_id]);
    store.bank_remove(vec!["late".to_owned(), "nobody".to_owned()]).await.unwrap();
    assert_eq!(store.bank_due(LATER, 10).await.unwrap(), []);
}
