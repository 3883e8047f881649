//! Those who ask the same at the same moment share a statement, and notice nothing of each other.

use frontrow_store::{
    Error,
    carts::Cart,
    payment_events::{Intake, PaymentEvent},
    payments::{PaymentChange, PaymentState},
    test_bank::BankPayment,
};
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use crate::{
    money,
    world::{NOW, World, at_once},
};

/// More than one statement asks for, and than there are tasks that ask.
const MANY: usize = 150;

pub async fn everybody_gets_the_answer_to_their_own_question(world: World) {
    let store = &world.store;
    let cart = |cart_id: u128, minutes: i64| Cart {
        cart_id: Uuid::from_u128(cart_id + 1),
        performance_id: world.performance,
        hold_id: Uuid::from_u128(1_000 + cart_id),
        updated_at: NOW.plus_ms(minutes),
    };
    let answers = at_once(MANY, |index| {
        let (store, own) = (store.clone(), cart(index as u128, 0));
        async move {
            if index % 3 > 0 {
                store.put_cart(own).await.unwrap();
                store.put_cart(own).await.unwrap();
            }
            store.carts(own.cart_id).await.unwrap()
        }
    })
    .await;
    for (index, answer) in answers.into_iter().enumerate() {
        let own = (index % 3 > 0).then(|| cart(index as u128, 0));
        assert_eq!(answer, Vec::from_iter(own), "{index}");
    }
    // All at one row: the last one stays, whichever it is.
    at_once(MANY, |index| {
        let (store, minutes) = (store.clone(), i64::try_from(index).unwrap());
        let hold_id = Uuid::from_u128(5_000 + index as u128);
        let own = Cart { hold_id, ..cart(0, minutes) };
        async move { store.put_cart(own).await.unwrap() }
    })
    .await;
    assert!(store.carts(Uuid::from_u128(1)).await.unwrap()[0].hold_id > Uuid::from_u128(4_999));
}

pub async fn what_all_do_at_once_one_has_done(world: World) {
    let store = &world.store;
    let said = PaymentEvent {
        provider: "bank".to_owned(),
        event_id: "said".to_owned(),
        payload: serde_json::json!({ "nested": ["{}", null, "\"quoted\", \\"] }),
        received_at: NOW,
        processed_at: None,
    };
    let book = BankPayment { bank_ref: "a".to_owned(), version: 1, document: 0.into() };
    let paid = money::payment(&world).await.id;
    let all = at_once(MANY, |index| {
        let (store, said, book) = (store.clone(), said.clone(), book.clone());
        async move {
            // Those whose own books are written by one statement come back at the same moment.
            let own = BankPayment { bank_ref: index.to_string(), ..book.clone() };
            assert!(store.bank_insert(&own).await.unwrap());
            let added = store.bank_insert(&book).await.unwrap();
            let own = PaymentEvent { event_id: index.to_string(), ..said.clone() };
            assert_eq!(store.receive_payment_event(&own).await.unwrap(), Intake::New);
            let news = store.receive_payment_event(&said).await.unwrap() == Intake::New;
            let second = BankPayment { version: 2, ..book };
            let replaced = store.bank_replace(&second, &[]).await.unwrap();
            let changed = store.change_payment(to_paid(paid)).await.unwrap();
            let claimed = store.claim_paid_payment(paid, NOW, NOW.plus_ms(1)).await.unwrap();
            [news, added, replaced, changed, claimed]
        }
    })
    .await;
    for step in 0..5 {
        assert_eq!(all.iter().filter(|steps| steps[step]).count(), 1, "{step}");
    }
    let kept = store.unprocessed_payment_events(NOW.plus_ms(1)).await.unwrap();
    assert!(kept.iter().all(|kept| kept.payload == said.payload));
}

pub async fn what_is_refused_to_one_is_done_for_the_others(world: World) {
    let world = &world;
    let mut ids = Vec::new();
    for _ in 0..24 {
        ids.push(money::payment(world).await.id);
    }
    // A second payment of each third one's order, which is paid already.
    for id in ids.iter_mut().step_by(3) {
        assert!(world.store.change_payment(to_paid(*id)).await.unwrap());
        *id = money::another_payment_of(world, *id).await;
    }
    let answers = at_once(ids.len(), |index| {
        let (store, change) = (world.store.clone(), to_paid(ids[index]));
        async move { store.change_payment(change).await }
    })
    .await;
    for (index, answer) in answers.into_iter().enumerate() {
        if index % 3 == 0 {
            assert!(matches!(answer, Err(Error::Conflict(_))), "{index} {answer:?}");
        } else {
            assert!(answer.unwrap(), "{index}");
        }
    }
}

/// One statement that changes many rows can meet another that changes them in another order. PostgreSQL takes one of the
/// two back.
pub async fn a_deadlock_of_many_is_nobodys(world: World) {
    if !world.is_postgres() {
        return;
    }
    let raise = "CREATE SEQUENCE changed;
        CREATE FUNCTION deadlock_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('changed') = 20 THEN RAISE deadlock_detected; END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER deadlock BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION deadlock_once();";
    let mut ids = Vec::new();
    for _ in 0..48 {
        ids.push(money::payment(&world).await.id);
    }
    let raw = world.raw().await;
    raw.execute_unprepared(raise).await.unwrap();
    let changed = at_once(ids.len(), |index| {
        let (store, change) = (world.store.clone(), to_paid(ids[index]));
        async move { store.change_payment(change).await.unwrap() }
    })
    .await;
    assert!(changed.iter().all(|changed| *changed));
    let again = "DO $$ BEGIN ASSERT nextval('changed') > 49, 'nothing was taken back'; END $$";
    raw.execute_unprepared(again).await.unwrap();
}

/// By one statement: it starts no jobs. To be looked at at once.
fn to_paid(id: Uuid) -> PaymentChange {
    let change = money::change(id, &[PaymentState::Opening], PaymentState::Paid);
    PaymentChange { jobs: Vec::new(), next_check_at: Some(NOW), ..change }
}
