//! Which seats are free, and which of them are the best for a party.
//!
//! # Who sits beside whom
//!
//! A row is a list of seats in the order they stand. A gap of more than one and a half times the
//! row's median distance is an aisle. What aisles and changes of category leave of a row is a
//! **segment**; two seats are adjacent if they follow one another in a segment. A row that closes
//! on itself, like a round table, is a segment whose last seat is adjacent to its first.
//!
//! # What is best
//!
//! A seat **costs** twice its distance from the focus of the sale plus its distance from the
//! middle of its row (the mean position of its seats), in tenths of the plan's unit, each distance
//! rounded down: two further to the side is as bad as one further back. A **window** is `n`
//! adjacent seats; it costs what its seats cost together. The lowest cost is best, and among equal
//! ones the window whose first seat has the lowest number.
//!
//! An **orphan** is a free seat with no free seat adjacent to it. A window that leaves one beside
//! the party, where there was none before, is orphaning.
//!
//! [`Seating::best`] says in which steps the wishes are given up as the house fills.
//!
//! # How it is quick
//!
//! Every window of up to ten seats has a rank among all windows of its category and size, worked
//! out once and shared by all clones ([`ranks`]). Per segment and size only the best rank is kept,
//! in a tournament over all segments of the category ([`tournament`]), so the best window is the
//! root, and taking seats renews the few tournaments of the segments concerned. What changes is
//! flat memory of some 16 bytes per seat at most, so a clone is a copy.

mod bits;
mod pairs;
mod plan;
mod ranks;
mod row;
mod split;
mod stack;
mod tournament;

use std::sync::Arc;

use self::{
    bits::Runs,
    plan::Plan,
    tournament::{NO_RANK, Tournaments},
};
use crate::{
    CategoryId, SeatId,
    limits::{PARTY_ADJACENT_MAX, PLACES_PER_HOLD_MAX},
    sale::{Access, Terms},
};

/// Every numbered seat of a sale: free or not, and who sits beside whom.
#[derive(Debug, Clone)]
pub struct Seating {
    plan: Arc<Plan>,
    /// One bit per seat.
    free: Vec<u64>,
    /// By category.
    free_in: Vec<u32>,
    /// Free seats side by side, at most, by segment.
    longest: Vec<u8>,
    tournaments: Tournaments,
}

impl Seating {
    /// All seats free. The terms have been validated; a seat of a category that does not exist is
    /// never given by [`Seating::best`].
    pub fn new(terms: &Terms) -> Self {
        let plan = Arc::new(Plan::new(terms));
        let seats_count = plan.seats.len();
        let mut free = vec![u64::MAX; seats_count / 64];
        free.push((1 << (seats_count % 64)) - 1);
        let mut seating = Self {
            free,
            free_in: plan.zones.iter().map(|zone| zone.seats_count).collect(),
            longest: vec![0; plan.segments.len()],
            tournaments: Tournaments::new(plan.nodes_count),
            plan,
        };
        for segment in 0..seating.plan.segments.len() {
            seating.renew(segment);
        }
        seating
    }

    /// How many seats there are; ids count from zero.
    pub fn seats_count(&self) -> usize {
        self.plan.seats.len()
    }

    /// The category of a seat, if there is such a seat.
    pub fn category_of(&self, seat: SeatId) -> Option<CategoryId> {
        self.plan.segment_of(seat.index()).map(|(_, segment)| segment.category)
    }

    /// Whether nobody has this seat. What does not exist is not free.
    pub fn is_free(&self, seat: SeatId) -> bool {
        let seat = seat.index();
        self.free.get(seat / 64).is_some_and(|word| (word >> (seat % 64)) & 1 == 1)
    }

    /// Free seats of a category.
    pub fn free_in(&self, category: CategoryId) -> u32 {
        self.free_in.get(usize::from(category.0)).copied().unwrap_or(0)
    }

    /// Somebody has this seat now. Nothing changes if somebody had it before.
    pub fn take(&mut self, seat: SeatId) {
        self.take_all(&[seat]);
    }

    /// Nobody has this seat any more. Nothing changes if nobody had it before.
    pub fn give_back(&mut self, seat: SeatId) {
        self.give_back_all(&[seat]);
    }

    /// [`Seating::take`] for many seats, which is quicker than one by one if neighbours follow one
    /// another.
    pub fn take_all(&mut self, seats: &[SeatId]) {
        self.set_all(seats, false);
    }

    /// [`Seating::give_back`] for many seats, which is quicker than one by one if neighbours follow
    /// one another.
    pub fn give_back_all(&mut self, seats: &[SeatId]) {
        self.set_all(seats, true);
    }

