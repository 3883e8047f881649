//! A stream is loaded from a snapshot and the entries after it; what cannot be read is not served.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use frontrow_ledger::{Applied, CommandId, Entry, Time};
use frontrow_log::{
    Handle, Log, MemoryLog, Position, Sequencer, SequencerConfig, Unavailable,
    format::{encode_entry, encode_snapshot},
};
use serde::{Deserialize, Serialize};

use crate::{
    script::Script,
    toy::{Record, STREAM, Toy, bytes, clock, config, replay, start, start_with, take, until},
};

/// What the next release writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum NewRecord {
    Took,
    Returned,
    Wrote,
    Exchanged { with: u128 },
}

fn from_the_future() -> Bytes {
    let record = NewRecord::Exchanged { with: 7 };
    let applied = vec![Applied { id: CommandId(99), fingerprint: 0, record }];
    encode_entry(&Entry { now: Time(2_000), applied }).unwrap()
}

async fn sell(shop: &Handle<Toy>, ids: impl IntoIterator<Item = u128>) {
    for id in ids {
        assert!(shop.submit(take(id, 1)).await.unwrap().is_ok());
    }
}

async fn snapshot_at_least(log: &MemoryLog, at: Position) -> Position {
    loop {
        match log.latest_snapshot(STREAM, None).await.unwrap() {
            Some(snapshot) if snapshot.position >= at => return snapshot.position,
            _ => tokio::task::yield_now().await,
        }
    }
}

async fn try_start(log: &Arc<MemoryLog>) -> Result<Handle<Toy>, Unavailable> {
    Sequencer::start(Arc::clone(log) as Arc<dyn Log>, STREAM, clock(), config()).await
}

#[tokio::test]
async fn a_snapshot_and_the_entries_after_it_are_the_replay() {
    let log = Arc::new(MemoryLog::default());
    let often = SequencerConfig { snapshot_entries: 5, ..config() };
    let shop = start_with(&log, &clock(), often).await;
    sell(&shop, 0..23).await;
    snapshot_at_least(&log, Position(5)).await;
    shop.shutdown().await;
    let again = start(&log, &clock()).await;
    let loaded = again.read(|toy, position| (bytes(toy), position)).unwrap();
    assert_eq!(loaded, (bytes(&replay(&*log).await), Position(23)));
}

#[tokio::test]
async fn snapshots_are_taken_after_enough_records_and_not_too_often() {
    let log = Arc::new(MemoryLog::default());
    let often = SequencerConfig {
        snapshot_records: 10,
        snapshot_interval: Duration::from_mins(10),
        ..config()
    };
    let shop = start_with(&log, &clock(), often).await;
    sell(&shop, 0..9).await;
    assert_eq!(log.latest_snapshot(STREAM, None).await.unwrap(), None);
    sell(&shop, 9..40).await;
    snapshot_at_least(&log, Position(10)).await;
    shop.shutdown().await;
    let first = log.latest_snapshot(STREAM, None).await.unwrap().unwrap().position;
    assert_eq!(log.latest_snapshot(STREAM, Some(first)).await.unwrap(), None);
}

#[tokio::test]
async fn a_damaged_snapshot_is_thrown_away() {
    let log = Arc::new(MemoryLog::default());
    let shop = start(&log, &clock()).await;
    sell(&shop, 0..5).await;
    let good = encode_snapshot(&replay(&*log).await).unwrap();
    sell(&shop, 5..8).await;
    let mut bad = encode_snapshot(&replay(&*log).await).unwrap().to_vec();
    *bad.last_mut().unwrap() ^= 1;
    log.save_snapshot(STREAM, Position(5), good).await.unwrap();
    log.save_snapshot(STREAM, Position(8), bad.into()).await.unwrap();
    let again = start(&log, &clock()).await;
    assert_eq!(again.read(|toy, _| bytes(toy)), Ok(bytes(&replay(&*log).await)));
    let left = log.latest_snapshot(STREAM, None).await.unwrap().unwrap();
    assert_eq!(left.position, Position(5));
}

