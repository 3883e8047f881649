//! Somebody who looks at the public status all the time: when which turn came.

use frontrow_ledger::room::{Phase, Status};
use tokio::time::{Instant, interval, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::{
    browser::{Answer, Ask, Browser, Jar},
    limits::{ROOM_LINGER, ROOM_WATCH_EVERY},
    tally::Step,
    target::Target,
};

/// Before the status stands its signature.
const SIGNATURE_BYTES: usize = 64;

/// What the public status said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomLook {
    /// In milliseconds of the drill.
    pub at_ms: u64,
    /// What the room did.
    pub phase: Phase,
    /// All who had a place.
    pub joined: u64,
    /// Positions whose turn had come.
    pub cursor: u64,
}

/// Everything that the public status said, whenever it said something new.
#[derive(Debug, Clone, Default)]
pub struct RoomWatched {
    /// In the order of the shop's own time.
    pub looks: Vec<RoomLook>,
    /// Looks at which there was no status.
    pub blind: u64,
}

/// Reads a status as it is sent.
pub(crate) fn read_status(answer: &Answer) -> Option<Status> {
    let said = answer.body.get(SIGNATURE_BYTES..).filter(|_| answer.status.is_success())?;
    Status::decode(said).ok()
}

/// Looks until told to stop, and then, where a room that opened by itself still is, until it has closed again.
pub(crate) async fn watch_room(
    browser: &Browser,
    target: &Target,
    start: Instant,
    stop: CancellationToken,
    closes_by_itself: bool,
) -> RoomWatched {
    let mut watched = RoomWatched::default();
    let mut newest = i64::MIN;
    let mut timer = interval(ROOM_WATCH_EVERY);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut give_up = None;
    loop {
        timer.tick().await;
        if stop.is_cancelled() {
            let end = *give_up.get_or_insert_with(|| Instant::now() + ROOM_LINGER);
            let open = watched.looks.last().is_some_and(|look| look.phase != Phase::Off);
            if !closes_by_itself || !open || Instant::now() >= end {
                return watched;
            }
        }
        let ask = Ask::get(Step::Poll, target.board_path());
        let answer = browser.ask(&mut Jar::default(), Instant::now(), &ask).await;
        let Some(status) = answer.ok().as_ref().and_then(read_status) else {
            watched.blind += 1;
            continue;
        };
        // Another replica may be a moment behind.
        if status.at.0 >= newest && start <= Instant::now() {
            newest = status.at.0;
            let at_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
            watched.note(RoomLook {
                at_ms,
                phase: status.phase,
                joined: status.joined,
                cursor: status.cursor,
            });
        } else if start > Instant::now() {
            sleep_until(start).await;
        }
    }
}

impl RoomWatched {
    pub(super) fn note(&mut self, look: RoomLook) {
        let same = self.looks.last().is_some_and(|last| {
            (last.phase, last.joined, last.cursor) == (look.phase, look.joined, look.cursor)
        });
        if !same {
            self.looks.push(look);
        }
    }

    /// When the turn of a position came, in milliseconds of the drill.
    pub fn turn_ms(&self, position: u64) -> Option<u64> {
        let before = self.looks.partition_point(|look| look.cursor <= position);
        self.looks.get(before).map(|look| look.at_ms)
    }

    /// When a phase was first seen, after a moment.
    pub fn first(&self, after_ms: u64, phase: Phase) -> Option<u64> {
        let later = self.looks.iter().filter(|look| look.at_ms >= after_ms);
        later.filter(|look| look.phase == phase).map(|look| look.at_ms).next()
    }

    /// The last that was seen.
    pub fn last(&self) -> Option<RoomLook> {
        self.looks.last().copied()
    }
}
