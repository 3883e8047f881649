//! Commands that arrive together are decided together and answered when durable.

use std::sync::Arc;

use frontrow_log::{Log, MemoryLog, Position};

use crate::toy::{LIMIT, Record, Refusal, STREAM, clock, start, take};

#[tokio::test]
async fn a_command_is_answered_with_its_record_and_shows_at_once() {
    let log = Arc::new(MemoryLog::default());
    let shop = start(&log, &clock()).await;
    let record = shop.submit(take(1, 3)).await.unwrap().unwrap();
    assert!(matches!(record, Record::Took { things: 3, .. }), "{record:?}");
    let seen = shop.read(|toy, position| (toy.left(), position)).unwrap();
    assert_eq!(seen, (LIMIT - 3, Position(1)));
}

#[tokio::test]
async fn commands_that_arrive_together_share_one_entry() {
    let log = Arc::new(MemoryLog::default());
    let shop = start(&log, &clock()).await;
    let asked = (0..150).map(|id| {
        let shop = shop.clone();
        tokio::spawn(async move { shop.submit(take(id, 1)).await.unwrap() })
    });
    let mut refused = 0;
    for answer in asked.collect::<Vec<_>>() {
        match answer.await.unwrap() {
            Ok(_) => {}
            Err(Refusal::TooFew { left: 0 }) => refused += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(refused, 50);
    assert!(log.head(STREAM).await.unwrap() <= Position(2), "one batch, or two");
}
