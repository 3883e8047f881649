//! Several replicas on one stream: every one serves, and they never contradict each other.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use frontrow_ledger::{CommandId, Entry, Time};
use frontrow_log::{
    AppendError, Handle, Log, LogError, MemoryLog, Position, Stored, Stream, format::encode_entry,
};

use crate::toy::{
    Command, LIMIT, Record, Refusal, STREAM, Toy, bytes, clock, entries, recorded, request, start,
    take, until,
};

#[tokio::test]
async fn a_replica_decides_on_what_another_wrote_a_moment_ago() {
    let log = Arc::new(MemoryLog::default());
    let (one, two) = (start(&log, &clock()).await, start(&log, &clock()).await);
    assert!(one.submit(take(1, LIMIT)).await.unwrap().is_ok());
    assert_eq!(two.submit(take(2, 1)).await.unwrap(), Err(Refusal::TooFew { left: 0 }));
    let back = request(3, Command::Return(CommandId(1)));
    assert!(two.submit(back).await.unwrap().is_ok());
    // `one` still believes that everything is taken, and must not say so.
    assert!(one.submit(take(4, 1)).await.unwrap().is_ok());
}

#[tokio::test]
async fn a_retry_at_another_replica_gets_the_same_record() {
    let log = Arc::new(MemoryLog::default());
    let (one, two) = (start(&log, &clock()).await, start(&log, &clock()).await);
    let first = one.submit(take(1, 5)).await.unwrap().unwrap();
    assert_eq!(two.submit(take(1, 5)).await.unwrap().unwrap(), first);
    assert_eq!(recorded(&*log).await, [CommandId(1)]);
}

#[tokio::test]
async fn what_one_replica_wrote_shows_at_the_others_without_being_asked() {
    let log = Arc::new(MemoryLog::default());
    let (one, two) = (start(&log, &clock()).await, start(&log, &clock()).await);
    assert!(one.submit(take(1, 7)).await.unwrap().is_ok());
    until(&two, |toy, _| toy.left() == LIMIT - 7).await;
}

/// A log to which somebody else appends whenever its head is looked at.
#[derive(Default)]
struct Restless(MemoryLog);

#[async_trait]
impl Log for Restless {
    async fn head(&self, stream: Stream) -> Result<Position, LogError> {
        let at = self.0.head(stream).await?.next();
        let entry = encode_entry(&Entry::<Record> { now: Time(1_000), applied: vec![] }).unwrap();
        self.0.append(stream, at, entry).await.unwrap();
        Ok(at)
    }

    async fn append(&self, stream: Stream, at: Position, bytes: Bytes) -> Result<(), AppendError> {
        self.0.append(stream, at, bytes).await
    }

    async fn read(
        &self,
        stream: Stream,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Stored>, LogError> {
        self.0.read(stream, after, limit).await
    }

    async fn streams(&self, after: Option<Stream>, limit: usize) -> Result<Vec<Stream>, LogError> {
        self.0.streams(after, limit).await
    }

    async fn save_snapshot(&self, _: Stream, _: Position, _: Bytes) -> Result<(), LogError> {
        Ok(())
    }

    async fn latest_snapshot(
        &self,
        _: Stream,
        _: Option<Position>,
    ) -> Result<Option<Stored>, LogError> {
        Ok(None)
    }

    async fn delete_snapshot(&self, _: Stream, _: Position) -> Result<(), LogError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_refusal_does_not_wait_for_the_others_to_stop_writing() {
    let log = Arc::new(Restless::default());
    let shop = start(&log, &clock()).await;
    assert!(shop.submit(take(1, LIMIT)).await.unwrap().is_ok());
    for id in 2..10 {
        assert_eq!(shop.submit(take(id, 1)).await.unwrap(), Err(Refusal::TooFew { left: 0 }));
    }
}

/// Four replicas, each asked by many at once, for more than there is.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn replicas_that_fight_over_one_stream_never_sell_more_than_there_is() {
    let log = Arc::new(MemoryLog::default());
    let mut shops = Vec::new();
    for _ in 0..4 {
        shops.push(start(&log, &clock()).await);
    }
    let asked: Vec<_> = (0..400)
        .map(|id: u128| {
            let shop = shops[(id % 4) as usize].clone();
            tokio::spawn(async move { (id, shop.submit(take(id, 1)).await.unwrap()) })
        })
        .collect();
    let mut granted = Vec::new();
    for answer in asked {
        let (id, answer) = answer.await.unwrap();
        if answer.is_ok() {
            granted.push(CommandId(id));
        }
    }
    let mut written = recorded(&*log).await;
    written.sort();
    granted.sort();
    assert_eq!(written, granted);
    assert_eq!(granted.len(), LIMIT as usize);
    all_agree(&log, &shops).await;
}

/// Readers never see the state go back, and every state they see is the replay of its position.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_see_states_in_order() {
    let log = Arc::new(MemoryLog::default());
    let (one, two) = (start(&log, &clock()).await, start(&log, &clock()).await);
    let readers: Vec<_> = [&one, &two, &one, &two]
        .map(|shop| {
            let shop = shop.clone();
            tokio::spawn(async move {
                let mut seen = Vec::new();
                let mut last = Position::START;
                while last < Position(60) {
                    let (toy, position) =
                        shop.read(|toy, position| (toy.clone(), position)).unwrap();
                    assert!(position >= last, "{position} after {last}");
                    if position > last {
                        seen.push((position, toy));
                    }
                    last = position;
                    tokio::task::yield_now().await;
                }
                seen
            })
        })
        .into_iter()
        .collect();
    for id in 0..60 {
        let shop = if id % 3 == 0 { &two } else { &one };
        assert!(shop.submit(take(id, 1)).await.unwrap().is_ok());
    }
    let entries = entries(&*log).await;
    for reader in readers {
        for (position, seen) in reader.await.unwrap() {
            let mut toy = Toy::default();
            entries[..position.0 as usize].iter().for_each(|entry| entry.replay(&mut toy));
            assert_eq!(seen, toy);
        }
    }
}

/// Every replica reaches the head, and its committed state is the replay of the log, bit for bit.
pub async fn all_agree(log: &Arc<MemoryLog>, shops: &[Handle<Toy>]) {
    let head = log.head(STREAM).await.unwrap();
    for shop in shops {
        until(shop, |_, position| position >= head).await;
        let (committed, position) = shop.read(|toy, position| (bytes(toy), position)).unwrap();
        // Time may go on passing in the log while this looks.
        let mut replayed = Toy::default();
        entries(&**log).await[..position.0 as usize]
            .iter()
            .for_each(|entry| entry.replay(&mut replayed));
        assert_eq!(committed, bytes(&replayed));
    }
}
