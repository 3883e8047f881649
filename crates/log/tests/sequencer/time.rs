//! Time passes in the log and nowhere else.

use std::sync::Arc;

use frontrow_ledger::Time;
use frontrow_log::{Log, ManualClock, MemoryLog, Position, SequencerConfig};

use crate::{
    conflicts::all_agree,
    toy::{
        Command, LIMIT, Record, STREAM, clock, config, entries, request, start, start_with, take,
        until,
    },
};

#[tokio::test]
async fn what_expires_while_nobody_asks_shows_by_itself() {
    let log = Arc::new(MemoryLog::default());
    let clock = clock();
    let (one, two) = (start(&log, &clock).await, start(&log, &clock).await);
    let short = request(1, Command::Take { things: 9, ms: 500 });
    assert!(one.submit(short).await.unwrap().is_ok());
    clock.pass_ms(499);
    assert_eq!(one.read(|toy, _| toy.left()), Ok(LIMIT - 9));
    clock.pass_ms(1);
    until(&one, |toy, _| toy.left() == LIMIT).await;
    until(&two, |toy, _| toy.left() == LIMIT).await;
    let written = entries(&*log).await;
    assert_eq!(written.len(), 2, "one entry says that time passed, not one per replica");
    assert!(written[1].applied.is_empty() && written[1].now == Time(1_500));
    all_agree(&log, &[one, two]).await;
}

#[tokio::test]
async fn time_never_goes_back_in_a_stream() {
    let log = Arc::new(MemoryLog::default());
    let clock = clock();
    let shop = start(&log, &clock).await;
    assert!(shop.submit(take(1, 1)).await.unwrap().is_ok());
    clock.set(Time(10));
    assert!(shop.submit(take(2, 1)).await.unwrap().is_ok());
    drop(shop);
    let shop = start(&log, &clock).await;
    assert!(shop.submit(take(3, 1)).await.unwrap().is_ok());
    let times: Vec<_> = entries(&*log).await.iter().map(|entry| entry.now).collect();
    assert_eq!(times, [Time(1_000); 3]);
}

#[tokio::test]
async fn time_does_not_go_back_behind_what_passed_by_itself() {
    let log = Arc::new(MemoryLog::default());
    let clock = clock();
    let shop = start(&log, &clock).await;
    assert!(shop.submit(request(1, Command::Take { things: 9, ms: 500 })).await.unwrap().is_ok());
    clock.pass_ms(500);
    until(&shop, |toy, _| toy.left() == LIMIT).await;
    clock.set(Time(1_200));
    assert!(shop.submit(take(2, 1)).await.unwrap().is_ok());
    let times: Vec<_> = entries(&*log).await.iter().map(|entry| entry.now.0).collect();
    assert_eq!(times, [1_000, 1_500, 1_500]);
}

/// A replica whose clock is ahead decides, refuses, and so writes nothing. Then another one, whose
/// clock is behind, writes an entry of an earlier moment. For the first the hold had lapsed; in the
/// log it has not.
#[tokio::test]
async fn an_entry_of_an_earlier_moment_is_replayed_exactly() {
    let log = Arc::new(MemoryLog::default());
    let (ahead, behind) = (clock(), clock());
    let patient =
        || SequencerConfig { follow_interval: std::time::Duration::from_mins(10), ..config() };
    let one = start_with(&log, &ahead, patient()).await;
    let two = start_with(&log, &behind, patient()).await;
    let hold = request(1, Command::Take { things: LIMIT, ms: 500 });
    assert!(two.submit(hold).await.unwrap().is_ok());
    // Refused, and nothing is due: no entry, but its time has moved.
    ahead.set(Time(1_400));
    assert!(one.submit(take(2, 1)).await.unwrap().is_err());
    assert_eq!(log.head(STREAM).await.unwrap(), Position(1));
    behind.set(Time(1_300));
    let back = request(3, Command::Return(frontrow_ledger::CommandId(1)));
    assert!(two.submit(back).await.unwrap().is_ok());
    assert!(two.submit(request(4, Command::Take { things: 1, ms: 50 })).await.unwrap().is_ok());
    // At 1,400 that would have been over at once; at 1,300 it is taken until 1,350.
    ahead.set(Time(1_340));
    let record = one.submit(take(5, 1)).await.unwrap().unwrap();
    assert_eq!(record, Record::Took { things: 1, until: Time(1_001_340) });
    assert_eq!(one.read(|toy, _| toy.left()), Ok(LIMIT - 2));
    assert!(two.submit(take(6, 1)).await.unwrap().is_ok());
    assert!(one.submit(take(7, 1)).await.unwrap().is_ok());
    assert!(two.submit(take(8, 1)).await.unwrap().is_ok());
    let times: Vec<_> = entries(&*log).await.iter().map(|entry| entry.now.0).collect();
    assert_eq!(times, [1_000, 1_300, 1_300, 1_340, 1_340, 1_340, 1_340]);
    // They look only when they are asked.
    assert!(one.submit(take(9, LIMIT)).await.unwrap().is_err());
    all_agree(&log, &[one, two]).await;
}

/// A batch of refusals at which something expired says so in the log, so that the position tells
/// the state.
#[tokio::test]
async fn a_refusal_at_which_something_expired_is_preceded_by_an_entry() {
    let log = Arc::new(MemoryLog::default());
    let clock = Arc::new(ManualClock::new(Time(0)));
    let patient =
        SequencerConfig { follow_interval: std::time::Duration::from_mins(10), ..config() };
    let shop = start_with(&log, &clock, patient).await;
    assert!(shop.submit(request(1, Command::Take { things: 1, ms: 5 })).await.unwrap().is_ok());
    clock.set(Time(5));
    assert!(shop.submit(take(2, LIMIT + 1)).await.unwrap().is_err());
    assert_eq!(shop.read(|toy, position| (toy.left(), position)), Ok((LIMIT, Position(2))));
    let written = entries(&*log).await;
    assert!(written[1].applied.is_empty() && written[1].now == Time(5));
}
