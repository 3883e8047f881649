//! Releases side by side, and replicas that have to see what another one wrote.

use std::{sync::Arc, time::Duration};

use frontrow_log::{MemoryLog, Position, SequencerConfig, Unavailable, Writable};

use crate::toy::{Command, LIMIT, clock, config, recorded, request, start, start_with, take};

#[tokio::test]
async fn a_new_kind_of_record_is_written_only_when_every_replica_can_read_it() {
    let log = Arc::new(MemoryLog::default());
    let writable = Writable::up_to(1);
    let config = SequencerConfig { writable: writable.clone(), ..config() };
    let shop = start_with(&log, &clock(), config).await;
    let write = || request(1, Command::Write { bytes: 3 });
    assert_eq!(shop.submit(write()).await, Err(Unavailable::TooNew));
    // Everybody else is served, in the same batch too.
    let (old, new) = tokio::join!(shop.submit(take(2, 1)), shop.submit(write()));
    assert!(old.unwrap().is_ok());
    assert_eq!(new, Err(Unavailable::TooNew));
    writable.set(2);
    assert!(shop.submit(write()).await.unwrap().is_ok());
    assert_eq!(recorded(&*log).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_another_wrote_is_read_at_once_when_somebody_waits_for_it() {
    let log = Arc::new(MemoryLog::default());
    let rarely = || SequencerConfig { follow_interval: Duration::from_hours(10), ..config() };
    let one = start_with(&log, &clock(), rarely()).await;
    let two = start_with(&log, &clock(), rarely()).await;
    assert!(one.submit(take(1, LIMIT)).await.unwrap().is_ok());
    assert!(two.reach(Position(1), Duration::from_secs(1)).await);
    assert_eq!(two.read(|toy, _| toy.left()).unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_what_nobody_wrote_gives_up() {
    let log = Arc::new(MemoryLog::default());
    let shop = start(&log, &clock()).await;
    assert!(!shop.reach(Position(1), Duration::from_secs(1)).await);
}
