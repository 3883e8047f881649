//! What is free, small enough to be asked for every second (`docs/seat-map-format.md`).

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use frontrow_ledger::{
    ChannelId, SeatId,
    sale::{Refusal, Selling, Totals},
};
use frontrow_log::Position;
use uuid::Uuid;

use crate::{
    Result, Shop,
    limits::{FACTS_KEPT_MAX, STATUS_WAIT, STATUSES_KEPT},
};

/// What is free at one position of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The position it was read at.
    pub position: Position,
    /// Whether the shop's pages sell.
    pub selling: bool,
    /// One bit per seat: 1 is not free. Seat `i` is bit `i % 8` of byte `i / 8`, the least significant bit first.
    pub seats: Vec<u8>,
    /// Places left by [`AreaId`](frontrow_ledger::AreaId).
    pub areas: Vec<u32>,
}

/// What a reader who has seen one version needs for the next.
#[derive(Debug, Clone)]
pub enum Status {
    /// Everything.
    Full(Arc<Snapshot>),
    /// Only what changed.
    Delta {
        /// The version it changes.
        since: String,
        /// What it becomes.
        now: Arc<Snapshot>,
        /// Seats that are not free any more, ascending.
        taken: Vec<SeatId>,
        /// Seats that are free again, ascending.
        freed: Vec<SeatId>,
    },
}

impl Snapshot {
    /// Opaque, equal for equal contents of one performance on every replica.
    pub fn version(&self) -> String {
        format!("{:x}-{}", self.position.0, u8::from(self.selling))
    }

    /// Whether nobody has a seat. What does not exist is not free.
    pub fn is_free(&self, seat: SeatId) -> bool {
        let byte = usize::try_from(seat.0 / 8).ok().and_then(|index| self.seats.get(index));
        byte.is_some_and(|byte| byte & (1 << (seat.0 % 8)) == 0)
    }

    /// Seats that changed from an earlier snapshot to this one: those taken and those freed.
    fn changes(&self, earlier: &Self) -> (Vec<SeatId>, Vec<SeatId>) {
        let (mut taken, mut freed) = (Vec::new(), Vec::new());
        for (index, (then, now)) in (0..).zip(earlier.seats.iter().zip(&self.seats)) {
            for bit in (0..8).filter(|bit| (then ^ now) & (1 << bit) != 0) {
                let list = if now & (1 << bit) == 0 { &mut freed } else { &mut taken };
                list.push(SeatId(index * 8 + bit));
            }
        }
        (taken, freed)
    }
}

impl Shop {
    /// What is free in a performance; only what changed if `since` is a version that is remembered and the change is
    /// smaller than the whole.
    pub async fn status(&self, performance: Uuid, since: Option<&str>) -> Result<Status> {
        let now = self.snapshot(performance).await?;
        let earlier =
            since.and_then(|version| self.inner.statuses.remembered(performance, version));
        let Some(earlier) = earlier else { return Ok(Status::Full(now)) };
        let (taken, freed) = now.changes(&earlier);
        // A seat's id takes some six characters, a byte of the whole one and a third.
        if (taken.len() + freed.len()) * 6 > now.seats.len() * 4 / 3 {
            return Ok(Status::Full(now));
        }
        Ok(Status::Delta { since: earlier.version(), now, taken, freed })
    }

    /// Waits a moment for a version that a reader has already seen, at another replica: a map does not go back in time.
    pub async fn reach_version(&self, performance: Uuid, version: &str) -> Result<()> {
        if let Some(seen) = position(version) {
            self.sale(performance).await?.reach(seen, STATUS_WAIT).await;
        }
        Ok(())
    }

    /// What is free in a performance.
    pub async fn snapshot(&self, performance: Uuid) -> Result<Arc<Snapshot>> {
        let handle = self.sale(performance).await?;
        let moment = self.now();
        let known = self.inner.statuses.latest(performance);
        let seen = handle.read(|sale, position| {
            let book = sale.book()?;
            let selling = book.selling(ChannelId::WEB, moment) == Selling::Now;
            if let Some(known) = known.filter(|known| known.is(position, selling)) {
                return Some(known);
            }
            Some(Arc::new(Snapshot {
                position,
                selling,
                seats: book.seats_taken(),
                areas: book.areas().iter().map(Totals::free).collect(),
            }))
        })?;
        let snapshot = seen.ok_or(Refusal::NotDefined)?;
        self.inner.statuses.remember(performance, &snapshot);
        Ok(snapshot)
    }
}

/// The position of a version.
fn position(version: &str) -> Option<Position> {
    let (position, _) = version.split_once('-')?;
    u64::from_str_radix(position, 16).ok().map(Position)
}

impl Snapshot {
    fn is(&self, position: Position, selling: bool) -> bool {
        self.position == position && self.selling == selling
    }
}

/// The last snapshots of each performance, newest last.
#[derive(Debug, Default)]
pub(crate) struct StatusCache {
    by_performance: Mutex<HashMap<Uuid, VecDeque<Arc<Snapshot>>>>,
}

impl StatusCache {
    fn latest(&self, performance: Uuid) -> Option<Arc<Snapshot>> {
        let known = self.by_performance.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&performance)?.back().cloned()
    }

    fn remembered(&self, performance: Uuid, version: &str) -> Option<Arc<Snapshot>> {
        let known = self.by_performance.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshots = known.get(&performance)?;
        snapshots.iter().rev().find(|snapshot| snapshot.version() == version).cloned()
    }

    fn remember(&self, performance: Uuid, snapshot: &Arc<Snapshot>) {
        let mut known = self.by_performance.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= FACTS_KEPT_MAX && !known.contains_key(&performance) {
            known.clear();
        }
        let snapshots = known.entry(performance).or_default();
        let newer = snapshots.back().is_none_or(|last| {
            (last.position, last.selling) != (snapshot.position, snapshot.selling)
                && last.position <= snapshot.position
        });
        if newer {
            snapshots.push_back(Arc::clone(snapshot));
            if snapshots.len() > STATUSES_KEPT {
                snapshots.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Snapshot;
    use frontrow_ledger::SeatId;
    use frontrow_log::Position;

    fn snapshot(position: u64, seats: &[u8]) -> Snapshot {
        let position = Position(position);
        Snapshot { position, selling: true, seats: seats.to_vec(), areas: Vec::new() }
    }

    #[test]
    fn a_version_tells_its_position() {
        assert_eq!(super::position(&snapshot(0x1a2b, &[]).version()), Some(Position(0x1a2b)));
        for text in ["", "1a2b", "-1", "x-1", "fffffffffffffffff-0"] {
            assert_eq!(super::position(text), None, "{text}");
        }
    }

    #[test]
    fn what_changed_is_told_by_seat() {
        let (then, now) =
            (snapshot(1, &[0b0000_0110, 0]), snapshot(2, &[0b0000_0011, 0b1000_0000]));
        let (taken, freed) = now.changes(&then);
        assert_eq!((taken, freed), (vec![SeatId(0), SeatId(15)], vec![SeatId(2)]));
        assert!(now.is_free(SeatId(2)));
        assert!(!now.is_free(SeatId(15)));
        assert!(!now.is_free(SeatId(16)), "there is no such seat");
    }
}
