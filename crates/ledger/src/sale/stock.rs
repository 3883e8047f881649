//! The places themselves: who has each seat, how many of each area, and the sums by category.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    AreaId, CategoryId, SeatId,
    sale::{Place, Position, Seating, Terms},
};

/// What a place is at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Anybody may hold it.
    Free,
    /// In a cart.
    Held,
    /// Paid.
    Sold,
    /// Taken out of sale.
    Blocked,
}

/// How many places there are, and what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// All of them.
    pub capacity: u32,
    /// In carts.
    pub held: u32,
    /// Paid.
    pub sold: u32,
    /// Taken out of sale.
    pub blocked: u32,
}

impl Totals {
    /// Left for sale.
    pub const fn free(&self) -> u32 {
        self.capacity - self.taken()
    }

    /// Held, sold and blocked.
    pub const fn taken(&self) -> u32 {
        self.held + self.sold + self.blocked
    }

    fn shift(&mut self, shift: Shift, places: u32) {
        assert!(shift.from != Status::Free || self.free() >= places, "more taken than there are");
        if let Some(from) = self.count(shift.from) {
            *from = from.checked_sub(places).expect("what leaves a status was in it");
        }
        if let Some(to) = self.count(shift.to) {
            *to += places;
        }
    }

    fn count(&mut self, status: Status) -> Option<&mut u32> {
        match status {
            Status::Free => None,
            Status::Held => Some(&mut self.held),
            Status::Sold => Some(&mut self.sold),
            Status::Blocked => Some(&mut self.blocked),
        }
    }
}

/// From one status to another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shift {
    pub(crate) from: Status,
    pub(crate) to: Status,
}

impl Shift {
    pub(crate) const HOLD: Self = Self { from: Status::Free, to: Status::Held };
    pub(crate) const RELEASE: Self = Self { from: Status::Held, to: Status::Free };
    pub(crate) const SELL: Self = Self { from: Status::Held, to: Status::Sold };
    pub(crate) const SELL_LATE: Self = Self { from: Status::Free, to: Status::Sold };
    pub(crate) const CANCEL: Self = Self { from: Status::Sold, to: Status::Free };
    pub(crate) const BLOCK: Self = Self { from: Status::Free, to: Status::Blocked };
    pub(crate) const UNBLOCK: Self = Self { from: Status::Blocked, to: Status::Free };
}

/// All places of a sale. A place that is not where a shift says it is breaks an assertion: such a
/// record was never decided by this code.
#[derive(Debug, Clone)]
pub(crate) struct Stock {
    seats: Vec<Status>,
    area_categories: Arc<[CategoryId]>,
    areas: Vec<Totals>,
    categories: Vec<Totals>,
    /// Mirrors which seats are free, arranged for finding the best.
    pub(crate) seating: Seating,
}

impl Stock {
    /// Everything is free.
    pub(crate) fn new(terms: &Terms) -> Self {
        let mut categories = vec![Totals::default(); terms.categories.len()];
        for seat in terms.rows.iter().flat_map(|row| &row.seats) {
            categories[usize::from(seat.category.0)].capacity += 1;
        }
        for area in &terms.areas {
            categories[usize::from(area.category.0)].capacity += area.capacity;
        }
        let area = |capacity| Totals { capacity, ..Totals::default() };
        let seating = Seating::new(terms);
        Self {
            seats: vec![Status::Free; seating.seats_count()],
            area_categories: terms.areas.iter().map(|area| area.category).collect(),
            areas: terms.areas.iter().map(|terms| area(terms.capacity)).collect(),
            categories,
            seating,
        }
    }

    pub(crate) fn seats(&self) -> &[Status] {
        &self.seats
    }

    pub(crate) fn seat(&self, seat: SeatId) -> Option<Status> {
        self.seats.get(seat.index()).copied()
    }

    pub(crate) fn seat_category(&self, seat: SeatId) -> Option<CategoryId> {
        self.seating.category_of(seat)
    }

    pub(crate) fn areas(&self) -> &[Totals] {
        &self.areas
    }

    pub(crate) fn area(&self, area: AreaId) -> Option<&Totals> {
        self.areas.get(usize::from(area.0))
    }

    pub(crate) fn area_category(&self, area: AreaId) -> Option<CategoryId> {
        self.area_categories.get(usize::from(area.0)).copied()
    }

    pub(crate) fn categories(&self) -> &[Totals] {
        &self.categories
    }

    pub(crate) fn shift_seats(&mut self, seats: &[SeatId], shift: Shift) {
        for &seat in seats {
            let status = &mut self.seats[seat.index()];
            assert!(*status == shift.from, "seat {seat} is {status:?}, not {:?}", shift.from);
            *status = shift.to;
            let category = self.seating.category_of(seat).expect("what has a status has a zone");
            self.categories[usize::from(category.0)].shift(shift, 1);
        }
        if shift.from == Status::Free {
            self.seating.take_all(seats);
        }
        if shift.to == Status::Free {
            self.seating.give_back_all(seats);
        }
    }

    pub(crate) fn shift_area(&mut self, area: AreaId, places: u32, shift: Shift) {
        self.areas[usize::from(area.0)].shift(shift, places);
        let category = self.area_categories[usize::from(area.0)];
        self.categories[usize::from(category.0)].shift(shift, places);
    }

    pub(crate) fn shift_all<'a>(
        &mut self,
        positions: impl IntoIterator<Item = &'a Position>,
        shift: Shift,
    ) {
        let mut seats = Vec::new();
        for position in positions {
            match position.place {
                Place::Seat(seat) => seats.push(seat),
                Place::Area(area) => self.shift_area(area, 1, shift),
            }
        }
        self.shift_seats(&seats, shift);
    }

    /// The caller has checked that what is taken fits.
    pub(crate) fn set_area_capacity(&mut self, area: AreaId, capacity: u32) {
        let totals = &mut self.areas[usize::from(area.0)];
        assert!(totals.taken() <= capacity, "area {area} shrank below what is taken");
        let category = self.area_categories[usize::from(area.0)];
        let category = &mut self.categories[usize::from(category.0)];
        category.capacity = category.capacity - totals.capacity + capacity;
        totals.capacity = capacity;
    }
}

/// Equal when every place is the same; the seating only mirrors them.
impl PartialEq for Stock {
    fn eq(&self, other: &Self) -> bool {
        self.seats == other.seats
            && self.areas == other.areas
            && self.categories == other.categories
    }
}
