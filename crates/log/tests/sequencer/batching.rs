//! Commands that arrive together are decided together and answered when durable.

use std::{sync::Arc, time::Duration};

use frontrow_log::{
    Log, MemoryLog, Position, SequencerConfig, Unavailable,
    limits::{BATCH_BYTES_MAX, RECORD_BYTES_MAX},
    memory::AppendFault,
};

use crate::{
    script::Script,
    toy::{
        Command, LIMIT, Record, Refusal, STREAM, clock, config, entries, recorded, request, start,
        start_with, take,
    },
};

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

#[tokio::test]
async fn a_retry_gets_the_same_record_and_appends_nothing() {
    let log = Arc::new(MemoryLog::default());
    let shop = start(&log, &clock()).await;
    let first = shop.submit(take(1, 3)).await.unwrap().unwrap();
    assert_eq!(shop.submit(take(1, 3)).await.unwrap().unwrap(), first);
    assert_eq!(log.head(STREAM).await.unwrap(), Position(1));
    let mut other = take(1, 4);
    other.fingerprint += 1;
    assert_eq!(shop.submit(other).await.unwrap(), Err(Refusal::Reused));
}

#[tokio::test]
async fn a_retry_in_the_same_batch_gets_the_same_record() {
    let log = Arc::new(MemoryLog::default());
    let shop = start(&log, &clock()).await;
    let (first, second) = tokio::join!(shop.submit(take(1, 60)), shop.submit(take(1, 60)));
    assert_eq!(first.unwrap().unwrap(), second.unwrap().unwrap());
    assert_eq!(recorded(&*log).await.len(), 1);
}

#[tokio::test]
async fn a_refusal_appends_nothing() {
    let log = Arc::new(MemoryLog::default());
    let shop = start(&log, &clock()).await;
    let refused = shop.submit(take(1, LIMIT + 1)).await.unwrap();
    assert_eq!(refused, Err(Refusal::TooFew { left: LIMIT }));
    assert_eq!(log.head(STREAM).await.unwrap(), Position::START);
}

/// The second is refused because of the first: that must not leave before the first is durable.
#[tokio::test(start_paused = true)]
async fn a_refusal_that_rests_on_the_same_batch_waits_for_it() {
    let (log, script) = Script::log();
    let shop = start(&log, &clock()).await;
    script.next(&[AppendFault::HangsLost]);
    let all = tokio::spawn({
        let shop = shop.clone();
        async move { shop.submit(take(1, LIMIT)).await }
    });
    let mut one = tokio::spawn({
        let shop = shop.clone();
        async move { shop.submit(take(2, 1)).await }
    });
    // Far longer than deciding takes, and shorter than the patience with the log.
    let early = tokio::time::timeout(Duration::from_secs(2), &mut one).await;
    assert!(early.is_err(), "{early:?}");
    assert!(all.await.unwrap().unwrap().is_ok());
    assert_eq!(one.await.unwrap().unwrap(), Err(Refusal::TooFew { left: 0 }));
}

#[tokio::test(start_paused = true)]
async fn more_than_the_queue_holds_is_shed() {
    let (log, script) = Script::log();
    let config = SequencerConfig { queue_commands: 10, batch_commands: 5, ..config() };
    let shop = start_with(&log, &clock(), config).await;
    script.next(&[AppendFault::HangsLost]);
    let asked: Vec<_> = (0..40)
        .map(|id| {
            let shop = shop.clone();
            tokio::spawn(async move { shop.submit(take(id, 1)).await })
        })
        .collect();
    let (mut served, mut shed) = (0, 0);
    for answer in asked {
        match answer.await.unwrap() {
            Ok(Ok(_)) => served += 1,
            Err(Unavailable::Busy) => shed += 1,
            // Held up by the log that hung.
            Err(Unavailable::Late) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!(shed >= 20, "{shed} were shed");
    assert_eq!(recorded(&*log).await.len(), served);
}

#[tokio::test]
async fn a_full_entry_leaves_the_rest_of_the_batch_to_the_next() {
    let log = Arc::new(MemoryLog::default());
    let shop = start(&log, &clock()).await;
    let asked = (0..10).map(|id| {
        let shop = shop.clone();
        let write = Command::Write { bytes: BATCH_BYTES_MAX / 2 };
        tokio::spawn(async move { shop.submit(request(id, write)).await.unwrap().unwrap() })
    });
    for answer in asked.collect::<Vec<_>>() {
        answer.await.unwrap();
    }
    for entry in entries(&*log).await {
        assert!(entry.applied.len() <= 2, "{} records", entry.applied.len());
    }
    assert_eq!(recorded(&*log).await.len(), 10);
}

#[tokio::test]
async fn a_record_that_is_too_large_disturbs_nobody() {
    let log = Arc::new(MemoryLog::default());
    let shop = start(&log, &clock()).await;
    let large = request(1, Command::Write { bytes: RECORD_BYTES_MAX });
    let (large, small) = tokio::join!(shop.submit(large), shop.submit(take(2, 1)));
    assert_eq!(large, Err(Unavailable::TooLarge));
    assert!(small.unwrap().is_ok());
    assert_eq!(shop.read(|toy, _| toy.answer(1).is_none()), Ok(true));
}

#[tokio::test(start_paused = true)]
async fn a_command_whose_asker_is_gone_is_not_decided() {
    let (log, script) = Script::log();
    let shop = start(&log, &clock()).await;
    script.next(&[AppendFault::HangsLost]);
    let first = tokio::spawn({
        let shop = shop.clone();
        async move { shop.submit(take(1, 1)).await }
    });
    tokio::time::sleep(Duration::from_millis(1)).await;
    // Waits behind the log that hangs, and gives up.
    let second = tokio::time::timeout(Duration::from_millis(10), shop.submit(take(2, 1))).await;
    assert!(second.is_err());
    assert!(first.await.unwrap().is_ok());
    assert!(shop.submit(take(3, 1)).await.unwrap().is_ok());
    assert_eq!(recorded(&*log).await.len(), 2);
}
