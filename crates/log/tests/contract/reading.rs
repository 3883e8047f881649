//! Reading in order, in pages.

use std::sync::Arc;

use bytes::Bytes;
use frontrow_ledger::{Applied, CommandId, Entry, Time};
use frontrow_log::{
    Position, Stream,
    entries::{Pages, ReadError},
    format::encode_entry,
    limits::{LOG_TIMEOUT, READ_BYTES_MAX, READ_ENTRIES_MAX},
};

use crate::worlds::World;

const STREAM: Stream = Stream::room(9);

pub async fn a_stream_without_entries_is_empty(world: &impl World) {
    let log = world.open().await;
    assert_eq!(log.read(STREAM, Position::START, 10).await.unwrap(), []);
    assert_eq!(log.head(STREAM).await.unwrap(), Position::START);
    assert_eq!(log.streams(None, 10).await.unwrap(), []);
}

pub async fn pages_end_at_the_limit_of_entries(world: &impl World) {
    let log = world.open().await;
    for at in 1..=7 {
        log.append(STREAM, Position(at), Bytes::from(at.to_string())).await.unwrap();
    }
    // A neighbour in the same table.
    log.append(Stream::room(10), Position(1), Bytes::from_static(b"other")).await.unwrap();
    let mut after = Position::START;
    let mut pages = Vec::new();
    loop {
        let page = log.read(STREAM, after, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.position;
        pages.push(page.into_iter().map(|entry| entry.position.0).collect::<Vec<_>>());
    }
    assert_eq!(pages, [vec![1, 2, 3], vec![4, 5, 6], vec![7]]);
    assert_eq!(log.read(STREAM, Position::START, 0).await.unwrap(), []);
    let all = log.read(STREAM, Position::START, usize::MAX).await.unwrap();
    assert_eq!(all.len(), 7, "the limit is {READ_ENTRIES_MAX}, whatever is asked for");
}

pub async fn pages_end_at_the_limit_of_bytes_but_have_an_entry(world: &impl World) {
    let log = world.open().await;
    let half = READ_BYTES_MAX / 2;
    for (at, size) in [(1, half), (2, half), (3, half - 1), (4, half), (5, 9), (6, half * 3)] {
        log.append(STREAM, Position(at), vec![0; size].into()).await.unwrap();
    }
    let mut pages = Vec::new();
    for after in [0, 2, 4, 5, 6] {
        let page = log.read(STREAM, Position(after), 100).await.unwrap();
        pages.push(page.into_iter().map(|entry| entry.position.0).collect::<Vec<_>>());
    }
    assert_eq!(pages, [vec![1, 2], vec![3, 4, 5], vec![5, 6], vec![6], vec![]]);
}

pub async fn a_long_stream_is_read_ahead_in_order_to_its_end(world: &impl World) {
    let log = world.open().await;
    // Two of them fill a page.
    let entry = |at: u64| {
        let record = vec![u8::try_from(at).unwrap(); READ_BYTES_MAX / 2];
        Entry { now: Time(5), applied: vec![Applied { id: CommandId(1), fingerprint: at, record }] }
    };
    for at in 1..=5 {
        log.append(STREAM, Position(at), encode_entry(&entry(at)).unwrap()).await.unwrap();
    }
    let new = || Pages::<Vec<u8>>::new(Arc::clone(&log), STREAM, Position::START, LOG_TIMEOUT);
    let mut pages = new();
    let mut read = Vec::new();
    while let Some(page) = pages.next().await.unwrap() {
        assert!(page.entries.iter().all(|(at, read)| *read == entry(at.0)));
        read.push(page.entries.iter().map(|(at, _)| at.0).collect::<Vec<_>>());
    }
    assert_eq!(read, [vec![1, 2], vec![3, 4], vec![5]]);
    assert!(pages.next().await.unwrap().is_none());

    // What cannot be read is told when it is its turn, and nothing after it is shown.
    log.append(STREAM, Position(6), Bytes::from_static(b"nothing that is an entry")).await.unwrap();
    let mut pages = new();
    for _ in 0..2 {
        assert!(pages.next().await.unwrap().is_some());
    }
    let damaged = pages.next().await;
    assert!(matches!(damaged, Err(ReadError::Decode { position: Position(6), .. })), "{damaged:?}");
    assert!(pages.next().await.unwrap().is_none());
}

pub async fn a_position_beyond_everything_reads_nothing(world: &impl World) {
    let log = world.open().await;
    log.append(STREAM, Position(1), Bytes::from_static(b"one")).await.unwrap();
    for after in [1, 2, i64::MAX as u64, u64::MAX] {
        assert_eq!(log.read(STREAM, Position(after), 10).await.unwrap(), [], "{after}");
    }
}

pub async fn streams_come_in_order_and_in_pages(world: &impl World) {
    let log = world.open().await;
    let mut streams = vec![
        Stream::door(0),
        Stream::sale(u128::MAX),
        Stream::sale(256),
        Stream::sale(1),
        Stream::room(7),
        Stream::sale(255),
    ];
    for &stream in &streams {
        for at in 1..=2 {
            log.append(stream, Position(at), Bytes::from_static(b"entry")).await.unwrap();
        }
    }
    streams.sort();
    let mut seen = Vec::new();
    loop {
        let page = log.streams(seen.last().copied(), 4).await.unwrap();
        assert!(page.len() <= 4);
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen, streams);
}
