//! A small machine: a shop with so many things, which are taken for a while.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use frontrow_ledger::{Applied, CommandId, Entry, Machine, Request, Time, machine::Decision};
use frontrow_log::{
    Clock, Handle, Log, ManualClock, Position, Sequencer, SequencerConfig, Stream,
    entries::read_page,
};
use serde::{Deserialize, Serialize};

/// Things that exist.
pub const LIMIT: u32 = 100;
pub const STREAM: Stream = Stream::sale(1);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toy {
    now: Time,
    taken: BTreeMap<CommandId, Taken>,
    answers: BTreeMap<CommandId, (u64, Record)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Taken {
    things: u32,
    until: Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Takes things for so many milliseconds.
    Take { things: u32, ms: i64 },
    /// Brings back what a command took.
    Return(CommandId),
    /// A record of so many bytes.
    Write { bytes: usize },
    /// Breaks the machine.
    Panic,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    Took { things: u32, until: Time },
    Returned(CommandId),
    Wrote(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    TooFew { left: u32 },
    NotTaken,
    Reused,
}

impl Default for Toy {
    fn default() -> Self {
        Self { now: Time(i64::MIN), taken: BTreeMap::new(), answers: BTreeMap::new() }
    }
}

impl Toy {
    pub fn left(&self) -> u32 {
        LIMIT - self.taken.values().map(|taken| taken.things).sum::<u32>()
    }

    pub fn answer(&self, id: u128) -> Option<&Record> {
        self.answers.get(&CommandId(id)).map(|(_, record)| record)
    }
}

impl Machine for Toy {
    const RECORDS: u32 = 2;

    type Command = Command;
    type Record = Record;
    type Refusal = Refusal;

    fn now(&self) -> Time {
        self.now
    }

    fn advance(&mut self, now: Time) {
        self.now = self.now.max(now);
        self.taken.retain(|_, taken| taken.until > self.now);
    }

    fn next_due(&self) -> Option<Time> {
        self.taken.values().map(|taken| taken.until).min()
    }

    /// A release before this one could not write.
    fn record_version(record: &Record) -> u32 {
        if matches!(record, Record::Wrote(_)) { 2 } else { 1 }
    }

    fn decide(&self, request: &Request<Command>) -> Result<Decision<Record>, Refusal> {
        if let Some((fingerprint, record)) = self.answers.get(&request.id) {
            return if *fingerprint == request.fingerprint {
                Ok(Decision::Again(record.clone()))
            } else {
                Err(Refusal::Reused)
            };
        }
        match request.command {
            Command::Take { things, .. } if things > self.left() => {
                Err(Refusal::TooFew { left: self.left() })
            }
            Command::Take { things, ms } => {
                Ok(Decision::Record(Record::Took { things, until: self.now.plus_ms(ms) }))
            }
            Command::Return(id) if self.taken.contains_key(&id) => {
                Ok(Decision::Record(Record::Returned(id)))
            }
            Command::Return(_) => Err(Refusal::NotTaken),
            Command::Write { bytes } => Ok(Decision::Record(Record::Wrote("w".repeat(bytes)))),
            Command::Panic => panic!("asked for"),
        }
    }

    fn apply(&mut self, applied: &Applied<Record>) {
        match &applied.record {
            &Record::Took { things, until } => {
                self.taken.insert(applied.id, Taken { things, until });
            }
            Record::Returned(id) => {
                self.taken.remove(id);
            }
            Record::Wrote(_) => {}
        }
        self.answers.insert(applied.id, (applied.fingerprint, applied.record.clone()));
    }
}

/// The replay of a whole log, as anybody may do it.
pub async fn replay(log: &impl Log) -> Toy {
    let mut toy = Toy::default();
    for entry in entries(log).await {
        entry.replay(&mut toy);
    }
    toy
}

pub async fn entries(log: &impl Log) -> Vec<Entry<Record>> {
    let mut entries = Vec::new();
    loop {
        let after = Position(entries.len() as u64);
        let page = read_page(log, STREAM, after).await.unwrap();
        if page.entries.is_empty() {
            return entries;
        }
        entries.extend(page.entries.into_iter().map(|(_, entry)| entry));
    }
}

/// The commands in a log, each as often as it was recorded.
pub async fn recorded(log: &impl Log) -> Vec<CommandId> {
    entries(log).await.iter().flat_map(|entry| &entry.applied).map(|applied| applied.id).collect()
}

pub fn bytes(toy: &Toy) -> Vec<u8> {
    postcard::to_allocvec(toy).unwrap()
}

/// Waits until what is read is as it should be.
pub async fn until(shop: &Handle<Toy>, wanted: impl Fn(&Toy, Position) -> bool) {
    let mut positions = shop.position_watch();
    while !shop.read(&wanted).unwrap() {
        positions.changed().await.unwrap();
    }
}

pub fn request(id: u128, command: Command) -> Request<Command> {
    Request { id: CommandId(id), fingerprint: 0, command }
}

pub fn take(id: u128, things: u32) -> Request<Command> {
    request(id, Command::Take { things, ms: 1_000_000 })
}

pub fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Time(1_000)))
}

pub async fn start(log: &Arc<impl Log>, clock: &Arc<impl Clock>) -> Handle<Toy> {
    start_with(log, clock, config()).await
}

pub async fn start_with(
    log: &Arc<impl Log>,
    clock: &Arc<impl Clock>,
    config: SequencerConfig,
) -> Handle<Toy> {
    let (log, clock) = (Arc::clone(log) as Arc<dyn Log>, Arc::clone(clock) as Arc<dyn Clock>);
    Sequencer::start(log, STREAM, clock, config).await.unwrap()
}

/// Every sequencer of a test draws other pauses.
pub fn config() -> SequencerConfig {
    static SEED: AtomicU64 = AtomicU64::new(0);
    SequencerConfig {
        jitter_seed: SEED.fetch_add(1, Ordering::Relaxed),
        follow_interval: Duration::from_millis(20),
        snapshot_interval: Duration::ZERO,
        records_apart: 7,
        ..SequencerConfig::default()
    }
}
