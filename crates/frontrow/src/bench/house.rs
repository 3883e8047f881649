//! A stadium of 80,000 numbered seats, and fans who come and go: the same for every contender.

use std::f64::consts::TAU;

use frontrow_ledger::{
    CategoryId, SeatId, TicketTypeId,
    sale::{Access, Category, Currency, HoldTimes, OrderLimits, Point, Price, Row, Seat, Terms},
};

const SECTIONS: u16 = 40;
/// Rows, seats in a row, and how far the front row is from the centre; all in tenths of a
/// centimetre, with 80 cm from row to row.
const TIERS: [(u16, u16, f64); 3] = [(25, 20, 60_000.0), (30, 25, 85_000.0), (30, 25, 115_000.0)];
const ROW_DEPTH: f64 = 800.0;

const FRONT: CategoryId = CategoryId(0);
const LOWER: CategoryId = CategoryId(1);
const CLUB: CategoryId = CategoryId(2);
const UPPER: CategoryId = CategoryId(3);
const WHEELCHAIR: CategoryId = CategoryId(4);
const COMPANION: CategoryId = CategoryId(5);

/// The categories of [`stadium`].
pub(crate) const CATEGORIES: u16 = 6;
/// The seats of [`stadium`].
pub(crate) const SEATS: usize = 80_000;

/// Three tiers around a stage at one end; the last row of the first tier is for wheelchairs and
/// companions in turn.
pub(crate) fn stadium() -> Terms {
    let mut rows = Vec::new();
    for (tier, (depth, width, radius)) in (0..).zip(TIERS) {
        for section in 0..SECTIONS {
            for row in 0..depth {
                let seat = |place: u16| Seat {
                    category: category(tier, row, place),
                    at: position(section, (place, width), radius + ROW_DEPTH * f64::from(row)),
                };
                let seats = (0..width).map(seat).collect();
                rows.push(Row { section: tier * SECTIONS + section, seats });
            }
        }
    }
    let everyone = Category { access: Access::Everyone };
    Terms {
        currency: Currency(*b"CZK"),
        categories: vec![
            everyone,
            everyone,
            everyone,
            everyone,
            Category { access: Access::Wheelchair },
            Category { access: Access::Companion },
        ],
        ticket_types: 1,
        prices: [FRONT, LOWER, CLUB, UPPER, WHEELCHAIR, COMPANION]
            .map(|category| Price { category, ticket_type: TicketTypeId(0), amount_minor: 159_000 })
            .to_vec(),
        rows,
        areas: Vec::new(),
        focus: Point { x: -40_000, y: 0 },
        allocations: Vec::new(),
        windows: Vec::new(),
        limits: OrderLimits { per_order: 10, per_buyer: None },
        hold: HoldTimes {
            hold_ms: 600_000,
            jitter_ms: 60_000,
            extension_ms: 300_000,
            extensions: 1,
            payment_ms: 900_000,
            ceiling_ms: 3_600_000,
        },
    }
}

fn category(tier: u16, row: u16, place: u16) -> CategoryId {
    match (tier, row) {
        (0, 24) if place.is_multiple_of(2) => WHEELCHAIR,
        (0, 24) => COMPANION,
        (0, 0..10) => FRONT,
        (0, _) => LOWER,
        (1, _) => CLUB,
        _ => UPPER,
    }
}

/// Evenly along the section's arc, with stairs between the sections.
fn position(section: u16, (place, width): (u16, u16), radius: f64) -> Point {
    let share = (f64::from(place) + 1.5) / (f64::from(width) + 2.0);
    let angle = TAU * (f64::from(section) + share) / f64::from(SECTIONS);
    Point { x: (radius * angle.cos()).round() as i32, y: (radius * angle.sin()).round() as i32 }
}

/// What happens next to a house that fills.
#[derive(Debug)]
pub(crate) enum Step {
    /// A party wants seats; [`Churn::seated`] says which it got.
    Seat {
        /// In which category.
        category: CategoryId,
        /// How many people, 1 to 10.
        people: usize,
    },
    /// A party leaves.
    GiveBack(Vec<SeatId>),
}

/// Parties that come and go: three of ten steps return an earlier party's seats.
#[derive(Debug, Clone)]
pub(crate) struct Churn {
    random: u64,
    parties: Vec<Vec<SeatId>>,
}

impl Churn {
    /// The same steps for the same seed and the same answers.
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: seed, parties: Vec::new() }
    }

    /// What happens next.
    pub(crate) fn step(&mut self) -> Step {
        if self.below(10) < 3 && !self.parties.is_empty() {
            let party = self.below(self.parties.len());
            return Step::GiveBack(self.parties.swap_remove(party));
        }
        let category = [FRONT, LOWER, CLUB, CLUB, CLUB, UPPER, UPPER, UPPER][self.below(8)];
        let people = match self.below(100) {
            0..12 => 1,
            12..60 => 2,
            60..72 => 3,
            72..92 => 4,
            92..98 => 5 + self.below(2),
            _ => 7 + self.below(4),
        };
        Step::Seat { category, people }
    }

    /// A party sat down.
    pub(crate) fn seated(&mut self, seats: Vec<SeatId>) {
        self.parties.push(seats);
    }

    /// Splitmix64.
    fn below(&mut self, bound: usize) -> usize {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (mixed % bound.max(1) as u64) as usize
    }
}
