//! A party over several rows: the rows that stand behind one another, and who sits where.

use super::{
    Seating,
    bits::Runs,
    plan::{Plan, Segment, Spot, Zone, wide},
    row::distance,
    tournament::{Best, Tree},
};
use crate::{SeatId, limits::PARTY_ADJACENT_MAX};

/// How many rows of its section, either way, are looked at for the one behind: where rows are boxes
/// or tables, the next one in the plan often stands on the other side.
const REACH_ROWS: usize = 4;
/// Rows further apart than so many seats are wide are not neighbours.
const REACH_PITCHES: u64 = 4;
/// How many places with the fewest rows are compared seat by seat.
const STACKS_COMPARED_MAX: usize = 8;

/// Finds for each segment the one behind it: of the same category and section, in another row at
/// most [`REACH_ROWS`] away, less desirable (by mean cost, then number), with the nearest middle
/// (then the lowest number), unless their nearest seats are more than [`REACH_PITCHES`] pitches
/// apart. So rows form paths that lead away from the focus, and left stays left of an aisle.
pub(super) fn link_rows(plan: &mut Plan) {
    let mut groups = std::collections::BTreeMap::<_, Vec<Front>>::new();
    for (number, segment) in (0..).zip(&plan.segments) {
        let middle = middle_of(plan, segment, 0, segment.track.len);
        let front = Front { number, row: segment.row, cost: segment.cost, middle };
        groups.entry((segment.section, segment.category)).or_default().push(front);
    }
    for group in groups.values() {
        for (i, front) in group.iter().enumerate() {
            let behind = find_behind(group, i).filter(|&behind| touch(plan, front.number, behind));
            plan.segments[wide(front.number)].behind = behind;
        }
    }
}

/// What matters of a segment when rows are linked: all pairs of neighbouring rows are compared.
#[derive(Debug, Clone, Copy)]
struct Front {
    number: u32,
    row: usize,
    cost: u64,
    middle: Middle,
}

fn find_behind(group: &[Front], i: usize) -> Option<u32> {
    let front = group[i];
    let near = |other: &&Front| front.row.abs_diff(other.row) <= REACH_ROWS;
    let (earlier, later) = group.split_at(i);
    (earlier.iter().rev().take_while(near))
        .chain(later.iter().take_while(near))
        .filter(|other| other.row != front.row)
        .filter(|other| (other.cost, other.number) > (front.cost, front.number))
        .min_by_key(|other| (apart(front.middle, other.middle), other.number))
        .map(|other| other.number)
}

/// Whether any two seats of these segments are near enough.
fn touch(plan: &Plan, a: u32, b: u32) -> bool {
    let (a, b) = (&plan.segments[wide(a)], &plan.segments[wide(b)]);
    let reach = REACH_PITCHES * a.pitch.max(b.pitch);
    let seats = |segment: &Segment| &plan.seats[segment.first..segment.first + segment.track.len];
    let near = |a: &Spot, b: &Spot| distance(a.at, b.at) <= reach;
    seats(a).iter().any(|a| seats(b).iter().any(|b| near(a, b)))
}

/// Where a group of seats is: the sum of its ends, which is twice their middle.
#[derive(Debug, Clone, Copy)]
struct Middle {
    x: i64,
    y: i64,
}

fn middle_of(plan: &Plan, segment: &Segment, start: usize, n: usize) -> Middle {
    let at = |place: usize| plan.seats[segment.seat(place)].at;
    let (first, last) = (at(start), at(start + n - 1));
    Middle { x: i64::from(first.x) + i64::from(last.x), y: i64::from(first.y) + i64::from(last.y) }
}

/// Along the axes, and twice, as middles are.
fn apart(a: Middle, b: Middle) -> u64 {
    a.x.abs_diff(b.x) + a.y.abs_diff(b.y)
}

/// Which stacks are looked for.
#[derive(Debug, Clone, Copy)]
struct Shape {
    /// People in the party.
    n: usize,
    /// People in one row at most.
    row_max: usize,
    /// No fewer rows can do.
    rows_min: usize,
}

impl Shape {
    /// Two people to a row on average, so that nobody is alone with strangers on all sides; a pair
    /// may sit one behind the other.
    fn rows_max(self) -> usize {
        self.n.div_ceil(2).max(2)
    }
}

/// One way for the people of one row to sit.
#[derive(Debug, Clone, Copy)]
struct Choice {
    start: usize,
    middle: Middle,
    /// Of these people and of those behind them, the best way.
    total: u64,
    /// Which choice that is for those behind.
    next: usize,
}

impl Seating {
    /// A party one row behind the other, in as few rows as possible; see [`Seating::best`].
    pub(super) fn stacked(&self, zone: &Zone, n: usize) -> Option<Vec<SeatId>> {
        let offers = |&tree: &Tree| self.tournaments.winner(tree) != Best::NONE;
        let largest = zone.trees.iter().rposition(offers).map_or(0, |i| i + 1);
        let rows_min = n.div_ceil(PARTY_ADJACENT_MAX).max(2);
        let shape = Shape { n, row_max: PARTY_ADJACENT_MAX, rows_min };
        // A house that has only single seats left is full of fronts that lead nowhere.
        if largest * shape.rows_max() < n {
            return None;
        }
        let stacked = self.stacked_as(zone, shape);
        if stacked.is_some() || n <= PARTY_ADJACENT_MAX || largest < PARTY_ADJACENT_MAX {
            return stacked;
        }
        self.stacked_as(zone, Shape { n, row_max: n, rows_min: 1 })
    }

