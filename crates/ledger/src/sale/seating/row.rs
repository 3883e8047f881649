//! What the geometry of one row says: how far apart its seats stand, where aisles split it, whether
//! it is a ring.

use crate::sale::{Point, Row, Seat};

/// The shape of a row, in tenths of the plan's unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    /// Median distance of neighbours; the lower one of two. Zero for a row of one seat.
    pub(super) pitch: u64,
    /// For each seat but the last: whether an aisle follows it.
    pub(super) aisles: Vec<bool>,
    /// Whether the last seat is the first one's neighbour, as at a round table.
    pub(super) ring: bool,
    /// The mean position of the seats.
    pub(super) middle: Point,
}

impl Shape {
    /// An aisle is a gap of more than one and a half pitches. A row is a ring if it has at least
    /// three seats, all of one category, no aisle, and the way from the last seat to the first is
    /// at most one and a quarter pitches.
    pub(super) fn of(row: &Row) -> Self {
        let seats = row.seats.as_slice();
        let gaps: Vec<u64> = seats
            .windows(2)
            .map(|pair| match pair {
                [a, b] => distance(a.at, b.at),
                _ => 0,
            })
            .collect();
        let mut sorted = gaps.clone();
        sorted.sort_unstable();
        let pitch = sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(0);
        let aisles: Vec<bool> = gaps.iter().map(|gap| gap * 2 > pitch * 3).collect();
        let ring = is_ring(seats, pitch) && !aisles.contains(&true);
        Self { pitch, aisles, ring, middle: middle(seats) }
    }
}

fn is_ring(seats: &[Seat], pitch: u64) -> bool {
    let (Some(first), Some(last)) = (seats.first(), seats.last()) else {
        return false;
    };
    seats.len() >= 3
        && distance(last.at, first.at) * 4 <= pitch * 5
        && seats.iter().all(|seat| seat.category == first.category)
}

fn middle(seats: &[Seat]) -> Point {
    let count = i64::try_from(seats.len()).unwrap_or(i64::MAX).max(1);
    let mean = |sum: i64| i32::try_from(sum.div_euclid(count)).unwrap_or(0);
    Point {
        x: mean(seats.iter().map(|seat| i64::from(seat.at.x)).sum()),
        y: mean(seats.iter().map(|seat| i64::from(seat.at.y)).sum()),
    }
}

/// Straight-line distance, rounded down; at most 2^32.
pub(super) fn distance(a: Point, b: Point) -> u64 {
    let dx = u64::from(a.x.abs_diff(b.x));
    let dy = u64::from(a.y.abs_diff(b.y));
    dx.pow(2).saturating_add(dy.pow(2)).isqrt()
}