    /// The best `n` free seats of a category, in seating order; the first of these steps that finds
    /// them is the answer:
    ///
    /// 1. The best window that is not orphaning. (Steps 1 and 2: up to [`PARTY_ADJACENT_MAX`].)
    /// 2. The best orphaning window: nobody is turned away for the sake of an orphan.
    /// 3. A stack: rows of one section behind one another, one window in each.
    ///    * Each segment has at most one segment behind it: of the same section and category, in
    ///      another row that is at most four rows away in the plan, with a higher mean cost (or the
    ///      same and a higher number), with the nearest middle; none if their nearest seats are
    ///      more than four pitches apart.
    ///    * At most [`PARTY_ADJACENT_MAX`] people sit in a row, and two in each on average (but a
    ///      party of two may sit in two rows). The fewest rows win. The people are dealt out evenly
    ///      as far as there is room.
    ///    * Of the eight front segments with the lowest mean cost the one wins whose best
    ///      arrangement costs least: its seats' costs; `2 n` for each unit that the middles of
    ///      neighbouring windows are apart, along the axes; `4 n` pitches for each orphaning
    ///      window.
    ///    * If there is none, parties above [`PARTY_ADJACENT_MAX`] may also sit in longer windows.
    /// 4. If the party `may_split`: anywhere, in groups, from large to small. Segments are gone
    ///    through in the order of their best window of that size (as it was before), and each takes
    ///    as many groups as it has room for, first without orphans. A group is one smaller if that
    ///    saves the last person from sitting alone.
    ///
    /// `None` if there are too few seats, or too few together for a party that may not be split, or
    /// `n` is zero or above [`PLACES_PER_HOLD_MAX`], or the category is for wheelchairs or
    /// companions, for whom there is [`Seating::best_pairs`].
    ///
    /// Steps 1 and 2 take the same time in any house. Step 3 looks once at each segment of the
    /// category, then at every way to sit in eight stacks; step 4 looks at no more segments for
    /// each size than the party has groups.
    pub fn best(&self, category: CategoryId, n: usize, may_split: bool) -> Option<Vec<SeatId>> {
        let number = usize::from(category.0);
        let zone = self.plan.zones.get(number).filter(|zone| zone.access == Access::Everyone)?;
        if n == 0 || n > PLACES_PER_HOLD_MAX || plan::wide(self.free_in(category)) < n {
            return None;
        }
        if n <= PARTY_ADJACENT_MAX {
            let winner = self.tournaments.winner(zone.trees[n - 1]);
            let rank = if winner.tidy == NO_RANK { winner.orphaning } else { winner.tidy };
            if rank != NO_RANK {
                let first = self.plan.ranks.first_seat(number, n, rank);
                let (_, segment) = self.plan.segment_of(first)?;
                return Some(
                    segment.window(first - segment.first, n).map(SeatId::from_index).collect(),
                );
            }
        }
        self.stacked(zone, n).or_else(|| may_split.then(|| self.split(zone, n)))
    }

    fn set_all(&mut self, seats: &[SeatId], to: bool) {
        let mut stale: Option<usize> = None;
        for &seat in seats {
            if self.is_free(seat) == to {
                continue;
            }
            let Some((number, segment)) = self.plan.segment_of(seat.index()) else {
                continue;
            };
            if let Some(count) = self.free_in.get_mut(usize::from(segment.category.0)) {
                *count = if to { *count + 1 } else { *count - 1 };
            }
            self.free[seat.index() / 64] ^= 1 << (seat.index() % 64);
            if let Some(other) = stale.filter(|&other| other != number) {
                self.renew(other);
            }
            stale = Some(number);
        }
        if let Some(number) = stale {
            self.renew(number);
        }
    }

    /// Works out again what a segment has to offer.
    fn renew(&mut self, number: usize) {
        let plan = &*self.plan;
        let segment = &plan.segments[number];
        let zone = plan.zones.get(usize::from(segment.category.0));
        let Some(zone) = zone.filter(|zone| zone.access == Access::Everyone) else {
            return;
        };
        let mut runs = Runs::new(segment.track, segment.free(&self.free));
        for (n, &tree) in (1..=segment.track.len).zip(&zone.trees) {
            let best = plan.ranks.best(segment, n, &runs);
            self.tournaments.set(tree, segment.leaf, best);
            runs.grow();
        }
        self.longest[number] = u8::try_from(runs.longest()).unwrap_or(u8::MAX);
    }
}
