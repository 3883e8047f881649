//! The log fails, or nobody knows whether it did. What was acknowledged is in it exactly once.

use std::{sync::Arc, time::Duration};

use frontrow_ledger::CommandId;
use frontrow_log::{Log, Position, Unavailable, memory::AppendFault};

use crate::{
    script::Script,
    toy::{STREAM, bytes, clock, recorded, replay, start, take},
};

#[tokio::test(start_paused = true)]
async fn whatever_happens_to_an_append_the_command_is_recorded_once() {
    use AppendFault::{DoubtfulLost, DoubtfulWritten, Fails, HangsLost, HangsWritten};
    let sequences: &[&[AppendFault]] = &[
        &[Fails],
        &[Fails, Fails, Fails],
        &[DoubtfulLost],
        &[DoubtfulWritten],
        &[DoubtfulLost, DoubtfulLost, DoubtfulWritten],
        &[Fails, DoubtfulWritten],
        &[HangsLost],
        &[HangsWritten],
    ];
    for faults in sequences {
        let (log, script) = Script::log();
        let shop = start(&log, &clock()).await;
        script.next(faults);
        let (first, second) = tokio::join!(shop.submit(take(1, 1)), shop.submit(take(2, 2)));
        assert!(first.unwrap().is_ok() && second.unwrap().is_ok(), "{faults:?}");
        let mut ids = recorded(&*log).await;
        ids.sort();
        assert_eq!(ids, [CommandId(1), CommandId(2)], "{faults:?}");
        let committed = shop.read(|toy, _| bytes(toy)).unwrap();
        assert_eq!(committed, bytes(&replay(&*log).await), "{faults:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_said_before_the_log_is_read_again() {
    let (log, script) = Script::log();
    let shop = start(&log, &clock()).await;
    script.next(&[AppendFault::DoubtfulWritten]);
    script.reads_fail(true);
    let mut asked = tokio::spawn({
        let shop = shop.clone();
        async move { shop.submit(take(1, 1)).await }
    });
    let early = tokio::time::timeout(Duration::from_secs(3), &mut asked).await;
    assert!(early.is_err(), "{early:?}");
    // What was durable before is still shown.
    assert_eq!(shop.read(|toy, position| (toy.left(), position)), Ok((100, Position::START)));
    script.reads_fail(false);
    assert!(asked.await.unwrap().unwrap().is_ok());
    assert_eq!(log.head(STREAM).await.unwrap(), Position(1));
}

#[tokio::test(start_paused = true)]
async fn a_log_that_stays_away_is_told_in_time() {
    let (log, script) = Script::log();
    let shop = start(&log, &clock()).await;
    script.always(Some(AppendFault::Fails));
    assert_eq!(shop.submit(take(1, 1)).await, Err(Unavailable::Late));
    script.always(Some(AppendFault::DoubtfulLost));
    assert_eq!(shop.submit(take(2, 1)).await, Err(Unavailable::Doubtful));
    script.always(None);
    assert!(shop.submit(take(2, 1)).await.unwrap().is_ok());
    assert_eq!(recorded(&*log).await, [CommandId(2)]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_not_given_by_a_replica_that_cannot_see_the_log() {
    let (log, script) = Script::log();
    let shop = start(&log, &clock()).await;
    script.reads_fail(true);
    assert_eq!(shop.submit(take(1, 1_000)).await, Err(Unavailable::Late));
    script.reads_fail(false);
    assert!(shop.submit(take(1, 1_000)).await.unwrap().is_err());
}

#[tokio::test(start_paused = true)]
async fn a_log_that_lost_what_it_acknowledged_is_not_served() {
    let (log, _script) = Script::log();
    let shop = start(&log, &clock()).await;
    for id in 1..=3 {
        assert!(shop.submit(take(id, 1)).await.unwrap().is_ok());
    }
    // Another log behind the same address: restored from a backup, or a standby that had fallen
    // behind.
    let shorter = Arc::new(frontrow_log::MemoryLog::default());
    let entry = log.read(STREAM, Position::START, 1).await.unwrap().remove(0);
    shorter.append(STREAM, Position(1), entry.bytes).await.unwrap();
    let snapshot = frontrow_log::format::encode_snapshot(&replay(&*log).await).unwrap();
    shorter.save_snapshot(STREAM, Position(3), snapshot).await.unwrap();
    let refused = frontrow_log::Sequencer::<crate::toy::Toy>::start(
        shorter,
        STREAM,
        clock(),
        crate::toy::config(),
    )
    .await;
    assert_eq!(refused.unwrap_err(), Unavailable::Shortened(Position(3)));
}

/// What was decided ahead follows an entry into the log, and nobody hears of either.
#[tokio::test(start_paused = true)]
async fn what_the_log_took_by_itself_is_doubtful_too() {
    let (log, script) = Script::log();
    let shop = start(&log, &clock()).await;
    script.next(&[AppendFault::HangsWritten]);
    script.pauses(10);
    let asked = [1, 2].map(|id| {
        let shop = shop.clone();
        tokio::spawn(async move {
            if id == 2 {
                // While the first one is being written.
                tokio::task::yield_now().await;
                tokio::task::yield_now().await;
            }
            shop.submit(take(id, 1)).await
        })
    });
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(recorded(&*log).await, [CommandId(1), CommandId(2)]);
    script.reads_fail(true);
    for answer in asked {
        assert_eq!(answer.await.unwrap(), Err(Unavailable::Doubtful));
    }
    script.reads_fail(false);
    for id in [1, 2] {
        assert!(shop.submit(take(id, 1)).await.unwrap().is_ok());
    }
    assert_eq!(recorded(&*log).await, [CommandId(1), CommandId(2)]);
    assert_eq!(log.head(STREAM).await.unwrap(), Position(2), "each in an entry of its own");
}
