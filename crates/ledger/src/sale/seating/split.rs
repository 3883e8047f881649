//! A party in several groups anywhere in its category: the last resort, and only if the party
//! agrees.

use super::{
    Seating,
    bits::{Bits, Runs},
    plan::{Zone, wide},
};
use crate::SeatId;

impl Seating {
    /// A party in groups as large as there is room for; see [`Seating::best`]. There are at least
    /// `n` free seats.
    pub(super) fn split(&self, zone: &Zone, n: usize) -> Vec<SeatId> {
        let mut party = Party { seats: Vec::with_capacity(n), left: n, changed: Vec::new() };
        for (i, &tree) in zone.trees.iter().enumerate().rev() {
            let size = i + 1;
            if !party.goes_in(size) {
                continue;
            }
            for leaf in self.tournaments.ranking(tree) {
                self.seat_groups(&mut party, size, wide(zone.segments[leaf]));
                if !party.goes_in(size) {
                    break;
                }
            }
        }
        party.seats
    }

    /// Seats groups of one size in a segment while there is room and people for them.
    fn seat_groups(&self, party: &mut Party, size: usize, number: usize) {
        let segment = &self.plan.segments[number];
        let at = party.changed.iter().position(|&(changed, _)| changed == number);
        let mut free = match at {
            Some(at) => party.changed[at].1,
            None => segment.free(&self.free),
        };
        let before = free;
        while party.goes_in(size) {
            let runs = Runs::of(segment.track, free, size);
            let tidy = runs.tidy_starts();
            let starts = if tidy.is_empty() { runs.starts() } else { tidy };
            let cost = |&start: &usize| segment.window_cost(&self.plan.costs, start, size);
            let Some(start) = starts.iter().min_by_key(cost) else { break };
            free = free.without(segment.track.window_bits(start, size));
            party.seats.extend(segment.window(start, size).map(SeatId::from_index));
            party.left -= size;
        }
        match at {
            Some(at) => party.changed[at].1 = free,
            None if free != before => party.changed.push((number, free)),
            None => {}
        }
    }
}

/// A party that is being seated.
struct Party {
    seats: Vec<SeatId>,
    /// People who have no seat yet.
    left: usize,
    /// What is still free in the segments where somebody of this party sits.
    changed: Vec<(usize, Bits)>,
}

impl Party {
    /// Whether a group of this size sits down together now: not if it leaves one person over who
    /// could sit with another.
    fn goes_in(&self, size: usize) -> bool {
        self.left >= size && (self.left != size + 1 || size <= 2)
    }
}
