//! `frontrow rehearse`: the on-sale drill, on a running shop or on a set of its own.

mod room;
mod set;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context, Result, ensure};
use frontrow_rehearsal::{
    Outcome, Plan,
    crowd::{Crowd, Mix},
    curve::Curve,
    limits::FANS_MAX,
    live::{Silent, Terminal, View},
    rehearse,
    report::{self, Beside, Report},
    room::room_log,
    sweep,
    target::Wanted,
};
use uuid::Uuid;

use crate::{config::Config, open};

/// What to rehearse.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the shop is; it must be in demo mode
    #[arg(long, value_name = "URL", default_value = "http://localhost:8080")]
    shop: String,
    /// Which event [default: the one with the most places left]
    #[arg(long, value_name = "SLUG", conflicts_with = "performance")]
    event: Option<String>,
    /// Which performance
    #[arg(long, value_name = "ID")]
    performance: Option<Uuid>,
    /// How many come
    #[arg(long, value_name = "COUNT", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(FANS_MAX)))]
    fans: u32,
    /// Who they are: everyone, as in life; buyers, who all come, pay and go; onlookers, who mostly watch the seat map
    #[arg(long, value_name = "NAME", default_value = "everyone")]
    mix: Mix,
    /// When they come: prequeue, sofia, herd, drop, or `steady:FANS_PER_SECOND`
    #[arg(long, value_name = "NAME", default_value = "herd")]
    curve: Curve,
    /// How many times faster than life they come and think
    #[arg(long, value_name = "TIMES", default_value_t = 1.0)]
    compress: f64,
    /// The same seed brings the same fans with the same intentions
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Connections that all fans share
    #[arg(long, value_name = "COUNT", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=60_000))]
    connections: u32,
    /// After so many seconds everybody goes home
    #[arg(long, value_name = "SECONDS", default_value_t = 7_200)]
    time_limit: u64,
    /// Nobody else buys there meanwhile: every place must be accounted for
    #[arg(long)]
    alone: bool,
    /// Sweep from inside too: --data or --database-url is the shop's
    #[arg(long)]
    inside: bool,
    #[command(flatten)]
    room: room::RoomArgs,
    #[command(flatten)]
    set: set::LocalArgs,
    /// Write the figures to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the report with pictures to this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Show nothing while it runs
    #[arg(long)]
    quiet: bool,
}

/// Drills, sweeps, reports. The exit status tells whether everything is as it must be.
pub(crate) fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    ensure!(args.compress.is_finite() && args.compress > 0.0, "--compress must be above 0");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(async {
        if args.set.local { set::drill(args).await } else { drill(args, config).await }
    })?;
    print!("{}", report.summary());
    Ok(if report.passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn drill(args: &Args, config: &Config) -> Result<Report> {
    let plan = plan(args, args.shop.clone(), args.alone, None)?;
    let mut view = view(args);
    let outcome = rehearse(&plan, &mut *view, |_| {}).await?;
    let beside = if args.inside { inside(config, &outcome).await? } else { Beside::default() };
    write(args, &plan, &outcome, Vec::new(), &beside)
}

/// `key` is that of a set of its own.
fn plan(args: &Args, base: String, alone: bool, key: Option<String>) -> Result<Plan> {
    let wanted = match (&args.event, args.performance) {
        (_, Some(id)) => Wanted::Performance(id),
        (Some(slug), None) => Wanted::Event(slug.clone()),
        (None, None) => Wanted::Largest,
    };
    let crowd = Crowd {
        fans: args.fans,
        mix: args.mix,
        curve: args.curve,
        compression: args.compress,
        seed: args.seed,
    };
    Ok(Plan {
        base,
        wanted,
        crowd,
        connections: usize::try_from(args.connections).unwrap_or(usize::MAX),
        time_limit: Duration::from_secs(args.time_limit),
        alone,
        room: args.room.plan(&crowd, key)?,
    })
}

fn view(args: &Args) -> Box<dyn View + Send> {
    if args.quiet { Box::new(Silent) } else { Box::new(Terminal::default()) }
}

/// The sweep from inside: the shop's own database, opened beside it.
async fn inside(config: &Config, outcome: &Outcome) -> Result<Beside> {
    let shop = open::shop(config).await?;
    let log = open::log(config, false).await?;
    let checks = sweep::inside(&shop, &*log, &outcome.target, &outcome.stories).await;
    shop.stop().await;
    let mut beside =
        Beside { inside: checks.context("the sweep from inside")?, ..Beside::default() };
    if outcome.room.is_some() {
        let room = room_log(&*log, &outcome.target, &outcome.stories).await;
        let room = room.context("the log of the waiting room")?;
        beside.inside.extend(room.checks.iter().cloned());
        beside.room = Some(room);
    }
    Ok(beside)
}

/// Writes what was asked for.
fn write(
    args: &Args,
    plan: &Plan,
    outcome: &Outcome,
    setting: Vec<(String, String)>,
    beside: &Beside,
) -> Result<Report> {
    let report = Report::new(plan, outcome, setting, beside);
    if let Some(path) = &args.json {
        let file = std::fs::File::create(path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        serde_json::to_writer_pretty(file, &report)?;
    }
    if let Some(path) = &args.html {
        std::fs::write(path, report::html(&report, outcome, beside.room.as_ref()))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(report)
}
