//! How much memory those who wait take, in a process that serves them.
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use frontrow_ledger::{
    CommandId, Request, Time,
    room::{Command, Mode, PassTimes, Room, Terms, admission::Policy},
};
use frontrow_log::{Handle, ManualClock, Sequencer, SequencerConfig, SqliteLog, Stream};
use futures::{StreamExt as _, stream};

use crate::bench::report::{Group, Line, thousands};

const NOW: Time = Time(1_800_000_000_000);
/// How long after the last join the process is looked at.
const SETTLED: Duration = Duration::from_secs(3);
/// Meanwhile so many ask for their place again, so often.
const ASK_AGAIN: u32 = 100;
const ASKS_AGAIN_EVERY: Duration = Duration::from_millis(100);
/// Joins that are asked for at once.
const AT_ONCE: usize = 4_096;

/// Joins so many to a room on SQLite and looks how much larger the process is.
pub(super) async fn measure(waiting: u32, directory: &Path) -> Result<Group> {
    eprintln!("memory: {waiting} people join");
    let log = Arc::new(SqliteLog::open(&directory.join("memory.db")).await?);
    let clock = Arc::new(ManualClock::new(NOW));
    let config = SequencerConfig::default();
    let room: Handle<Room> = Sequencer::start(log.clone(), Stream::room(1), clock, config).await?;
    let define = Command::Define(Arc::new(terms()));
    ask(&room, u128::MAX, define).await?;
    // Whatever is allocated once is, before we look.
    join(&room, 0..10_000).await?;
    let idle = resident_kib()?;
    let start = Instant::now();
    join(&room, 10_000..waiting).await?;
    let elapsed = start.elapsed();
    // What the flood itself took goes back, as the allocator gets round to it while some ask again; those who wait stay.
    let settled = Instant::now() + SETTLED;
    while Instant::now() < settled {
        join(&room, 0..ASK_AGAIN).await?;
        tokio::time::sleep(ASKS_AGAIN_EVERY).await;
    }
    let used = resident_kib()?.saturating_sub(idle);
    room.shutdown().await;
    log.close().await;
    let joined = waiting - 10_000;
    let title = format!("Memory of {} who wait, SQLite", thousands(f64::from(waiting)));
    let mut group = Group::new(title, "joins");
    group.lines.push(Line {
        name: "joins without HTTP, durable".to_owned(),
        connections: None,
        count: joined.into(),
        value: f64::from(joined) / elapsed.as_secs_f64(),
        p50_ns: None,
        p99_ns: None,
        ratio: None,
    });
    let bytes = used as f64 * 1024.0 / f64::from(joined);
    group.notes.push(format!(
        "{:.1} MiB more than with 10,000: {bytes:.1} bytes a person",
        used as f64 / 1024.0
    ));
    Ok(group)
}

async fn join(room: &Handle<Room>, people: std::ops::Range<u32>) -> Result<()> {
    let mut joins = stream::iter(people)
        .map(|person| {
            ask(
                room,
                u128::from(person).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
                Command::Join,
            )
        })
        .buffer_unordered(AT_ONCE);
    while let Some(joined) = joins.next().await {
        joined?;
    }
    Ok(())
}

async fn ask(room: &Handle<Room>, id: u128, command: Command) -> Result<()> {
    let answer = room.submit(Request { id: CommandId(id), fingerprint: 0, command }).await?;
    answer.context("the room refused")?;
    Ok(())
}

fn terms() -> Terms {
    Terms {
        sale: 1,
        salt: 7,
        mode: Mode::On,
        opens: NOW,
        starts: NOW.plus_ms(3_600_000),
        ends: None,
        draw: None,
        pass: PassTimes { valid_ms: 600_000, extension_ms: 0 },
        policy: Policy {
            target: 500,
            cap: 600,
            rate_per_minute: 600,
            turn_ms: 120_000,
            p99_ms_max: 800,
            errors_ppm_max: 10_000,
            provider_errors_ppm_max: 10_000,
            stale_after_ms: 5_000,
            places_per_person_milli: 1_600,
            paused: false,
        },
    }
}

/// What this process has in memory, as Linux counts it.
fn resident_kib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse().ok());
    let kib: u64 = kib.context("this system does not tell")?;
    ensure!(kib > 0, "this system does not tell");
    Ok(kib)
}
