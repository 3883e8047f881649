//! `frontrow rehearse --local`: brings up the whole set, drills it, breaks it meanwhile, takes it down.

use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use frontrow_rehearsal::{
    Outcome,
    local::{Engine, Fault, Set, SetError, SetPlan, inject},
    rehearse,
    report::Report,
    target::Wanted,
    usage::{Process, Usage, Used},
};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::Mutex as AsyncMutex,
    task::JoinHandle,
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::{Args, inside, plan, view, write};
use crate::{
    config::{Config, Mode, Settings},
    samples,
};

/// What to bring up, and what to do to it.
#[derive(Debug, clap::Args)]
pub(crate) struct LocalArgs {
    /// Bring up a set on this machine for the drill, and take it down after
    #[arg(long, conflicts_with_all = ["shop", "performance", "alone", "inside"])]
    pub(super) local: bool,
    /// How many replicas of the set
    #[arg(long, value_name = "COUNT", default_value_t = 3, requires = "local", value_parser = clap::value_parser!(u8).range(1..=9))]
    replicas: u8,
    /// Where the set keeps its rows and its log; on SQLite it is one process without a balancer
    #[arg(long, value_name = "NAME", requires = "local", value_enum, default_value_t = Database::Postgres)]
    database: Database,
    /// Do something to the set: kill-replica, rolling-upgrade, rolling-back, restart-database, failover-database,
    /// pause-replica or slow-database at a second, or from then on again and again; may be given more than once
    #[arg(long = "fault", requires = "local", value_name = "KIND@SECONDS[/EVERY]")]
    faults: Vec<Fault>,
    /// What replicas run until they are upgraded [default: this binary]
    #[arg(long, requires = "local", value_name = "BINARY")]
    previous: Option<PathBuf>,
    /// Send each request to the next replica in turn, not those about one sale to one replica
    #[arg(long, requires = "local")]
    no_affinity: bool,
    /// How long the set's carts hold places; abandoned ones come back after that
    #[arg(long, value_name = "MINUTES", requires = "local", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=60))]
    hold_minutes: u32,
    /// Where everything of the set is kept; deleted at the end unless it is given [default: below /var/tmp]
    #[arg(long, requires = "local", value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Where a set keeps its rows and its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Database {
    Postgres,
    Sqlite,
}

/// The arena: what the drill of the drills is about.
const DEFAULT_EVENT: &str = "paper-tigers";
/// How often it is looked at what the processes use.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Drills a set of its own.
pub(super) async fn drill(args: &Args) -> Result<Report> {
    let scratch;
    let folder = match &args.set.folder {
        Some(folder) => folder.as_path(),
        None => {
            scratch = tempfile::Builder::new().prefix("frontrow-set-").tempdir_in("/var/tmp")?;
            scratch.path()
        }
    };
    std::fs::create_dir_all(folder)?;
    // PostgreSQL may run as another user, who must get through.
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    let event = args.event.as_deref().unwrap_or(DEFAULT_EVENT);
    let plan = set_plan(args, folder, event)?;
    let faults = plan.faults.clone();
    eprintln!("bringing up the set in {}", folder.display());
    let set = Arc::new(AsyncMutex::new(Set::up(plan).await?));
    let drilled = tokio::select! {
        drilled = drill_in(args, &set, faults, event) => drilled,
        asked = asked_to_stop() => asked.context("cannot wait for signals").and_then(|()| bail!("interrupted")),
    };
    eprintln!("taking down the set");
    let down = take_down(set).await;
    let report = drilled?;
    down?;
    Ok(report)
}

/// Waits a moment for an interrupted drill's tasks to let go of it.
async fn take_down(mut set: Arc<AsyncMutex<Set>>) -> Result<()> {
    /// Half a minute: a fault that is being done ends first.
    const TRIES: u32 = 300;
    for _ in 0..TRIES {
        match Arc::try_unwrap(set) {
            Ok(set) => return Ok(set.into_inner().down().await?),
            Err(shared) => set = shared,
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("something still uses the set")
}

/// Ctrl-C from a person, SIGTERM from a supervisor: the set goes down all the same.
async fn asked_to_stop() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        asked = tokio::signal::ctrl_c() => asked,
        _ = terminate.recv() => Ok(()),
    }
}

