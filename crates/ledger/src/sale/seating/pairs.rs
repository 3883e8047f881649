//! Wheelchair places and the companion seats beside them.

use super::{Seating, plan::Plan, row::distance};
use crate::{
    CategoryId, SeatId,
    sale::{Access, Row, Terms},
};

/// A wheelchair place with the companion seat that belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) wheelchair: SeatId,
    pub(super) companion: SeatId,
    /// Of both seats.
    pub(super) cost: u64,
    /// Stands right beside the pair before it in its zone.
    pub(super) follows: bool,
}

/// Pairs the wheelchair places of a row with companion seats that stand beside them with no aisle
/// between: as many pairs as possible, then as close as possible, then as early in the row as
/// possible. Positions in the row, with the wheelchair place first.
pub(super) fn pair_up(terms: &Terms, row: &Row, aisles: &[bool]) -> Vec<(usize, usize)> {
    let access = |i: usize| -> Option<Access> {
        let category = row.seats.get(i)?.category;
        Some(terms.categories.get(usize::from(category.0))?.access)
    };
    // Seat i may pair with seat i + 1, and no seat twice: the best for the seats from i on follows
    // from the best for those after.
    let mut best: Vec<(usize, u64, bool)> = vec![(0, 0, false); row.seats.len() + 2];
    for i in (0..row.seats.len().saturating_sub(1)).rev() {
        let alone = (best[i + 1].0, best[i + 1].1, false);
        let fits = matches!(
            (access(i), access(i + 1)),
            (Some(Access::Wheelchair), Some(Access::Companion))
                | (Some(Access::Companion), Some(Access::Wheelchair))
        ) && aisles.get(i) == Some(&false);
        let apart = distance(row.seats[i].at, row.seats[i + 1].at);
        let paired = (best[i + 2].0 + 1, best[i + 2].1 + apart, true);
        let better = paired.0 > alone.0 || (paired.0 == alone.0 && paired.1 <= alone.1);
        best[i] = if fits && better { paired } else { alone };
    }
    let mut pairs = Vec::new();
    let mut i = 0;
    while i < row.seats.len() {
        if !best[i].2 {
            i += 1;
            continue;
        }
        let wheelchair_first = access(i) == Some(Access::Wheelchair);
        pairs.push(if wheelchair_first { (i, i + 1) } else { (i + 1, i) });
        i += 2;
    }
    pairs
}

/// Adds the pairs of a row, whose first seat is number `first`, to their zones.
pub(super) fn add_pairs(plan: &mut Plan, row: &Row, aisles: &[bool], first: usize, terms: &Terms) {
    for (wheelchair, companion) in pair_up(terms, row, aisles) {
        let Some(zone) = row
            .seats
            .get(wheelchair)
            .and_then(|seat| plan.zones.get_mut(usize::from(seat.category.0)))
        else {
            continue;
        };
        let start = wheelchair.min(companion);
        let beside = start.checked_sub(1).filter(|&before| aisles.get(before) == Some(&false));
        let follows = zone.pairs.last().is_some_and(|last| {
            let last = last.wheelchair.max(last.companion).index();
            beside.is_some_and(|before| first + before == last)
        });
        zone.pairs.push(Pair {
            wheelchair: SeatId::from_index(first + wheelchair),
            companion: SeatId::from_index(first + companion),
            cost: plan.costs.window(first + start, 2),
            follows,
        });
    }
}

impl Seating {
    /// The best `n` free wheelchair places of a wheelchair category, each with the free companion
    /// seat that belongs to it; `None` if there are too few, or the category is for somebody else.
    ///
    /// Pairs that all stand beside one another come first, then any; the lowest cost of all seats
    /// together wins, then the lowest first seat. Takes time with the number of pairs.
    pub fn best_pairs(&self, category: CategoryId, n: usize) -> Option<Vec<(SeatId, SeatId)>> {
        let zone = self.plan.zones.get(usize::from(category.0))?;
        if n == 0 {
            return None;
        }
        let free = |pair: &Pair| self.is_free(pair.wheelchair) && self.is_free(pair.companion);
        let beside = zone
            .pairs
            .windows(n)
            .filter(|run| run.iter().all(free) && run.iter().skip(1).all(|pair| pair.follows))
            .min_by_key(|run| run.iter().map(|pair| pair.cost).sum::<u64>());
        let mut chosen: Vec<Pair> = match beside {
            Some(run) => run.to_vec(),
            None => zone.pairs.iter().filter(|pair| free(pair)).copied().collect(),
        };
        chosen.sort_by_key(|pair| (pair.cost, pair.wheelchair));
        chosen.truncate(n);
        chosen.sort_by_key(|pair| pair.wheelchair);
        (chosen.len() == n)
            .then(|| chosen.iter().map(|pair| (pair.wheelchair, pair.companion)).collect())
    }

    /// The companion seat that belongs to a wheelchair place, and the other way round.
    pub fn partner(&self, seat: SeatId) -> Option<SeatId> {
        let partners = &self.plan.partners;
        let found = partners.binary_search_by_key(&seat, |&(seat, _)| seat).ok()?;
        partners.get(found).map(|&(_, partner)| partner)
    }
}
