//! The test bank's books: whole changes only, and each delivery to one worker at a time.

#![expect(clippy::unwrap_used, reason = "tests")]

use frontrow_ledger::Time;
use frontrow_store::{
    Config, Store,
    test_bank::{BankDelivery, BankPayment},
};
use serde_json::json;

async fn store(folder: &tempfile::TempDir) -> Store {
    let url = format!("sqlite:{}", folder.path().join("shop.db").display());
    let store = Store::connect(&url, Config::default()).await.unwrap();
    store.migrate().await.unwrap();
    store
}

fn payment(version: u64) -> BankPayment {
    let document = json!({ "version": version });
    BankPayment { bank_ref: "test_1".into(), version, document }
}

fn delivery(attempts: u32, due_at: i64) -> BankDelivery {
    BankDelivery {
        delivery_id: "first".into(),
        bank_ref: "test_1".into(),
        due_at: Time(due_at),
        attempts,
        document: json!({ "attempts": attempts }),
    }
}

#[tokio::test]
async fn of_two_changes_to_one_version_one_wins_with_its_deliveries() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    assert!(store.bank_insert(&payment(0)).await.unwrap());
    assert!(!store.bank_insert(&payment(0)).await.unwrap());
    assert!(store.bank_replace(&payment(1), &[delivery(0, 5)]).await.unwrap());
    let late = BankDelivery { delivery_id: "second".into(), ..delivery(0, 5) };
    assert!(!store.bank_replace(&payment(1), &[late]).await.unwrap());
    assert_eq!(store.bank_payment("test_1").await.unwrap(), Some(payment(1)));
    assert_eq!(store.bank_payment("test_2").await.unwrap(), None);
    assert_eq!(store.bank_due(Time(4), 10).await.unwrap(), []);
    assert_eq!(store.bank_due(Time(5), 10).await.unwrap(), [delivery(0, 5)]);
}

#[tokio::test]
async fn a_delivery_is_attempted_by_one_worker_until_it_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    store.bank_insert(&payment(0)).await.unwrap();
    store.bank_replace(&payment(1), &[delivery(0, 5)]).await.unwrap();
    assert!(store.bank_reschedule(&delivery(0, 5), Some(&delivery(1, 9))).await.unwrap());
    assert!(!store.bank_reschedule(&delivery(0, 5), Some(&delivery(1, 9))).await.unwrap());
    assert_eq!(store.bank_due(Time(9), 10).await.unwrap(), [delivery(1, 9)]);
    assert!(store.bank_reschedule(&delivery(1, 9), None).await.unwrap());
    store.bank_remove("first").await.unwrap();
    assert_eq!(store.bank_due(Time(9), 10).await.unwrap(), []);
}
