//! A sequencer ends when it is told to, when nobody can ask it any more, or when its machine
//! breaks.

use std::sync::Arc;

use frontrow_log::{MemoryLog, Unavailable, memory::AppendFault};

use crate::{
    script::Script,
    toy::{Command, clock, recorded, request, start, take},
};

#[tokio::test(start_paused = true)]
async fn what_waits_is_answered_before_the_end() {
    let (log, script) = Script::log();
    let shop = start(&log, &clock()).await;
    script.next(&[AppendFault::HangsWritten]);
    let asked: Vec<_> = (0..20)
        .map(|id| {
            let shop = shop.clone();
            tokio::spawn(async move { shop.submit(take(id, 1)).await })
        })
        .collect();
    tokio::task::yield_now().await;
    shop.shutdown().await;
    for answer in asked {
        assert!(answer.await.unwrap().unwrap().is_ok());
    }
    assert_eq!(recorded(&*log).await.len(), 20);
    assert!(shop.has_ended());
    assert_eq!(shop.submit(take(99, 1)).await, Err(Unavailable::Stopped));
    // What it knew is still true.
    assert_eq!(shop.read(|toy, _| toy.left()), Ok(80));
}

#[tokio::test]
async fn it_ends_when_the_last_handle_is_gone() {
    let log = Arc::new(MemoryLog::default());
    let shop = start(&log, &clock()).await;
    let mut positions = shop.position_watch();
    drop(shop.clone());
    assert!(shop.submit(take(1, 1)).await.unwrap().is_ok());
    drop(shop);
    while positions.changed().await.is_ok() {}
    assert_eq!(Arc::strong_count(&log), 1);
}

#[tokio::test]
async fn a_machine_that_breaks_takes_its_stream_down_and_nothing_else() {
    let log = Arc::new(MemoryLog::default());
    let shop = start(&log, &clock()).await;
    assert!(shop.submit(take(1, 1)).await.unwrap().is_ok());
    assert_eq!(shop.submit(request(2, Command::Panic)).await, Err(Unavailable::Stopped));
    assert!(shop.has_ended());
    assert_eq!(shop.submit(take(3, 1)).await, Err(Unavailable::Stopped));
    let again = start(&log, &clock()).await;
    assert!(again.submit(take(3, 1)).await.unwrap().is_ok());
    assert_eq!(recorded(&*log).await.len(), 2);
}
