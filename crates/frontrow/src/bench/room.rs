//! `frontrow bench room`: what the waiting room does on this machine, beside what others use for the same.

mod caches;
mod joins;
mod memory;
mod people;
mod polls;
mod tokens;
mod wire;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum as _;

use super::{machine::Machine, report::Report};

/// How to measure the waiting room.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RoomArgs {
    /// Also write the figures to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measured for each contender
    #[arg(long, value_name = "COUNT", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// How many wait when memory is measured
    #[arg(long, value_name = "COUNT", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1_000..=10_000_000))]
    waiting: u32,
    /// Measure this and nothing else; may be given several times
    #[arg(long, value_name = "WHAT")]
    only: Vec<Measured>,
}

/// What is measured, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Measured {
    /// What a million who wait take. First: afterwards this process is larger than an idle one
    Memory,
    /// Passes and tokens
    Passes,
    /// Requests that no cache answers
    Origin,
    /// How many are in the shop
    Shop,
    /// Durable joins beside Redis
    Joins,
    /// Polls beside nginx
    Polls,
}

/// Measures, prints a table and writes the JSON.
pub(super) fn run(args: &RoomArgs, data: &Path) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let directory = tempfile::Builder::new()
        .prefix("frontrow-bench-")
        .tempdir_in(data)
        .with_context(|| format!("cannot write in {}", data.display()))?;
    eprintln!("measuring the disk");
    let machine = Machine::describe(directory.path())?;
    let mut groups = Vec::new();
    for what in Measured::value_variants() {
        if !args.only.is_empty() && !args.only.contains(what) {
            continue;
        }
        groups.push(match what {
            Measured::Memory => {
                runtime.block_on(memory::measure(args.waiting, directory.path()))?
            }
            Measured::Passes => tokens::measure(directory.path())?,
            Measured::Origin => caches::measure(),
            Measured::Shop => people::measure(),
            Measured::Joins => joins::measure(args.seconds, directory.path(), &runtime)?,
            Measured::Polls => polls::measure(args.seconds, directory.path())?,
        });
    }
    let report = Report { machine, postgres: None, groups };
    print!("{}", report.table());
    if let Some(path) = &args.json {
        let file = std::fs::File::create(path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        serde_json::to_writer_pretty(file, &report)?;
    }
    Ok(())
}
