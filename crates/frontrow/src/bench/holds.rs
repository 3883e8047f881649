//! Durable holds on one hot sale: the sequencer beside SQL, and two replicas beside one.

use std::{path::Path, sync::Arc, time::Duration};

use frontrow_log::{Log, Stream};

use super::{
    baseline::{self, Baseline},
    engine::{Engine, LOG_CONNECTIONS, Storage},
    load::{Contender, Sample, drive},
    postgres::Scratch,
    report::{Group, Line},
};

/// Callers that ask at once.
const CALLERS: usize = 256;
/// How long a contender runs before the next has its turn.
const TURN: Duration = Duration::from_secs(1);
/// How long each size of a pool is tried, for each second of measuring.
const TRIAL: Duration = Duration::from_millis(100);

/// Somebody who takes part.
struct Entrant<'a> {
    name: String,
    connections: Option<u32>,
    runner: Runner<'a>,
    sample: Sample,
}

enum Runner<'a> {
    Sql {
        baseline: Baseline,
        scratch: &'a Scratch,
        connections: u32,
    },
    /// A new sale for each turn, so that none is sold out; one log for each replica.
    Engine(Vec<Arc<dyn Log>>),
}

impl<'a> Entrant<'a> {
    fn new(name: String, connections: Option<u32>, runner: Runner<'a>) -> Self {
        Self { name, connections, runner, sample: Sample::default() }
    }

    async fn engine(name: String, storage: Storage<'a>, replicas: usize) -> anyhow::Result<Self> {
        let mut logs = Vec::new();
        for _ in 0..replicas {
            logs.push(storage.open().await?);
        }
        let connections = matches!(storage, Storage::Postgres(_)).then_some(LOG_CONNECTIONS);
        let connections = connections.map(|each| each * replicas as u32);
        Ok(Self::new(name, connections, Runner::Engine(logs)))
    }

    async fn turn(&mut self) -> anyhow::Result<()> {
        let sample = match &self.runner {
            Runner::Sql { baseline, scratch, connections } => {
                baseline::turn(*baseline, scratch, *connections, CALLERS, TURN).await?
            }
            Runner::Engine(logs) => {
                let stream = Stream::sale(rand::random());
                let engine = Arc::new(Engine::open(logs, stream).await?);
                let contender: Arc<dyn Contender> = Arc::<Engine>::clone(&engine);
                let sample = drive(&contender, CALLERS, TURN).await;
                engine.close().await;
                sample?
            }
        };
        self.sample.add(&sample);
        Ok(())
    }
}

/// All contenders in turn, as many turns as seconds.
pub(crate) async fn measure(
    seconds: u64,
    directory: &Path,
    scratch: Option<&Scratch>,
) -> anyhow::Result<Group> {
    let trial = TRIAL * seconds.min(4) as u32;
    let mut entrants = Vec::new();
    for storage in storages(directory, scratch) {
        let name = format!("sequencer, {}", storage.name());
        entrants.push(Entrant::engine(name, storage, 1).await?);
    }
    if let Some(scratch) = scratch {
        for baseline in Baseline::ALL {
            eprintln!("holds: looking for the best pool for {}", baseline.name());
            let connections = baseline::tune(baseline, scratch, CALLERS, trial).await?;
            let runner = Runner::Sql { baseline, scratch, connections };
            entrants.push(Entrant::new(baseline.name().to_owned(), Some(connections), runner));
        }
    }
    take_turns("holds", seconds, &mut entrants).await?;
    let base = entrants.iter().find(|entrant| entrant.name == Baseline::RowLock.name());
    let base = base.map(|entrant| entrant.sample.per_second());
    let title = format!("Durable holds on one hot sale, {CALLERS} callers");
    let mut group = Group::new(title, "holds");
    for entrant in &entrants {
        let line = Line::of(&entrant.name, entrant.connections, &entrant.sample);
        group.lines.push(line.against(base));
    }
    match base {
        Some(_) => group.notes.push("ratio: to (a)".to_owned()),
        None => group.notes.push("give --postgres URL to see the same rule in SQL".to_owned()),
    }
    Ok(group)
}

/// One sale, sold by one replica and by two that fight for every position of its log.
pub(crate) async fn measure_replicas(
    seconds: u64,
    directory: &Path,
    scratch: Option<&Scratch>,
) -> anyhow::Result<Group> {
    let title = format!("Replicas of one sale, {CALLERS} callers spread over them");
    let mut group = Group::new(title, "holds");
    for storage in storages(directory, scratch) {
        let name = storage.name();
        let mut entrants = Vec::new();
        for (replicas, words) in [(1, "one replica"), (2, "two replicas, one sale")] {
            entrants.push(Entrant::engine(format!("{words}, {name}"), storage, replicas).await?);
        }
        take_turns("replicas", seconds, &mut entrants).await?;
        let base = entrants.first().map(|entrant| entrant.sample.per_second());
        for entrant in &entrants {
            let line = Line::of(&entrant.name, entrant.connections, &entrant.sample);
            group.lines.push(line.against(base));
        }
    }
    group.notes.push(
        "ratio: to one replica; a balancer that hashes on the sale keeps it there".to_owned(),
    );
    Ok(group)
}

fn storages<'a>(
    directory: &'a Path,
    scratch: Option<&'a Scratch>,
) -> impl Iterator<Item = Storage<'a>> {
    std::iter::once(Storage::Sqlite(directory)).chain(scratch.map(Storage::Postgres))
}

async fn take_turns(what: &str, turns: u64, entrants: &mut [Entrant<'_>]) -> anyhow::Result<()> {
    for turn in 1..=turns {
        eprintln!("{what}: turn {turn} of {turns}");
        for entrant in &mut *entrants {
            entrant.turn().await?;
        }
    }
    Ok(())
}