async fn drill_in(
    args: &Args,
    set: &Arc<AsyncMutex<Set>>,
    faults: Vec<Fault>,
    event: &str,
) -> Result<Report> {
    let (base, count, key) = {
        let set = set.lock().await;
        (set.base(), set.count(), set.api_key().map(str::to_owned))
    };
    let mut plan = plan(args, base, true, key)?;
    plan.wanted = Wanted::Event(event.to_owned());
    let usage = Arc::new(Mutex::new(Usage::default()));
    watch(set, &usage).await;
    let stop = CancellationToken::new();
    let mut tasks: Option<Tasks> = None;
    let before_turns = Arc::new(Mutex::new(Vec::new()));
    let turns = plan.room.as_ref().map(|room| room.starts(&plan.crowd));
    let mut view = view(args);
    let outcome = rehearse(&plan, &mut *view, |tally| {
        let looking = tokio::spawn(look(Arc::clone(&usage), stop.clone()));
        let noted = turns.map(|turns| {
            let turns = tally.start() + turns;
            let (usage, before_turns) = (Arc::clone(&usage), Arc::clone(&before_turns));
            tokio::spawn(note_at(turns, usage, before_turns))
        });
        let injected = tokio::spawn(inject(
            Arc::clone(set),
            faults,
            Arc::clone(tally),
            Arc::clone(&usage),
            stop.clone(),
        ));
        tasks = Some(Tasks { looking, injected, noted });
    })
    .await;
    stop.cancel();
    if let Some(tasks) = &mut tasks {
        (&mut tasks.looking).await?;
        (&mut tasks.injected).await?.context("a fault could not be done to the set")?;
    }
    let outcome: Outcome = outcome?;
    let used = {
        let mut usage = usage.lock().unwrap_or_else(PoisonError::into_inner);
        usage.look();
        usage.used()
    };
    // Only now: the database may be another one than at the start.
    let config = config_of(&*set.lock().await)?;
    let mut beside = inside(&config, &outcome).await?;
    beside.usage = used;
    let mut before_turns = before_turns.lock().unwrap_or_else(PoisonError::into_inner);
    beside.before_turns = std::mem::take(&mut *before_turns);
    drop(before_turns);
    let database = match args.set.database {
        Database::Postgres if args.set.no_affinity => {
            format!("{count} replicas in turn behind HAProxy, on PostgreSQL")
        }
        Database::Postgres => format!("{count} replicas behind HAProxy, on PostgreSQL"),
        Database::Sqlite => "one process, on SQLite".to_owned(),
    };
    let faults: Vec<String> = args.set.faults.iter().map(ToString::to_string).collect();
    let mut setting = vec![("set".to_owned(), database)];
    if !faults.is_empty() {
        setting.push(("faults".to_owned(), faults.join(", ")));
    }
    write(args, &plan, &outcome, setting, &beside)
}

/// What runs beside the drill.
struct Tasks {
    looking: JoinHandle<()>,
    injected: JoinHandle<Result<(), SetError>>,
    /// Notes what was used when turns began.
    noted: Option<JoinHandle<()>>,
}

impl Drop for Tasks {
    /// An interrupted drill does nothing more to its set.
    fn drop(&mut self) {
        self.looking.abort();
        self.injected.abort();
        self.noted.iter().for_each(JoinHandle::abort);
    }
}

/// Every process of the set, and this one with its fans.
async fn watch(set: &AsyncMutex<Set>, usage: &Mutex<Usage>) {
    let processes = set.lock().await.processes();
    let fans = Process {
        name: "the fans".to_owned(),
        pid: std::process::id(),
        // The set's processes are its children.
        is_family: false,
    };
    let mut usage = usage.lock().unwrap_or_else(PoisonError::into_inner);
    for process in processes.into_iter().chain([fans]) {
        usage.watch(process);
    }
}

async fn look(usage: Arc<Mutex<Usage>>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop.cancelled() => return,
        }
        usage.lock().unwrap_or_else(PoisonError::into_inner).look();
    }
}

/// What was used until a moment.
async fn note_at(at: Instant, usage: Arc<Mutex<Usage>>, noted: Arc<Mutex<Vec<Used>>>) {
    tokio::time::sleep_until(at).await;
    let used = {
        let mut usage = usage.lock().unwrap_or_else(PoisonError::into_inner);
        usage.look();
        usage.used()
    };
    *noted.lock().unwrap_or_else(PoisonError::into_inner) = used;
}

fn set_plan(args: &Args, folder: &Path, event: &str) -> Result<SetPlan> {
    let LocalArgs { replicas, database, faults, previous, no_affinity, hold_minutes, .. } =
        &args.set;
    let engine = match database {
        Database::Postgres => Engine::Postgres,
        Database::Sqlite => Engine::Sqlite,
    };
    if let Some(previous) = previous {
        ensure!(previous.exists(), "{} does not exist", previous.display());
    }
    let (sale, organisation) = sale(folder, event, *hold_minutes)?;
    Ok(SetPlan {
        binary: std::env::current_exe().context("cannot tell which binary this is")?,
        previous: previous.clone(),
        engine,
        replicas: usize::from(*replicas),
        affinity: !no_affinity,
        folder: folder.to_owned(),
        secret: format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>()),
        public_url: String::new(),
        sale,
        organiser: args.room.room.map(|_| organisation),
        faults: faults.clone(),
    })
}

/// A sample's sale file with short holds, its plan beside it, and who sells.
fn sale(folder: &Path, event: &str, hold_minutes: u32) -> Result<(PathBuf, String)> {
    let (file, plan) = samples::of_event(event)
        .with_context(|| format!("there is no sample sale {event:?} to bring up a set with"))?;
    let mut file: toml::Table = std::str::from_utf8(file)?.parse()?;
    let name =
        file.get("plan").and_then(toml::Value::as_str).context("a sale file names its plan")?;
    std::fs::write(folder.join(name), plan)?;
    let minutes = i64::from(hold_minutes);
    let mut hold = toml::Table::new();
    hold.insert("minutes".into(), minutes.into());
    hold.insert("jitter_seconds".into(), 5.into());
    hold.insert("extension_minutes".into(), minutes.into());
    hold.insert("payment_minutes".into(), minutes.into());
    hold.insert("ceiling_minutes".into(), (minutes * 3).into());
    file.insert("hold".into(), hold.into());
    let path = folder.join("sale.toml");
    std::fs::write(&path, toml::to_string(&file)?)?;
    let organisation = file.get("organisation").and_then(toml::Value::as_str);
    Ok((path, organisation.context("a sale file names who sells")?.to_owned()))
}

/// The configuration that the set's replicas have, for the sweep from inside.
fn config_of(set: &Set) -> Result<Config> {
    let settings = Settings {
        mode: Some(Mode::Demo),
        data: Some(set.data()),
        database_url: set.own_database_url().map(Into::into),
        secret: Some(set.secret().into()),
        ..Settings::default()
    };
    Ok(Config::load(settings)?)
}
