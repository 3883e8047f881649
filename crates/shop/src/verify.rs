//! The audit behind `frontrow verify`: replays every log from zero and holds everything against it.
//!
//! The log is what was decided; snapshots and tables only repeat it. So each log is replayed without snapshots,
//! every invariant of the ledger is checked on the way and at the end, and then the newest snapshot, the orders, the
//! tickets and the money are compared with what the replay says. Of a waiting room each record is held against what is
//! there before it: one place a person, the draw as its commitment was published, nobody in the shop who was not called.

mod tables;

use std::sync::Arc;

use frontrow_ledger::{
    Applied, Machine,
    invariants::{self, Broken},
    room::Room,
    sale::Sale,
};
use frontrow_log::{
    Log, Position, Stream, StreamKind,
    entries::{Pages, ReadError},
    format::decode_snapshot,
    limits::LOG_TIMEOUT,
};

use uuid::Uuid;

use crate::{
    Error, Result, Shop,
    limits::{VERIFY_ENTRIES_PER_CHECK, VERIFY_FAULTS_MAX, VERIFY_TRIES_MAX},
};

/// What an audit found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Logs replayed.
    pub streams: u64,
    /// Entries replayed.
    pub entries: u64,
    /// Records replayed.
    pub records: u64,
    /// Orders compared.
    pub orders: u64,
    /// Tickets compared.
    pub tickets: u64,
    /// Places in waiting rooms.
    pub places: u64,
    /// Entries that the tables do not show yet: no fault, the worker brings them forward.
    pub entries_behind: u64,
    /// What is wrong, at most [`VERIFY_FAULTS_MAX`].
    pub faults: Vec<Fault>,
    /// There were more.
    pub faults_cut: bool,
}

/// Something that is not as the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In which log.
    pub stream: Stream,
    /// What.
    pub problem: String,
}

impl Report {
    /// Whether everything is as it must be.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    fn fault(&mut self, stream: Stream, problem: impl Into<String>) {
        if self.faults.len() < VERIFY_FAULTS_MAX {
            self.faults.push(Fault { stream, problem: problem.into() });
        } else {
            self.faults_cut = true;
        }
    }
}

/// A ledger as its log says, now and where the tables are.
struct Replayed<M> {
    head: Position,
    now: M,
    shown: Option<M>,
}

type Seen = std::result::Result<(), Broken>;

/// What is true of a ledger.
trait Audited: Machine + PartialEq {
    /// Whether a record may follow.
    fn may_follow(&self, applied: &Applied<Self::Record>) -> Seen;

    /// Whether all of it holds together.
    fn is_whole(&self) -> Seen;
}

impl Audited for Sale {
    fn may_follow(&self, _: &Applied<Self::Record>) -> Seen {
        Ok(())
    }

    fn is_whole(&self) -> Seen {
        invariants::check(self)
    }
}

impl Audited for Room {
    fn may_follow(&self, applied: &Applied<Self::Record>) -> Seen {
        self.audit(applied)
    }

    fn is_whole(&self) -> Seen {
        self.check()
    }
}

impl Shop {
    /// Audits everything. `progress` is told after every page of entries or orders.
    pub async fn verify(&self, mut progress: impl FnMut(&Report)) -> Result<Report> {
        let mut report = Report::default();
        let mut after = None;
        loop {
            let streams = self.inner.log.streams(after, STREAMS_AT_ONCE).await;
            let streams = streams.map_err(|error| Error::Log(error.into()))?;
            let Some(last) = streams.last() else { return Ok(report) };
            after = Some(*last);
            for stream in &streams {
                match stream.kind {
                    StreamKind::Sale => {
                        self.verify_sale(*stream, &mut report, &mut progress).await?;
                    }
                    StreamKind::Room => {
                        self.verify_room(*stream, &mut report, &mut progress).await?;
                    }
                    StreamKind::Door => {}
                }
            }
        }
    }

    /// Beside a running shop the tables move while they are compared, so a comparison that found faults while the
    /// projector was at work proves nothing and is made again.
    async fn verify_sale(
        &self,
        stream: Stream,
        report: &mut Report,
        progress: &mut impl FnMut(&Report),
    ) -> Result<()> {
        for attempt in 1.. {
            let mut tried = report.clone();
            let checkpoint = self.inner.store.checkpoint(stream).await?;
            self.verify_once(stream, checkpoint, &mut tried, progress).await?;
            let moved = self.inner.store.checkpoint(stream).await? != checkpoint;
            let found = tried.faults.len() > report.faults.len();
            if !(found && moved) || attempt == VERIFY_TRIES_MAX {
                *report = tried;
                break;
            }
        }
        report.streams += 1;
        progress(report);
        Ok(())
    }

