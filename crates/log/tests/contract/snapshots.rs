//! Snapshots: found by their position, few, and never more than a help.

use bytes::Bytes;
use frontrow_log::{LogError, Position, Stored, Stream, limits::SNAPSHOT_BYTES_MAX};

use crate::worlds::World;

const STREAM: Stream = Stream::sale(3);

fn snapshot(at: u64) -> Stored {
    Stored { position: Position(at), bytes: Bytes::from(format!("state {at}")) }
}

pub async fn the_newest_snapshot_is_found(world: &impl World) {
    let log = world.open().await;
    assert_eq!(log.latest_snapshot(STREAM, None).await.unwrap(), None);
    for at in [300, 20] {
        log.save_snapshot(STREAM, Position(at), snapshot(at).bytes).await.unwrap();
    }
    log.save_snapshot(Stream::sale(4), Position(999), Bytes::from_static(b"other")).await.unwrap();
    let log = world.open().await;
    assert_eq!(log.latest_snapshot(STREAM, None).await.unwrap(), Some(snapshot(300)));
    let before = |at| log.latest_snapshot(STREAM, Some(Position(at)));
    assert_eq!(before(301).await.unwrap(), Some(snapshot(300)));
    assert_eq!(before(300).await.unwrap(), Some(snapshot(20)));
    assert_eq!(before(20).await.unwrap(), None);
}

pub async fn two_snapshots_are_kept(world: &impl World) {
    let log = world.open().await;
    for at in [1, 2, 3, 4] {
        log.save_snapshot(STREAM, Position(at), snapshot(at).bytes).await.unwrap();
    }
    // Older than those that are kept: it goes at once.
    log.save_snapshot(STREAM, Position(1), snapshot(1).bytes).await.unwrap();
    assert_eq!(log.latest_snapshot(STREAM, None).await.unwrap(), Some(snapshot(4)));
    let second = log.latest_snapshot(STREAM, Some(Position(4))).await.unwrap();
    assert_eq!(second, Some(snapshot(3)));
    assert_eq!(log.latest_snapshot(STREAM, Some(Position(3))).await.unwrap(), None);
}

pub async fn an_existing_snapshot_stays_as_it_is(world: &impl World) {
    let log = world.open().await;
    log.save_snapshot(STREAM, Position(5), snapshot(5).bytes).await.unwrap();
    log.save_snapshot(STREAM, Position(5), Bytes::from_static(b"another")).await.unwrap();
    assert_eq!(log.latest_snapshot(STREAM, None).await.unwrap(), Some(snapshot(5)));
}

pub async fn snapshots_are_deleted_one_by_one(world: &impl World) {
    let log = world.open().await;
    for at in [1, 2] {
        log.save_snapshot(STREAM, Position(at), snapshot(at).bytes).await.unwrap();
    }
    log.delete_snapshot(STREAM, Position(2)).await.unwrap();
    log.delete_snapshot(STREAM, Position(7)).await.unwrap();
    assert_eq!(log.latest_snapshot(STREAM, None).await.unwrap(), Some(snapshot(1)));
    log.delete_snapshot(STREAM, Position(1)).await.unwrap();
    assert_eq!(log.latest_snapshot(STREAM, None).await.unwrap(), None);
}

pub async fn a_snapshot_alone_is_not_a_stream(world: &impl World) {
    let log = world.open().await;
    log.save_snapshot(STREAM, Position(5), snapshot(5).bytes).await.unwrap();
    assert_eq!(log.head(STREAM).await.unwrap(), Position::START);
    assert_eq!(log.streams(None, 10).await.unwrap(), []);
}

pub async fn big_snapshots_come_back_whole(world: &impl World) {
    let log = world.open().await;
    let bytes: Bytes = (0..5_300_000_u32).map(|byte| (byte % 251) as u8).collect();
    for at in 1..=3 {
        log.save_snapshot(STREAM, Position(at), bytes.slice(at as usize..)).await.unwrap();
    }
    for at in [2, 3] {
        let found = log.latest_snapshot(STREAM, Some(Position(at + 1))).await.unwrap().unwrap();
        assert_eq!(found.position, Position(at));
        assert!(found.bytes == bytes.slice(at as usize..), "{at}");
    }
    let nothing = log.latest_snapshot(STREAM, Some(Position(2))).await.unwrap();
    assert!(nothing.is_none());
    let refused =
        log.save_snapshot(STREAM, Position(9), vec![0; SNAPSHOT_BYTES_MAX + 1].into()).await;
    assert!(matches!(refused, Err(LogError::TooLarge { .. })), "{refused:?}");
}
