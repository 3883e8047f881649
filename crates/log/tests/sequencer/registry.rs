//! Streams are loaded when somebody asks, once, and not for ever.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use frontrow_log::{
    Log, MemoryLog, Position, Registry, Stream, Unavailable, registry::RegistryConfig,
};

use crate::{
    script::Script,
    toy::{Command, STREAM, Toy, clock, config, recorded, request, take},
};

fn registry(log: &Arc<MemoryLog>, change: impl FnOnce(&mut RegistryConfig)) -> Registry<Toy> {
    let mut registry = RegistryConfig { sequencer: config(), ..RegistryConfig::default() };
    change(&mut registry);
    Registry::new(Arc::clone(log) as Arc<dyn Log>, clock(), registry)
}

#[tokio::test]
async fn many_who_ask_at_once_share_one_loading() {
    let (log, script) = Script::log();
    let registry = Arc::new(registry(&log, |_| {}));
    registry.open(Stream::sale(77)).await.unwrap();
    let one_loading = script.reads();
    let asked: Vec<_> = (0..50)
        .map(|id| {
            let registry = Arc::clone(&registry);
            tokio::spawn(
                async move { registry.open(STREAM).await.unwrap().submit(take(id, 1)).await },
            )
        })
        .collect();
    for answer in asked {
        assert!(answer.await.unwrap().unwrap().is_ok());
    }
    // Beside the loading, both streams may have been looked at while they were idle.
    assert!(script.reads() <= one_loading * 2 + 4, "{} readings", script.reads());
    assert_eq!(recorded(&*log).await.len(), 50);
    assert_eq!(registry.loaded(), 2);
}

#[tokio::test]
async fn a_loading_that_failed_is_tried_again() {
    let (log, script) = Script::log();
    let registry = registry(&log, |_| {});
    script.reads_fail(true);
    assert_eq!(registry.open(STREAM).await.unwrap_err(), Unavailable::Unreachable);
    script.reads_fail(false);
    assert!(registry.open(STREAM).await.is_ok());
}

#[tokio::test]
async fn a_stream_that_cannot_be_served_is_not_read_again_and_again() {
    let (log, script) = Script::log();
    log.append(STREAM, Position(1), Bytes::from_static(b"\x09not an entry")).await.unwrap();
    let registry = registry(&log, |_| {});
    let reason = Unavailable::UnknownRecord(Position(1));
    assert_eq!(registry.open(STREAM).await.unwrap_err(), reason);
    let reads = script.reads();
    assert_eq!(registry.open(STREAM).await.unwrap_err(), reason);
    assert_eq!(script.reads(), reads);
}

#[tokio::test]
async fn a_stream_whose_machine_broke_is_loaded_again() {
    let log = Arc::new(MemoryLog::default());
    let registry = registry(&log, |_| {});
    let shop = registry.open(STREAM).await.unwrap();
    assert_eq!(shop.submit(request(1, Command::Panic)).await, Err(Unavailable::Stopped));
    assert!(registry.open(STREAM).await.unwrap().submit(take(2, 1)).await.unwrap().is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_stream_that_was_idle_longest_makes_room() {
    let log = Arc::new(MemoryLog::default());
    let registry = registry(&log, |config| config.streams_loaded = 2);
    let mut ends = Vec::new();
    for id in [1, 2, 1, 3] {
        let shop = registry.open(Stream::sale(id)).await.unwrap();
        ends.push((id, shop.position_watch()));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(registry.loaded(), 2);
    let (_, second) = &mut ends[1];
    assert!(second.changed().await.is_err(), "stream 2 has ended");
    let (_, first) = &mut ends[0];
    let ended = tokio::time::timeout(Duration::from_mins(1), first.changed()).await;
    assert!(ended.is_err(), "stream 1 is still served");
}

#[tokio::test(start_paused = true)]
async fn an_idle_stream_is_unloaded() {
    let log = Arc::new(MemoryLog::default());
    let registry = registry(&log, |config| config.idle = Duration::from_mins(1));
    let mut positions = registry.open(STREAM).await.unwrap().position_watch();
    tokio::time::sleep(Duration::from_secs(59)).await;
    registry.unload_idle();
    assert_eq!(registry.loaded(), 1);
    tokio::time::sleep(Duration::from_secs(1)).await;
    registry.unload_idle();
    assert_eq!(registry.loaded(), 0);
    assert!(positions.changed().await.is_err());
}

#[tokio::test]
async fn after_shutdown_nothing_is_opened() {
    let log = Arc::new(MemoryLog::default());
    let registry = registry(&log, |_| {});
    let shop = registry.open(STREAM).await.unwrap();
    registry.shutdown().await;
    assert!(shop.has_ended());
    assert_eq!(registry.open(STREAM).await.unwrap_err(), Unavailable::Stopped);
    assert_eq!(registry.open(Stream::sale(5)).await.unwrap_err(), Unavailable::Stopped);
}
