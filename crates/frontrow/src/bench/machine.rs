//! What the figures were measured on: processors, memory, and how long the disk takes to sync.
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::{
    fs::{File, read_to_string},
    io::{Seek, SeekFrom, Write},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context;
use serde::Serialize;

/// Facts that decide how the figures compare with those of another machine.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    /// That this process may use.
    pub(crate) processors: usize,
    /// As the processor calls itself, where the system tells.
    pub(crate) processor: Option<String>,
    /// Of memory, where the system tells.
    pub(crate) memory_mib: Option<u64>,
    /// `linux`, `macos`, ...
    pub(crate) system: &'static str,
    /// Whether this binary was optimised; without, no figure means anything.
    pub(crate) optimised: bool,
    /// Median time to make 4 kB durable in the data directory, in microseconds.
    pub(crate) sync_p50_us: u64,
    /// The time that 99 % of the syncs did not exceed.
    pub(crate) sync_p99_us: u64,
}

impl Machine {
    /// Looks around and syncs a file in this directory for a while.
    pub(crate) fn describe(directory: &Path) -> anyhow::Result<Self> {
        let mut syncs = sync_times(directory).context("cannot measure the disk")?;
        syncs.sort_unstable();
        let at = |percent: usize| {
            let index = (syncs.len() * percent / 100).min(syncs.len().saturating_sub(1));
            syncs.get(index).map_or(0, |time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
        };
        Ok(Self {
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            processor: fact("/proc/cpuinfo", "model name"),
            memory_mib: fact("/proc/meminfo", "MemTotal")
                .and_then(|total| total.split_whitespace().next()?.parse::<u64>().ok())
                .map(|kib| kib / 1024),
            system: std::env::consts::OS,
            optimised: !cfg!(debug_assertions),
            sync_p50_us: at(50),
            sync_p99_us: at(99),
        })
    }
}

/// How long each append of 4 kB took to be durable.
fn sync_times(directory: &Path) -> std::io::Result<Vec<Duration>> {
    const WRITES_MAX: u64 = 2_000;
    const LONGEST: Duration = Duration::from_secs(1);
    let page = [7; 4096];
    let path = directory.join("sync-probe");
    let mut file = File::create(&path)?;
    // The file has its size before we measure, as a log that is written again has.
    file.set_len(WRITES_MAX * 4096)?;
    file.sync_all()?;
    file.seek(SeekFrom::Start(0))?;
    let mut times = Vec::new();
    let begin = Instant::now();
    for _ in 0..WRITES_MAX {
        let start = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        times.push(start.elapsed());
        if begin.elapsed() > LONGEST {
            break;
        }
    }
    drop(file);
    std::fs::remove_file(path)?;
    Ok(times)
}

/// The value of a `key : value` line of a file that Linux has and others do not.
fn fact(path: &str, key: &str) -> Option<String> {
    let text = read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
