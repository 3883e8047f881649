//! What never changes while a sale lasts: segments, costs, ranks and who sits behind whom.

use super::{
    bits::{Bits, Track},
    pairs::{Pair, add_pairs},
    ranks::Ranks,
    row::{Shape, distance},
    tournament::Tree,
};
use crate::{
    CategoryId, SeatId,
    limits::{PARTY_ADJACENT_MAX, ROW_SEATS_MAX},
    sale::{Access, Point, Row, Terms},
};

/// The geometry of a sale, as the search for seats needs it.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) seats: Vec<Spot>,
    pub(super) costs: Costs,
    pub(super) segments: Vec<Segment>,
    /// By category.
    pub(super) zones: Vec<Zone>,
    /// Wheelchair places with their companion seats and the other way round, by the first.
    pub(super) partners: Vec<(SeatId, SeatId)>,
    pub(super) ranks: Ranks,
    /// Of all tournaments together.
    pub(super) nodes_count: usize,
}

/// One seat.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) at: Point,
    pub(super) segment: u32,
}

/// Seats of one category that stand side by side: a row, or what aisles and other categories leave
/// of it.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) first: usize,
    pub(super) track: Track,
    pub(super) category: CategoryId,
    pub(super) section: u16,
    /// Counted within the section.
    pub(super) row: usize,
    pub(super) pitch: u64,
    /// The mean of its seats' costs.
    pub(super) cost: u64,
    /// Where it stands in each tournament that it takes part in.
    pub(super) leaf: usize,
    /// Where the rest of a party sits that has no room here.
    pub(super) behind: Option<u32>,
}

/// One category.
#[derive(Debug)]
pub(super) struct Zone {
    pub(super) access: Access,
    pub(super) seats_count: u32,
    /// The longest first, so that those with room for a party of n are a prefix, for every n.
    pub(super) segments: Vec<u32>,
    /// The most desirable first.
    pub(super) by_cost: Vec<u32>,
    /// By party size less one.
    pub(super) trees: [Tree; PARTY_ADJACENT_MAX],
    pub(super) pairs: Vec<Pair>,
}

/// What each seat costs a party in desirability, as sums so that a window takes one subtraction.
#[derive(Debug)]
pub(super) struct Costs {
    before: Vec<u64>,
}

impl Costs {
    /// The seats from number `first` on.
    pub(super) fn window(&self, first: usize, n: usize) -> u64 {
        let before = |i: usize| self.before.get(i).copied().unwrap_or(0);
        before(first + n).saturating_sub(before(first))
    }
}

impl Plan {
    pub(super) fn new(terms: &Terms) -> Self {
        let mut plan = Self {
            seats: Vec::new(),
            costs: Costs { before: vec![0] },
            segments: Vec::new(),
            zones: terms.categories.iter().map(|category| Zone::new(category.access)).collect(),
            partners: Vec::new(),
            ranks: Ranks::default(),
            nodes_count: 0,
        };
        let mut rows_of = std::collections::BTreeMap::new();
        for row in &terms.rows {
            let number = rows_of.entry(row.section).or_insert(0_usize);
            plan.add_row(terms, row, *number);
            *number += 1;
        }
        plan.partners = (plan.zones.iter().flat_map(|zone| &zone.pairs))
            .flat_map(|pair| [(pair.wheelchair, pair.companion), (pair.companion, pair.wheelchair)])
            .collect();
        plan.partners.sort_unstable();
        plan.fill_zones();
        plan.ranks = Ranks::new(&plan);
        super::stack::link_rows(&mut plan);
        plan
    }

    /// The segment of a seat.
    pub(super) fn segment_of(&self, seat: usize) -> Option<(usize, &Segment)> {
        let number = wide(self.seats.get(seat)?.segment);
        self.segments.get(number).map(|segment| (number, segment))
    }

    fn add_row(&mut self, terms: &Terms, row: &Row, number: usize) {
        let shape = Shape::of(row);
        let first = self.seats.len();
        for (i, seat) in row.seats.iter().enumerate() {
            let before = i.checked_sub(1).filter(|&before| !shape.aisles[before]);
            let joins = before.is_some_and(|before| row.seats[before].category == seat.category)
                && self.segments.last().is_some_and(|last| last.track.len < ROW_SEATS_MAX);
            if !joins {
                self.segments.push(Segment {
                    first: first + i,
                    track: Track { len: 0, ring: shape.ring },
                    category: seat.category,
                    section: row.section,
                    row: number,
                    pitch: shape.pitch,
                    cost: 0,
                    leaf: 0,
                    behind: None,
                });
            }
            if let Some(segment) = self.segments.last_mut() {
                segment.track.len += 1;
            }
            let segment = u32::try_from(self.segments.len() - 1).unwrap_or(u32::MAX);
            self.seats.push(Spot { at: seat.at, segment });
            let cost = 2 * distance(seat.at, terms.focus) + distance(seat.at, shape.middle);
            let sum = self.costs.before.last().copied().unwrap_or(0);
            self.costs.before.push(sum.saturating_add(cost));
        }
        add_pairs(self, row, &shape.aisles, first, terms);
    }

    fn fill_zones(&mut self) {
        for (number, segment) in (0..).zip(&mut self.segments) {
            let cost = self.costs.window(segment.first, segment.track.len);
            segment.cost = cost / u64::try_from(segment.track.len.max(1)).unwrap_or(1);
            if let Some(zone) = self.zones.get_mut(usize::from(segment.category.0)) {
                zone.segments.push(number);
                zone.seats_count += u32::try_from(segment.track.len).unwrap_or(0);
            }
        }
        for zone in &mut self.zones {
            let segment = |&number: &u32| &self.segments[wide(number)];
            zone.by_cost.clone_from(&zone.segments);
            zone.by_cost.sort_by_key(|number| segment(number).cost);
            zone.segments.sort_by_key(|number| std::cmp::Reverse(segment(number).track.len));
            for (n, tree) in (1..).zip(&mut zone.trees) {
                let leaves = zone.segments.partition_point(|number| segment(number).track.len >= n);
                *tree = Tree { base: self.nodes_count, leaves };
                self.nodes_count += 2 * leaves;
            }
            for (leaf, &number) in zone.segments.iter().enumerate() {
                self.segments[wide(number)].leaf = leaf;
            }
        }
    }
}

impl Zone {
    fn new(access: Access) -> Self {
        Self {
            access,
            seats_count: 0,
            segments: Vec::new(),
            by_cost: Vec::new(),
            trees: [Tree { base: 0, leaves: 0 }; PARTY_ADJACENT_MAX],
            pairs: Vec::new(),
        }
    }
}

impl Segment {
    /// Which of its places are free, out of a set of free seats.
    pub(super) fn free(&self, seats: &[u64]) -> Bits {
        Bits::read(seats, self.first, self.track.len)
    }

    /// The number of the seat at a place.
    pub(super) fn seat(&self, place: usize) -> usize {
        self.first + self.track.place(place)
    }

    /// The numbers of the `n` seats from its place `start` on, in order.
    pub(super) fn window(&self, start: usize, n: usize) -> impl Iterator<Item = usize> {
        let first = self.first;
        self.track.window(start, n).map(move |place| first + place)
    }

    /// What the `n` seats from its place `start` on cost together.
    pub(super) fn window_cost(&self, costs: &Costs, start: usize, n: usize) -> u64 {
        let until_end = n.min(self.track.len - start);
        costs.window(self.first + start, until_end) + costs.window(self.first, n - until_end)
    }
}

/// A number of 32 bits as an index.
pub(super) fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
