//! `frontrow bench`: what the sale engine does on this machine, beside the same rule in plain SQL; and the waiting room.
//!
//! Contenders take turns in short rounds, so that whatever else the machine does meets all of them. `docs/bench.md`
//! says what each line compares and why the baselines are fair.

mod baseline;
mod engine;
mod holds;
mod house;
mod load;
mod machine;
mod postgres;
mod replay;
mod report;
mod room;
mod seats;
mod seats_sql;

use std::path::{Path, PathBuf};

use anyhow::Context;

use self::{
    machine::Machine,
    postgres::Scratch,
    report::{Report, Server},
    room::RoomArgs,
};

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// The sale engine: durable holds, best available, replay, replicas
    Sale(SaleArgs),
    /// The waiting room: joins, polls, passes, memory
    Room(RoomArgs),
}

/// How to measure the sale engine.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SaleArgs {
    /// Measure PostgreSQL too, in a schema of its own that is dropped at the end
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Also write the figures to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measured for each contender
    #[arg(long, value_name = "COUNT", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Records of the log that is replayed
    #[arg(long, value_name = "COUNT", default_value_t = 1_000_000)]
    records: usize,
}

/// Measures, prints a table and writes the JSON.
/// SQLite writes beside the data directory's databases: the disk that matters.
pub(crate) fn run(args: Args, data: &Path) -> anyhow::Result<()> {
    let data = if data.is_dir() { data } else { Path::new(".") };
    let args = match args.what {
        What::Sale(args) => args,
        What::Room(args) => return room::run(&args, data),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(measure(&args, data))?;
    print!("{}", report.table());
    if let Some(path) = &args.json {
        let file = std::fs::File::create(path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        serde_json::to_writer_pretty(file, &report)?;
    }
    Ok(())
}

/// Whatever happens in between, nothing is left behind: neither the directory nor the schema.
async fn measure(args: &SaleArgs, data: &Path) -> anyhow::Result<Report> {
    let directory = tempfile::Builder::new()
        .prefix("frontrow-bench-")
        .tempdir_in(data)
        .with_context(|| format!("cannot write in {}", data.display()))?;
    let scratch = match &args.postgres {
        Some(url) => Some(Scratch::create(url, rand::random()).await?),
        None => None,
    };
    let measured = measure_in(args, directory.path(), scratch.as_ref()).await;
    if let Some(scratch) = scratch {
        scratch.remove().await?;
    }
    measured
}

async fn measure_in(
    args: &SaleArgs,
    directory: &Path,
    scratch: Option<&Scratch>,
) -> anyhow::Result<Report> {
    eprintln!("measuring the disk");
    let machine = Machine::describe(directory)?;
    let postgres = scratch.map(|scratch| Server {
        version: scratch.version.clone(),
        synchronous_commit: scratch.synchronous_commit.clone(),
    });
    let groups = vec![
        holds::measure(args.seconds, directory, scratch).await?,
        seats::measure(args.seconds, directory, scratch).await?,
        replay::measure(args.records, directory).await?,
        holds::measure_replicas(args.seconds.div_ceil(2), directory, scratch).await?,
    ];
    Ok(Report { machine, postgres, groups })
}
