//! How fast a replica is back: replaying a log from zero, and loading a snapshot.
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{bail, ensure};
use frontrow_ledger::{
    Applied, AreaId, BuyerKey, ChannelId, CommandId, Decision, Entry, HoldId, Machine, OrderId,
    Request, TicketTypeId, Time,
    sale::{Command, Record, Sale, Want},
};
use frontrow_log::{
    Log, ManualClock, Position, Sequencer, SequencerConfig, SqliteLog, Stream, format,
};

use super::{
    engine,
    report::{Group, Line, nanos, thousands},
};

/// Records of one entry: what a busy sequencer writes at once.
const BATCH: usize = 256;
/// Milliseconds between two entries.
const BATCH_MS: i64 = 2;
/// How often each thing is done.
const TIMES: usize = 3;
const STREAM: Stream = Stream::sale(1);

/// Writes a log of so many records to SQLite, then starts a replica of it in both ways.
pub(crate) async fn measure(records: usize, directory: &Path) -> anyhow::Result<Group> {
    eprintln!("replay: writing {records} records");
    let log = Arc::new(SqliteLog::open(&directory.join("replay.db")).await?);
    let (sale, head) = write(&log, records).await?;
    let snapshot = format::encode_snapshot(&sale)?;
    let (mut replays, mut loads) = (Vec::new(), Vec::new());
    for round in 1..=TIMES {
        eprintln!("replay: round {round} of {TIMES}");
        replays.push(start(&log, &sale).await?);
        log.save_snapshot(STREAM, head, snapshot.clone()).await?;
        loads.push(start(&log, &sale).await?);
        log.delete_snapshot(STREAM, head).await?;
    }
    log.close().await;
    let title =
        format!("A replica starts: a sale of {} records, SQLite", thousands(records as f64));
    let mut group = Group::new(title, "records");
    group.lines.push(line("replay of every record", records, replays));
    group.lines.push(line("newest snapshot", records, loads));
    let mib = snapshot.len() as f64 / f64::from(1 << 20);
    group.notes.push(format!("p50: of the whole; the snapshot has {mib:.1} MiB"));
    Ok(group)
}

/// How long until a sequencer serves this sale, which is what was written.
async fn start(log: &Arc<SqliteLog>, written: &Sale) -> anyhow::Result<Duration> {
    let log = Arc::<SqliteLog>::clone(log);
    // Nothing lapses while we look.
    let clock = Arc::new(ManualClock::new(written.now()));
    let begin = Instant::now();
    let handle = Sequencer::<Sale>::start(log, STREAM, clock, SequencerConfig::default()).await?;
    let took = begin.elapsed();
    let same = handle.read(|started, _| started == written)?;
    handle.shutdown().await;
    ensure!(same, "what was started is not what was written");
    Ok(took)
}

fn line(name: &str, records: usize, mut times: Vec<Duration>) -> Line {
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    Line {
        name: name.to_owned(),
        connections: None,
        count: (records * times.len()) as u64,
        value: records as f64 / median.as_secs_f64(),
        p50_ns: Some(nanos(median)),
        p99_ns: None,
        ratio: None,
    }
}

/// Fans who hold one or two places; two of three pay, the others let their holds lapse.
async fn write(log: &SqliteLog, records: usize) -> anyhow::Result<(Sale, Position)> {
    let mut writer = Writer::default();
    writer.decide(Command::Define(Arc::new(engine::terms())))?;
    writer.decide(Command::Open)?;
    for fan in 0u128.. {
        let hold = HoldId(spread(fan));
        let order = OrderId(spread(fan));
        let ticket_types = vec![TicketTypeId(0); 1 + usize::from(fan % 2 == 0)];
        let wants = vec![Want::Area { area: AreaId(0), ticket_types }];
        writer.decide(Command::Hold { hold, channel: ChannelId::WEB, wants })?;
        if fan % 3 > 0 {
            writer.decide(Command::Checkout { hold, order, buyer: BuyerKey(spread(fan)) })?;
            writer.decide(Command::Confirm { hold, order })?;
        }
        if writer.records >= records {
            break;
        }
        if writer.batch.len() >= BATCH {
            writer.append(log).await?;
        }
    }
    writer.append(log).await?;
    Ok((writer.sale, writer.position))
}

/// Decides and appends as a sequencer does, without waiting for callers.
struct Writer {
    sale: Sale,
    now: Time,
    batch: Vec<Applied<Record>>,
    records: usize,
    position: Position,
}

impl Default for Writer {
    fn default() -> Self {
        let now = Time(1_800_000_000_000);
        Self {
            sale: Sale::default(),
            now,
            batch: Vec::new(),
            records: 0,
            position: Position::START,
        }
    }
}

impl Writer {
    fn decide(&mut self, command: Command) -> anyhow::Result<()> {
        let id = CommandId(spread(self.records as u128));
        let request = Request { id, fingerprint: 1, command };
        self.sale.advance(self.now);
        match self.sale.decide(&request) {
            Ok(Decision::Record(record)) => {
                let applied = Applied { id, fingerprint: 1, record };
                self.sale.apply(&applied);
                self.batch.push(applied);
                self.records += 1;
                Ok(())
            }
            other => bail!("not recorded: {other:?}"),
        }
    }

    async fn append(&mut self, log: &SqliteLog) -> anyhow::Result<()> {
        let entry = Entry { now: self.now, applied: std::mem::take(&mut self.batch) };
        self.position = self.position.next();
        log.append(STREAM, self.position, format::encode_entry(&entry)?).await?;
        self.now = self.now.plus_ms(BATCH_MS);
        Ok(())
    }
}

/// Ids as random ones are.
const fn spread(number: u128) -> u128 {
    (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
}