    async fn verify_once(
        &self,
        stream: Stream,
        checkpoint: Position,
        report: &mut Report,
        progress: &mut impl FnMut(&Report),
    ) -> Result<()> {
        let log = &self.inner.log;
        let replayed = replay::<Sale>(log, stream, checkpoint, report, progress).await?;
        let Some(replayed) = replayed else {
            return Ok(());
        };
        let Some(shown) = replayed.shown else {
            let problem =
                format!("the tables are at {checkpoint}, the log ends at {}", replayed.head);
            report.fault(stream, problem);
            return Ok(());
        };
        report.entries_behind += replayed.head.0 - checkpoint.0;
        tables::compare(&self.inner.store, stream, &shown, report, progress).await
    }

    async fn verify_room(
        &self,
        stream: Stream,
        report: &mut Report,
        progress: &mut impl FnMut(&Report),
    ) -> Result<()> {
        let start = Position::START;
        let replayed = replay::<Room>(&self.inner.log, stream, start, report, progress).await?;
        let joined = replayed.and_then(|room| Some(room.now.line()?.headcount().joined));
        report.places += joined.unwrap_or(0);
        if !self.inner.store.had_room(Uuid::from_u128(stream.id)).await? {
            report.fault(stream, "the tables do not know of this waiting room");
        }
        report.streams += 1;
        progress(report);
        Ok(())
    }
}

/// Logs that are listed at once.
const STREAMS_AT_ONCE: usize = 100;

/// From zero, without snapshots. `None` if the log cannot be read to its end, which is a fault.
async fn replay<M: Audited>(
    log: &Arc<dyn Log>,
    stream: Stream,
    checkpoint: Position,
    report: &mut Report,
    progress: &mut impl FnMut(&Report),
) -> Result<Option<Replayed<M>>> {
    let snapshot = log.latest_snapshot(stream, None).await;
    let snapshot = snapshot.map_err(|error| Error::Log(error.into()))?;
    let mut machine = M::default();
    let mut head = Position::START;
    let mut shown = (checkpoint == head).then(|| machine.clone());
    let mut pages = Pages::<M::Record>::new(Arc::clone(log), stream, head, LOG_TIMEOUT);
    loop {
        let page = match pages.next().await {
            Ok(Some(page)) => page,
            Ok(None) => {
                check(stream, head, &machine, report);
                return Ok(Some(Replayed { head, now: machine, shown }));
            }
            Err(ReadError::Log(error)) => return Err(Error::Log(error.into())),
            Err(error) => {
                report.fault(stream, describe(&error));
                return Ok(None);
            }
        };
        for (position, entry) in page.entries {
            if entry.now < machine.now() {
                report.fault(stream, format!("entry {position} goes back in time"));
            }
            machine.advance(entry.now);
            for applied in &entry.applied {
                if let Err(broken) = machine.may_follow(applied) {
                    // What follows from this is nothing that a machine could go on with.
                    report.fault(stream, format!("at {position}: {broken}"));
                    return Ok(None);
                }
                machine.apply(applied);
            }
            head = position;
            report.entries += 1;
            report.records += entry.applied.len() as u64;
            if position == checkpoint {
                shown = Some(machine.clone());
            }
            if snapshot.as_ref().is_some_and(|snapshot| snapshot.position == position) {
                let bytes = snapshot.iter().map(|snapshot| &snapshot.bytes);
                compare_snapshot(stream, position, bytes, &machine, report);
            }
            if position.0.is_multiple_of(VERIFY_ENTRIES_PER_CHECK) {
                check(stream, position, &machine, report);
            }
        }
        progress(report);
    }
}

fn check(stream: Stream, position: Position, machine: &impl Audited, report: &mut Report) {
    if let Err(broken) = machine.is_whole() {
        report.fault(stream, format!("at {position}: {broken}"));
    }
}

/// A snapshot that this release cannot read is no fault: it is thrown away when it is needed.
fn compare_snapshot<'a, M: Audited>(
    stream: Stream,
    position: Position,
    snapshots: impl Iterator<Item = &'a bytes::Bytes>,
    machine: &M,
    report: &mut Report,
) {
    for bytes in snapshots {
        if decode_snapshot::<M>(bytes).is_ok_and(|snapshot| snapshot != *machine) {
            report.fault(stream, format!("the snapshot at {position} is not what the log says"));
        }
    }
}

/// An error with its causes.
fn describe(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
