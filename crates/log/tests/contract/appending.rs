//! One conditional write.

use bytes::Bytes;
use frontrow_log::{AppendError, Log, Position, Stream, limits::FRAME_BYTES_MAX};

use crate::worlds::World;

const STREAM: Stream = Stream::sale(1);

async fn bodies(log: &dyn Log, stream: Stream) -> Vec<Bytes> {
    let page = log.read(stream, Position::START, 100).await.unwrap();
    page.into_iter().map(|entry| entry.bytes).collect()
}

pub async fn entries_are_numbered_from_one(world: &impl World) {
    let log = world.open().await;
    log.append(STREAM, Position(1), Bytes::from_static(b"one")).await.unwrap();
    log.append(STREAM, Position(2), Bytes::from_static(b"two")).await.unwrap();
    let page = log.read(STREAM, Position::START, 10).await.unwrap();
    let seen: Vec<_> = page.iter().map(|entry| (entry.position.0, &entry.bytes[..])).collect();
    assert_eq!(seen, [(1, &b"one"[..]), (2, b"two")]);
    assert_eq!(log.head(STREAM).await.unwrap(), Position(2));
}

pub async fn a_gap_is_refused_and_nothing_changes(world: &impl World) {
    let log = world.open().await;
    for at in [2, 3, 1_000_000] {
        let refused = log.append(STREAM, Position(at), Bytes::from_static(b"late")).await;
        assert!(matches!(refused, Err(AppendError::Gap)), "{at}: {refused:?}");
    }
    assert_eq!(log.head(STREAM).await.unwrap(), Position::START);
    assert_eq!(log.streams(None, 10).await.unwrap(), []);
    log.append(STREAM, Position(1), Bytes::from_static(b"one")).await.unwrap();
    let refused = log.append(STREAM, Position(3), Bytes::from_static(b"three")).await;
    assert!(matches!(refused, Err(AppendError::Gap)), "{refused:?}");
    assert_eq!(bodies(&*log, STREAM).await, ["one"]);
}

pub async fn a_taken_position_is_refused_and_nothing_changes(world: &impl World) {
    let log = world.open().await;
    log.append(STREAM, Position(1), Bytes::from_static(b"one")).await.unwrap();
    log.append(STREAM, Position(2), Bytes::from_static(b"two")).await.unwrap();
    for at in [1, 2] {
        let refused = log.append(STREAM, Position(at), Bytes::from_static(b"again")).await;
        assert!(matches!(refused, Err(AppendError::Taken)), "{at}: {refused:?}");
    }
    assert_eq!(bodies(&*log, STREAM).await, ["one", "two"]);
}

/// Two openings of the log, as two processes, and many tasks on each.
pub async fn of_many_at_one_position_exactly_one_wins(world: &impl World) {
    let logs = [world.open().await, world.open().await];
    for at in 1..=5 {
        let racers = (0..16_usize).map(|racer| {
            let log = logs[racer % 2].clone();
            let body = Bytes::from(format!("{at} by {racer}"));
            tokio::spawn(
                async move { (log.append(STREAM, Position(at), body.clone()).await, body) },
            )
        });
        let mut winners = Vec::new();
        for racer in racers.collect::<Vec<_>>() {
            match racer.await.unwrap() {
                (Ok(()), body) => winners.push(body),
                (Err(AppendError::Taken), _) => {}
                (other, _) => panic!("{other:?}"),
            }
        }
        let [winner] = &winners[..] else { panic!("{winners:?}") };
        let stored = logs[0].read(STREAM, Position(at - 1), 10).await.unwrap();
        assert_eq!(stored.len(), 1);
        assert_eq!(stored[0].bytes, winner);
    }
}

pub async fn streams_do_not_disturb_each_other(world: &impl World) {
    let log = world.open().await;
    let streams = [Stream::sale(1), Stream::sale(2), Stream::room(1), Stream::door(u128::MAX)];
    let appends = streams.map(|stream| {
        let log = log.clone();
        tokio::spawn(async move {
            for at in 1..=20 {
                let body = Bytes::from(format!("{stream} {at}"));
                log.append(stream, Position(at), body).await.unwrap();
            }
        })
    });
    for append in appends {
        append.await.unwrap();
    }
    for stream in streams {
        let expected: Vec<_> = (1..=20).map(|at| format!("{stream} {at}")).collect();
        assert_eq!(bodies(&*log, stream).await, expected);
    }
}

pub async fn what_was_acknowledged_survives_a_restart(world: &impl World) {
    let log = world.open().await;
    log.append(STREAM, Position(1), Bytes::from_static(b"one")).await.unwrap();
    drop(log);
    let log = world.open().await;
    assert_eq!(bodies(&*log, STREAM).await, ["one"]);
    log.append(STREAM, Position(2), Bytes::from_static(b"two")).await.unwrap();
    drop(log);
    assert_eq!(bodies(&*world.open().await, STREAM).await, ["one", "two"]);
}

pub async fn big_entries_come_back_whole(world: &impl World) {
    let log = world.open().await;
    for (at, size) in [(1, 0), (2, 1), (3, 8_000), (4, 300_000), (5, FRAME_BYTES_MAX)] {
        let body: Bytes = (0..size).map(|byte: usize| (byte * 31 + at) as u8).collect();
        let position = Position(at as u64);
        log.append(STREAM, position, body.clone()).await.unwrap();
        let stored = log.read(STREAM, Position(position.0 - 1), 1).await.unwrap();
        assert!(stored.len() == 1 && stored[0].bytes == body, "{size} bytes");
    }
}

pub async fn an_entry_beyond_the_limit_is_refused_and_nothing_changes(world: &impl World) {
    let log = world.open().await;
    let refused = log.append(STREAM, Position(1), vec![0; FRAME_BYTES_MAX + 1].into()).await;
    assert!(matches!(refused, Err(AppendError::Failed(_))), "{refused:?}");
    assert_eq!(log.head(STREAM).await.unwrap(), Position::START);
}

pub async fn a_closed_log_says_so(world: &impl World) {
    let Some(log) = world.closed().await else { return };
    let refused = log.append(STREAM, Position(1), Bytes::from_static(b"one")).await;
    assert!(matches!(refused, Err(AppendError::Failed(_))), "{refused:?}");
    assert!(log.head(STREAM).await.is_err());
    assert!(log.read(STREAM, Position::START, 1).await.is_err());
}
