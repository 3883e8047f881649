//! Which seats are free, and which of them are the best for a party.
//!
//! The geometry is fixed when the sale is defined and shared by every clone; what changes is small and flat.

mod row;

use std::sync::Arc;

use self::row::{Shape, distance};
use crate::{
    CategoryId, SeatId,
    sale::{Access, Terms},
};

/// Every numbered seat of a sale: free or not, and who sits beside whom.
#[derive(Debug, Clone)]
pub struct Seating {
    plan: Arc<Plan>,
    free: Vec<bool>,
    free_in: Vec<u32>,
}

/// What never changes.
#[derive(Debug)]
struct Plan {
    seats: Vec<Place>,
    categories: Vec<Access>,
}

#[derive(Debug)]
struct Place {
    category: CategoryId,
    cost: u64,
    /// The next seat along the row, unless an aisle or a category ends here.
    joined: bool,
    partner: Option<SeatId>,
}

impl Seating {
    /// All seats free. The terms have been validated.
    pub fn new(terms: &Terms) -> Self {
        let mut seats: Vec<Place> = Vec::new();
        let access = |id: CategoryId| terms.categories.get(usize::from(id.0)).map(|c| c.access);
        for row in &terms.rows {
            let shape = Shape::of(row);
            for (i, seat) in row.seats.iter().enumerate() {
                let next = row.seats.get(i + 1).filter(|_| shape.aisles.get(i) == Some(&false));
                let here = seats.len();
                let mut place = Place {
                    category: seat.category,
                    cost: 4 * distance(seat.at, terms.focus) + distance(seat.at, shape.middle),
                    joined: next.is_some_and(|next| next.category == seat.category),
                    partner: None,
                };
                let beside = i > 0 && shape.aisles.get(i - 1) == Some(&false);
                if let Some(before) = seats.last_mut().filter(|p| beside && p.partner.is_none()) {
                    let pair = (access(before.category), access(seat.category));
                    if matches!(
                        pair,
                        (Some(Access::Wheelchair), Some(Access::Companion))
                            | (Some(Access::Companion), Some(Access::Wheelchair))
                    ) {
                        before.partner = Some(seat_id(here));
                        place.partner = Some(seat_id(here - 1));
                    }
                }
                seats.push(place);
            }
        }
        let mut free_in = vec![0; terms.categories.len()];
        for seat in &seats {
            if let Some(count) = free_in.get_mut(usize::from(seat.category.0)) {
                *count += 1;
            }
        }
        let free = vec![true; seats.len()];
        let categories = terms.categories.iter().map(|category| category.access).collect();
        Self { plan: Arc::new(Plan { seats, categories }), free, free_in }
    }

    /// How many seats there are; ids count from zero.
    pub fn seats_count(&self) -> usize {
        self.free.len()
    }

    /// The zone of a seat, if there is such a seat.
    pub fn category_of(&self, seat: SeatId) -> Option<CategoryId> {
        self.plan.seats.get(index(seat)).map(|place| place.category)
    }

    /// Whether nobody has this seat. What does not exist is not free.
    pub fn is_free(&self, seat: SeatId) -> bool {
        self.free.get(index(seat)) == Some(&true)
    }

    /// Free seats of a category.
    pub fn free_in(&self, category: CategoryId) -> u32 {
        self.free_in.get(usize::from(category.0)).copied().unwrap_or(0)
    }

    /// The companion seat of a wheelchair seat and the other way round.
    pub fn partner(&self, seat: SeatId) -> Option<SeatId> {
        self.plan.seats.get(index(seat))?.partner
    }

    /// Somebody has this seat now. Nothing changes if somebody had it before.
    pub fn take(&mut self, seat: SeatId) {
        self.take_all(&[seat]);
    }

    /// Nobody has this seat any more. Nothing changes if nobody had it before.
    pub fn give_back(&mut self, seat: SeatId) {
        self.give_back_all(&[seat]);
    }

    /// [`Seating::take`] for a party, which is quicker than one by one.
    pub fn take_all(&mut self, seats: &[SeatId]) {
        for &seat in seats {
            self.set(seat, false);
        }
    }

    /// [`Seating::give_back`] for a party, which is quicker than one by one.
    pub fn give_back_all(&mut self, seats: &[SeatId]) {
        for &seat in seats {
            self.set(seat, true);
        }
    }

    /// The best `n` free seats of a category for a party, in seating order; `None` if there are too few, or too few
    /// together for a party that may not be split. A wheelchair or companion category has none: see
    /// [`Seating::best_pairs`].
    pub fn best(&self, category: CategoryId, n: usize, may_split: bool) -> Option<Vec<SeatId>> {
        let access = self.plan.categories.get(usize::from(category.0))?;
        if n == 0 || *access != Access::Everyone {
            return None;
        }
        let open = |i: usize| self.open(category, i);
        let window = (0..self.plan.seats.len())
            .filter(|&start| (start..start + n).all(open) && self.joined(start, n))
            .min_by_key(|&start| (self.cost(start, n), start));
        if let Some(start) = window {
            return Some((start..start + n).map(seat_id).collect());
        }
        if !may_split {
            return None;
        }
        let mut all: Vec<usize> = (0..self.plan.seats.len()).filter(|&i| open(i)).collect();
        all.sort_by_key(|&i| (self.cost(i, 1), i));
        all.truncate(n);
        all.sort_unstable();
        (all.len() == n).then(|| all.into_iter().map(seat_id).collect())
    }

    /// The best `n` free wheelchair seats of a wheelchair category, each with the free companion seat beside it.
    pub fn best_pairs(&self, category: CategoryId, n: usize) -> Option<Vec<(SeatId, SeatId)>> {
        let mut pairs: Vec<(SeatId, SeatId)> = Vec::new();
        if n == 0 || self.plan.categories.get(usize::from(category.0)) != Some(&Access::Wheelchair)
        {
            return None;
        }
        for i in (0..self.plan.seats.len()).filter(|&i| self.open(category, i)) {
            if let Some(partner) = self.partner(seat_id(i)).filter(|&p| self.is_free(p)) {
                pairs.push((seat_id(i), partner));
            }
        }
        pairs.sort_by_key(|&(seat, _)| (self.cost(index(seat), 1), seat));
        pairs.truncate(n);
        (pairs.len() == n).then_some(pairs)
    }

    fn set(&mut self, seat: SeatId, to: bool) {
        let Some(free) = self.free.get_mut(index(seat)).filter(|free| **free != to) else {
            return;
        };
        *free = to;
        let category = self.plan.seats.get(index(seat)).map(|place| usize::from(place.category.0));
        if let Some(count) = category.and_then(|category| self.free_in.get_mut(category)) {
            *count = if to { *count + 1 } else { *count - 1 };
        }
    }

    fn open(&self, category: CategoryId, i: usize) -> bool {
        self.free.get(i) == Some(&true)
            && self.plan.seats.get(i).is_some_and(|place| place.category == category)
    }

    fn joined(&self, start: usize, n: usize) -> bool {
        self.plan.seats.iter().skip(start).take(n - 1).all(|place| place.joined)
    }

    fn cost(&self, start: usize, n: usize) -> u64 {
        self.plan.seats.iter().skip(start).take(n).map(|place| place.cost).sum()
    }
}

fn index(seat: SeatId) -> usize {
    usize::try_from(seat.0).unwrap_or(usize::MAX)
}

fn seat_id(index: usize) -> SeatId {
    SeatId(u32::try_from(index).unwrap_or(u32::MAX))
}
