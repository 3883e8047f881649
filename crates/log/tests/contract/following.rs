//! What follows an entry, written without its caller's coming back.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use frontrow_log::{AppendError, Follower, Following, Log, Position, Stream};
use tokio::sync::oneshot;

use crate::worlds::World;

const STREAM: Stream = Stream::sale(1);

type Written = oneshot::Receiver<Result<(), AppendError>>;

/// So many entries, each with its number; remembers those that the log took.
#[derive(Default)]
struct Numbered {
    left: AtomicU64,
    taken: Mutex<Vec<(Bytes, Written)>>,
}

impl Numbered {
    fn new(entries: u64) -> Arc<Self> {
        Arc::new(Self { left: entries.into(), taken: Mutex::default() })
    }

    fn taken(&self) -> Vec<(Bytes, Written)> {
        std::mem::take(&mut self.taken.lock().unwrap())
    }
}

impl Following for Numbered {
    fn take(&self) -> Option<Follower> {
        let left = |left: u64| left.checked_sub(1);
        let number = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).ok()?;
        let bytes = Bytes::from(format!("{number} more"));
        let (done, written) = oneshot::channel();
        self.taken.lock().unwrap().push((bytes.clone(), written));
        Some(Follower { bytes, done })
    }
}

async fn bodies(log: &dyn Log) -> Vec<Bytes> {
    let page = log.read(STREAM, Position::START, 100).await.unwrap();
    page.into_iter().map(|entry| entry.bytes).collect()
}

async fn first(log: &dyn Log, at: u64, following: &Arc<Numbered>) -> Result<(), AppendError> {
    let following = Arc::clone(following) as Arc<dyn Following>;
    log.append_followed(STREAM, Position(at), Bytes::from_static(b"first"), following).await
}

/// An engine may leave it to the caller; what it takes it writes, in order.
pub async fn what_follows_comes_after_it_in_order(world: &impl World) {
    let log = world.open().await;
    let following = Numbered::new(5);
    first(&*log, 1, &following).await.unwrap();
    let mut expected = vec![Bytes::from_static(b"first")];
    loop {
        let taken = following.taken();
        if taken.is_empty() {
            break;
        }
        for (bytes, written) in taken {
            written.await.unwrap().unwrap();
            expected.push(bytes);
        }
    }
    assert_eq!(bodies(&*log).await, expected);
    assert!([1, 6].contains(&expected.len()), "it asks once after each, or never: {expected:?}");
    let next = Position(expected.len() as u64 + 1);
    log.append(STREAM, next, Bytes::from_static(b"last")).await.unwrap();
}

pub async fn nothing_follows_what_was_refused(world: &impl World) {
    let log = world.open().await;
    log.append(STREAM, Position(1), Bytes::from_static(b"one")).await.unwrap();
    for at in [1, 3] {
        let following = Numbered::new(1);
        first(&*log, at, &following).await.unwrap_err();
        assert!(following.taken().is_empty(), "{at}");
    }
    assert_eq!(bodies(&*log).await, ["one"]);
}

/// Two openings of the log, as two processes, that fight for each position.
pub async fn what_follows_can_lose_its_position(world: &impl World) {
    const ENTRIES: u64 = 40;
    let other = world.open().await;
    let rival = tokio::spawn(async move {
        let mut won = 0;
        while won < ENTRIES {
            let at = other.head(STREAM).await.unwrap().next();
            match other.append(STREAM, at, Bytes::from_static(b"rival")).await {
                Ok(()) => won += 1,
                Err(AppendError::Taken) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
    });
    let log = world.open().await;
    let following = Numbered::new(ENTRIES);
    let (mut acknowledged, mut lost) = (0, 0);
    while !rival.is_finished() {
        let at = log.head(STREAM).await.unwrap().next();
        acknowledged += usize::from(first(&*log, at.0, &following).await.is_ok());
        let mut is_lost = false;
        loop {
            let taken = following.taken();
            if taken.is_empty() {
                break;
            }
            for (_, written) in taken {
                assert!(!is_lost, "something followed what was lost");
                match written.await.unwrap() {
                    Ok(()) => acknowledged += 1,
                    Err(AppendError::Taken) => is_lost = true,
                    Err(error) => panic!("{error:?}"),
                }
            }
        }
        lost += usize::from(is_lost);
    }
    rival.await.unwrap();
    let mut written = Vec::new();
    let mut after = Position::START;
    loop {
        let page = log.read(STREAM, after, 1_000).await.unwrap();
        let Some(end) = page.last() else { break };
        after = end.position;
        written.extend(page.into_iter().map(|entry| entry.bytes));
    }
    let ours = written.iter().filter(|bytes| *bytes != "rival").count();
    assert_eq!(ours, acknowledged, "of which {lost} times one was lost");
    assert_eq!(written.len() - ours, usize::try_from(ENTRIES).unwrap());
}