    fn stacked_as(&self, zone: &Zone, shape: Shape) -> Option<Vec<SeatId>> {
        let mut fewest = shape.rows_max();
        let mut fronts: Vec<usize> = Vec::new();
        for front in zone.by_cost.iter().map(|&number| wide(number)) {
            let Some(rows) = self.rows_needed(front, shape, fewest) else {
                continue;
            };
            if rows < fewest {
                fewest = rows;
                fronts.clear();
            }
            if fronts.len() < STACKS_COMPARED_MAX {
                fronts.push(front);
            } else if fewest == shape.rows_min {
                break;
            }
        }
        let arranged = fronts.iter().map(|&front| self.arrange(front, fewest, shape));
        arranged.min_by_key(|(total, _)| *total).map(|(_, seats)| seats)
    }

    /// How many rows a party needs from `front` on, if at most `rows_max`.
    fn rows_needed(&self, front: usize, shape: Shape, rows_max: usize) -> Option<usize> {
        let mut left = shape.n;
        let mut at = Some(front);
        for rows in 1..=rows_max {
            let room = self.room(at?, shape);
            if room == 0 || room >= left {
                return (room >= left).then_some(rows);
            }
            left -= room;
            at = self.behind(at?);
        }
        None
    }

    fn room(&self, segment: usize, shape: Shape) -> usize {
        usize::from(self.longest[segment]).min(shape.row_max)
    }

    fn behind(&self, segment: usize) -> Option<usize> {
        self.plan.segments[segment].behind.map(wide)
    }

    /// Seats a party in so many rows from `front` on, the same number in each row as far as there
    /// is room: the arrangement with the lowest total, then with the lowest seats from the front
    /// row on.
    fn arrange(&self, front: usize, rows: usize, shape: Shape) -> (u64, Vec<SeatId>) {
        let path: Vec<usize> =
            std::iter::successors(Some(front), |&at| self.behind(at)).take(rows).collect();
        let shares = self.shares(&path, shape);
        // From the last row forward, so that each choice knows the best that can follow.
        let mut choices: Vec<Vec<Choice>> = Vec::new();
        for (&segment, &share) in path.iter().zip(&shares).rev() {
            let after = choices.last().map_or(&[][..], Vec::as_slice);
            choices.push(self.choices(segment, share, shape.n, after));
        }
        let best = |row: &[Choice]| (0..row.len()).min_by_key(|&i| row[i].total);
        let mut at = choices.last().and_then(|row| best(row)).unwrap_or(0);
        let total = choices.last().and_then(|row| row.get(at)).map_or(u64::MAX, |c| c.total);
        let mut seats = Vec::with_capacity(shape.n);
        for ((&segment, &share), row) in path.iter().zip(&shares).zip(choices.iter().rev()) {
            let Some(choice) = row.get(at) else { break };
            let segment = &self.plan.segments[segment];
            seats.extend(segment.window(choice.start, share).map(SeatId::from_index));
            at = choice.next;
        }
        (total, seats)
    }

    /// Deals people out one by one, each to the row that has the fewest and still has room.
    fn shares(&self, path: &[usize], shape: Shape) -> Vec<usize> {
        let room: Vec<usize> = path.iter().map(|&segment| self.room(segment, shape)).collect();
        let mut shares = vec![0; path.len()];
        for _ in 0..shape.n {
            let open = (0..path.len()).filter(|&row| shares[row] < room[row]);
            if let Some(row) = open.min_by_key(|&row| shares[row]) {
                shares[row] += 1;
            }
        }
        shares
    }

    /// Every way for `share` people of a party of `n` to sit in a segment, given the ways for those
    /// behind them.
    fn choices(&self, segment: usize, share: usize, n: usize, after: &[Choice]) -> Vec<Choice> {
        let plan = &*self.plan;
        let segment = &plan.segments[segment];
        let runs = Runs::of(segment.track, segment.free(&self.free), share);
        let tidy = runs.tidy_starts();
        let people = u64::try_from(n).unwrap_or(u64::MAX);
        let choice = |start: usize| {
            let middle = middle_of(plan, segment, start, share);
            let orphan = if tidy.has(start) { 0 } else { 4 * people * segment.pitch };
            let own = segment.window_cost(&plan.costs, start, share) + orphan;
            let follow = |behind: &Choice| behind.total + people * apart(middle, behind.middle);
            let totals = after.iter().map(follow).enumerate();
            let (next, rest) = totals.min_by_key(|&(_, total)| total).unwrap_or((0, 0));
            Choice { start, middle, total: own + rest, next }
        };
        runs.starts().iter().map(choice).collect()
    }
}
