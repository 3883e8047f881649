//! The audit behind `frontrow verify`: replays every log from zero and holds everything against it.
//!
//! The log is what was decided; snapshots and tables only repeat it. So each log is replayed without snapshots,
//! every invariant of the ledger is checked on the way and at the end, and then the newest snapshot, the orders, the
//! tickets and the money are compared with what the replay says.

mod tables;

use std::sync::Arc;

use frontrow_ledger::{
    invariants,
    sale::{Record, Sale},
};
use frontrow_log::{
    Log, Position, Stream, StreamKind,
    entries::{Pages, ReadError},
    format::decode_snapshot,
    limits::LOG_TIMEOUT,
};

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

/// A sale as its log says, now and where the tables are.
struct Replayed {
    head: Position,
    shown: Option<Sale>,
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
            for stream in streams.iter().filter(|stream| stream.kind == StreamKind::Sale) {
                self.verify_sale(*stream, &mut report, &mut progress).await?;
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
        let Some(replayed) = replay(log, stream, checkpoint, report, progress).await? else {
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
}

/// Logs that are listed at once.
const STREAMS_AT_ONCE: usize = 100;

/// From zero, without snapshots. `None` if the log cannot be read to its end, which is a fault.
async fn replay(
    log: &Arc<dyn Log>,
    stream: Stream,
    checkpoint: Position,
    report: &mut Report,
    progress: &mut impl FnMut(&Report),
) -> Result<Option<Replayed>> {
    let snapshot = log.latest_snapshot(stream, None).await;
    let snapshot = snapshot.map_err(|error| Error::Log(error.into()))?;
    let mut sale = Sale::default();
    let mut head = Position::START;
    let mut shown = (checkpoint == head).then(|| sale.clone());
    let mut pages = Pages::<Record>::new(Arc::clone(log), stream, head, LOG_TIMEOUT);
    loop {
        let page = match pages.next().await {
            Ok(Some(page)) => page,
            Ok(None) => {
                check(stream, head, &sale, report);
                return Ok(Some(Replayed { head, shown }));
            }
            Err(ReadError::Log(error)) => return Err(Error::Log(error.into())),
            Err(error) => {
                report.fault(stream, describe(&error));
                return Ok(None);
            }
        };
        for (position, entry) in page.entries {
            if entry.now < frontrow_ledger::Machine::now(&sale) {
                report.fault(stream, format!("entry {position} goes back in time"));
            }
            entry.replay(&mut sale);
            head = position;
            report.entries += 1;
            report.records += entry.applied.len() as u64;
            if position == checkpoint {
                shown = Some(sale.clone());
            }
            if snapshot.as_ref().is_some_and(|snapshot| snapshot.position == position) {
                let bytes = snapshot.iter().map(|snapshot| &snapshot.bytes);
                compare_snapshot(stream, position, bytes, &sale, report);
            }
            if position.0.is_multiple_of(VERIFY_ENTRIES_PER_CHECK) {
                check(stream, position, &sale, report);
            }
        }
        progress(report);
    }
}

fn check(stream: Stream, position: Position, sale: &Sale, report: &mut Report) {
    if let Err(broken) = invariants::check(sale) {
        report.fault(stream, format!("at {position}: {broken}"));
    }
}

/// A snapshot that this release cannot read is no fault: it is thrown away when it is needed.
fn compare_snapshot<'a>(
    stream: Stream,
    position: Position,
    snapshots: impl Iterator<Item = &'a bytes::Bytes>,
    sale: &Sale,
    report: &mut Report,
) {
    for bytes in snapshots {
        if decode_snapshot::<Sale>(bytes).is_ok_and(|snapshot| snapshot != *sale) {
            report.fault(stream, format!("the snapshot at {position} is not what the log says"));
        }
    }
}

/// An error with its causes.
fn describe(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