#[tokio::test]
async fn a_snapshot_of_another_layout_is_passed_over_and_kept() {
    let log = Arc::new(MemoryLog::default());
    let shop = start(&log, &clock()).await;
    sell(&shop, 0..3).await;
    let mut other = encode_snapshot(&Toy::default()).unwrap().to_vec();
    // Right after the header stands the layout.
    other[5] = 77;
    let checksum = crc32c::crc32c(&[&other[..1], &other[5..]].concat());
    other[1..5].copy_from_slice(&checksum.to_le_bytes());
    log.save_snapshot(STREAM, Position(3), other.into()).await.unwrap();
    let again = start(&log, &clock()).await;
    assert_eq!(again.read(|toy, _| bytes(toy)), Ok(bytes(&replay(&*log).await)));
    assert!(log.latest_snapshot(STREAM, None).await.unwrap().is_some());
}

#[tokio::test]
async fn a_stream_with_an_unknown_record_is_not_served() {
    let log = Arc::new(MemoryLog::default());
    sell(&start(&log, &clock()).await, 0..2).await;
    log.append(STREAM, Position(3), from_the_future()).await.unwrap();
    assert_eq!(try_start(&log).await.unwrap_err(), Unavailable::UnknownRecord(Position(3)));
}

#[tokio::test]
async fn an_unknown_record_ends_service_while_it_runs() {
    let log = Arc::new(MemoryLog::default());
    let shop = start(&log, &clock()).await;
    sell(&shop, 0..2).await;
    log.append(STREAM, Position(3), from_the_future()).await.unwrap();
    let reason = Unavailable::UnknownRecord(Position(3));
    assert_eq!(shop.submit(take(9, 1)).await, Err(reason.clone()));
    assert_eq!(shop.read(|toy, _| toy.left()), Err(reason.clone()));
    assert_eq!(shop.submit(take(9, 1)).await, Err(reason));
    let mut positions = shop.position_watch();
    while positions.changed().await.is_ok() {}
}

#[tokio::test]
async fn an_unknown_record_ends_service_of_one_that_only_reads() {
    let log = Arc::new(MemoryLog::default());
    let shop = start(&log, &clock()).await;
    log.append(STREAM, Position(1), from_the_future()).await.unwrap();
    let mut positions = shop.position_watch();
    while positions.changed().await.is_ok() {}
    let seen = shop.read(|toy, _| toy.left());
    assert_eq!(seen, Err(Unavailable::UnknownRecord(Position(1))));
}

#[tokio::test]
async fn a_damaged_entry_is_not_served() {
    let log = Arc::new(MemoryLog::default());
    let empty = Entry::<Record> { now: Time(5), applied: vec![] };
    let mut entry = encode_entry(&empty).unwrap().to_vec();
    entry[6] ^= 4;
    log.append(STREAM, Position(1), entry.into()).await.unwrap();
    assert_eq!(try_start(&log).await.unwrap_err(), Unavailable::Damaged(Position(1)));
}

#[tokio::test]
async fn a_log_that_cannot_be_read_is_asked_again_later() {
    let (log, script) = Script::log();
    sell(&start(&log, &clock()).await, 0..2).await;
    script.reads_fail(true);
    assert_eq!(try_start(&log).await.unwrap_err(), Unavailable::Unreachable);
    script.reads_fail(false);
    let shop = try_start(&log).await.unwrap();
    until(&shop, |_, position| position == Position(2)).await;
}

#[tokio::test]
async fn a_long_log_is_loaded_whole() {
    let log = Arc::new(MemoryLog::default());
    for at in 1..=3_000 {
        let applied = vec![Applied {
            id: CommandId(at),
            fingerprint: 0,
            record: Record::Wrote("w".repeat(3_000)),
        }];
        let frame = encode_entry(&Entry { now: Time(at as i64), applied }).unwrap();
        log.append(STREAM, Position(at as u64), frame).await.unwrap();
    }
    let shop = start(&log, &clock()).await;
    let loaded = shop.read(|toy, position| (bytes(toy), position)).unwrap();
    assert_eq!(loaded, (bytes(&replay(&*log).await), Position(3_000)));
}
