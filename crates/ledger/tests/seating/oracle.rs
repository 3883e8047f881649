//! The rules of best available once more, written from their definition: slow, without an index.

use std::collections::{BTreeMap, BTreeSet};

use frontrow_ledger::{
    CategoryId, SeatId,
    limits::{PARTY_ADJACENT_MAX, PLACES_PER_HOLD_MAX},
    sale::{Access, Point, Terms},
};

pub struct Oracle {
    pub seats: Vec<OracleSeat>,
    /// Seats of each segment, in order.
    pub segments: Vec<Vec<usize>>,
    pub access: Vec<Access>,
    pub free: BTreeSet<usize>,
}

pub struct OracleSeat {
    pub category: CategoryId,
    pub at: (i128, i128),
    pub cost: i128,
    pub pitch: i128,
    pub section: u16,
    pub row: i128,
    /// Neighbours along the segment.
    pub after: Option<usize>,
    pub before: Option<usize>,
}

pub fn distance(a: (i128, i128), b: (i128, i128)) -> i128 {
    let square = (a.0 - b.0).pow(2) + (a.1 - b.1).pow(2);
    let (mut low, mut high) = (0, 1 << 40);
    while low + 1 < high {
        let half = i128::midpoint(low, high);
        if half * half <= square { low = half } else { high = half }
    }
    low
}

fn point(p: Point) -> (i128, i128) {
    (p.x.into(), p.y.into())
}

impl Oracle {
    pub fn new(terms: &Terms) -> Self {
        let mut oracle = Self {
            seats: Vec::new(),
            segments: Vec::new(),
            access: terms.categories.iter().map(|c| c.access).collect(),
            free: BTreeSet::new(),
        };
        let mut rows_of = BTreeMap::<u16, i128>::new();
        for row in &terms.rows {
            let at: Vec<_> = row.seats.iter().map(|s| point(s.at)).collect();
            let number = rows_of.entry(row.section).or_default();
            *number += 1;
            if at.is_empty() {
                continue;
            }
            let count = i128::try_from(at.len()).unwrap();
            let middle = (
                at.iter().map(|p| p.0).sum::<i128>().div_euclid(count),
                at.iter().map(|p| p.1).sum::<i128>().div_euclid(count),
            );
            let gaps: Vec<i128> = at.windows(2).map(|w| distance(w[0], w[1])).collect();
            let mut sorted = gaps.clone();
            sorted.sort_unstable();
            let pitch = if gaps.is_empty() { 0 } else { sorted[(gaps.len() - 1) / 2] };
            let first = oracle.seats.len();
            for (i, seat) in row.seats.iter().enumerate() {
                let joined = |i: usize| {
                    2 * gaps[i] <= 3 * pitch && row.seats[i].category == row.seats[i + 1].category
                };
                oracle.seats.push(OracleSeat {
                    category: seat.category,
                    at: at[i],
                    cost: 2 * distance(at[i], point(terms.focus)) + distance(at[i], middle),
                    pitch,
                    section: row.section,
                    row: *number,
                    after: (i + 1 < at.len() && joined(i)).then_some(first + i + 1),
                    before: (i > 0 && joined(i - 1)).then(|| first + i - 1),
                });
            }
            let last = oracle.seats.len() - 1;
            let whole = (first..last).all(|i| oracle.seats[i].after.is_some());
            let closing = distance(at[0], at[at.len() - 1]);
            if whole && at.len() >= 3 && 4 * closing <= 5 * pitch {
                oracle.seats[last].after = Some(first);
                oracle.seats[first].before = Some(last);
            }
            for seat in first..=last {
                if seat == first || oracle.seats[seat].before != Some(seat - 1) {
                    oracle.segments.push(Vec::new());
                }
                oracle.segments.last_mut().unwrap().push(seat);
            }
        }
        oracle.free = (0..oracle.seats.len()).collect();
        oracle
    }

    pub fn free_in(&self, category: CategoryId) -> usize {
        self.free.iter().filter(|&&seat| self.seats[seat].category == category).count()
    }

    /// All windows of `n` free seats that start in this segment, by their first seat.
    pub fn windows(&self, segment: usize, n: usize, free: &BTreeSet<usize>) -> Vec<Vec<usize>> {
        let mut windows = Vec::new();
        for &first in &self.segments[segment] {
            let mut window = vec![first];
            while window.len() < n {
                match self.seats[*window.last().unwrap()].after {
                    Some(next) if !window.contains(&next) => window.push(next),
                    _ => break,
                }
            }
            if window.len() == n && window.iter().all(|seat| free.contains(seat)) {
                windows.push(window);
            }
        }
        windows
    }

    pub fn cost(&self, seats: &[usize]) -> i128 {
        seats.iter().map(|&seat| self.seats[seat].cost).sum()
    }

    pub fn orphaning(&self, window: &[usize], free: &BTreeSet<usize>) -> bool {
        let left = |seat: usize| free.contains(&seat) && !window.contains(&seat);
        let beside = [self.seats[window[0]].before, self.seats[*window.last().unwrap()].after];
        beside.into_iter().flatten().filter(|&seat| left(seat)).any(|seat| {
            let neighbours = [self.seats[seat].before, self.seats[seat].after];
            !neighbours.into_iter().flatten().any(left)
        })
    }

    pub fn segments_of(&self, category: CategoryId) -> Vec<usize> {
        (0..self.segments.len())
            .filter(|&segment| self.seats[self.segments[segment][0]].category == category)
            .collect()
    }

    pub fn best(&self, category: CategoryId, n: usize, may_split: bool) -> Option<Vec<SeatId>> {
        if self.access.get(usize::from(category.0)) != Some(&Access::Everyone)
            || !(1..=PLACES_PER_HOLD_MAX).contains(&n)
            || self.free_in(category) < n
        {
            return None;
        }
        let seats = (self.adjacent(category, n))
            .or_else(|| self.stacked(category, n))
            .or_else(|| may_split.then(|| self.split(category, n)))?;
        Some(seats.into_iter().map(|seat| SeatId(u32::try_from(seat).unwrap())).collect())
    }

    fn adjacent(&self, category: CategoryId, n: usize) -> Option<Vec<usize>> {
        if n > PARTY_ADJACENT_MAX {
            return None;
        }
        let windows = self.segments_of(category).into_iter();
        windows
            .flat_map(|segment| self.windows(segment, n, &self.free))
            .min_by_key(|window| (self.orphaning(window, &self.free), self.cost(window), window[0]))
    }

    fn split(&self, category: CategoryId, n: usize) -> Vec<usize> {
        let mut free = self.free.clone();
        let mut seated = Vec::new();
        for size in (1..=PARTY_ADJACENT_MAX).rev() {
            let fits = |seated: &Vec<usize>| {
                let left = n - seated.len();
                size <= left && !(left - size == 1 && size > 2)
            };
            let mut order: Vec<(i128, usize, usize)> = Vec::new();
            for segment in self.segments_of(category) {
                let windows = self.windows(segment, size, &self.free);
                let best = windows.iter().map(|window| (self.cost(window), window[0])).min();
                order.extend(best.map(|(cost, first)| (cost, first, segment)));
            }
            order.sort_unstable();
            for (_, _, segment) in order {
                while fits(&seated) {
                    let windows = self.windows(segment, size, &free).into_iter();
                    let Some(group) = windows.min_by_key(|group| {
                        (self.orphaning(group, &free), self.cost(group), group[0])
                    }) else {
                        break;
                    };
                    for seat in &group {
                        assert!(free.remove(seat));
                    }
                    seated.extend(group);
                }
            }
        }
        seated
    }
}
