//! Wheelchair places: never by accident, always with the companion beside them.

use frontrow_ledger::{
    SeatId,
    sale::{Access, Point, Seating, Terms},
};
use proptest::prelude::*;

use crate::{
    house::{category_id, row, terms},
    oracle::{Oracle, distance},
};

const ACCESS: [Access; 4] =
    [Access::Everyone, Access::Wheelchair, Access::Companion, Access::Wheelchair];

/// Pairs of numbers of seats, the wheelchair place first.
type Pairs = Vec<(usize, usize)>;

/// Every way to pair wheelchair places and companions that are neighbours, from seat `from` on.
fn pairings(terms: &Terms, row: usize, from: usize) -> Vec<Pairs> {
    let seats = &terms.rows[row].seats;
    if from + 1 >= seats.len() {
        return vec![Vec::new()];
    }
    let mut all = pairings(terms, row, from + 1);
    let access = |i: usize| ACCESS[usize::from(seats[i].category.0)];
    let pair = match (access(from), access(from + 1)) {
        (Access::Wheelchair, Access::Companion) => (from, from + 1),
        (Access::Companion, Access::Wheelchair) => (from + 1, from),
        _ => return all,
    };
    if !aisle(terms, row, from) {
        let with = pairings(terms, row, from + 2).into_iter();
        all.extend(with.map(|rest| [vec![pair], rest].concat()));
    }
    all
}

fn gap(terms: &Terms, row: usize, before: usize) -> i128 {
    let at = |i: usize| terms.rows[row].seats[i].at;
    let point = |i| (i128::from(at(i).x), i128::from(at(i).y));
    distance(point(before), point(before + 1))
}

fn aisle(terms: &Terms, row: usize, before: usize) -> bool {
    let gaps = terms.rows[row].seats.len() - 1;
    let mut sorted: Vec<_> = (0..gaps).map(|i| gap(terms, row, i)).collect();
    sorted.sort_unstable();
    2 * gap(terms, row, before) > 3 * sorted[(gaps - 1) / 2]
}

/// As many pairs as possible, then as close, then as early. Numbers count over all rows.
fn expected_pairs(terms: &Terms, row: usize, first: usize) -> Vec<(usize, usize)> {
    let key = |pairs: &Pairs| {
        let starts: Vec<usize> = pairs.iter().map(|&(a, b)| a.min(b)).collect();
        let apart: i128 = starts.iter().map(|&start| gap(terms, row, start)).sum();
        (std::cmp::Reverse(pairs.len()), apart, starts)
    };
    let best = pairings(terms, row, 0).into_iter().min_by_key(key).unwrap();
    best.into_iter().map(|(a, b)| (first + a, first + b)).collect()
}

fn check(terms: &Terms, taken: &[prop::sample::Index]) {
    let mut seating = Seating::new(terms);
    let oracle = Oracle::new(terms);
    let count = seating.seats_count();
    let mut free = vec![true; count];
    for seat in taken.iter().filter(|_| count > 0).map(|taken| taken.index(count)) {
        free[seat] = false;
        seating.take(SeatId::from_index(seat));
    }
    let mut first = 0;
    let mut pairs = Vec::new();
    for (number, row) in terms.rows.iter().enumerate() {
        for pair in expected_pairs(terms, number, first) {
            pairs.push((number, first, pair));
        }
        first += row.seats.len();
    }
    for seat in 0..count {
        let partner = pairs.iter().find_map(|&(_, _, (a, b))| match seat {
            _ if seat == a => Some(b),
            _ if seat == b => Some(a),
            _ => None,
        });
        let found = seating.partner(SeatId::from_index(seat)).map(SeatId::index);
        assert_eq!(found, partner, "partner of {seat}");
    }
    for (category, n) in (0..5).flat_map(|category| (0..5).map(move |n| (category, n))) {
        let in_category = |seat: usize| oracle.seats[seat].category == category_id(category);
        let of_zone: Vec<_> =
            pairs.iter().filter(|&&(_, _, (seat, _))| in_category(seat)).collect();
        let is_free = |pair: &(usize, usize, (usize, usize))| free[pair.2.0] && free[pair.2.1];
        let cost = |pair: &(usize, usize, (usize, usize))| oracle.cost(&[pair.2.0, pair.2.1]);
        let beside = |(row, first, (a, b)): &(usize, usize, (usize, usize)),
                      (next_row, _, (c, d)): &(usize, usize, (usize, usize))| {
            let end = *a.max(b);
            row == next_row && end + 1 == *c.min(d) && !aisle(terms, *row, end - first)
        };
        let run = of_zone
            .windows(n.max(1))
            .filter(|run| run.iter().all(|pair| is_free(pair)))
            .filter(|run| run.windows(2).all(|two| beside(two[0], two[1])))
            .min_by_key(|run| run.iter().map(|pair| cost(pair)).sum::<i128>());
        let mut expect: Vec<_> = match run {
            Some(run) => run.to_vec(),
            None => of_zone.iter().copied().filter(|pair| is_free(pair)).collect(),
        };
        expect.sort_by_key(|pair| (cost(pair), pair.2.0));
        expect.truncate(n);
        expect.sort_by_key(|pair| pair.2.0);
        let expect = (n > 0 && expect.len() == n).then(|| {
            let seat = SeatId::from_index;
            expect.iter().map(|pair| (seat(pair.2.0), seat(pair.2.1))).collect::<Vec<_>>()
        });
        assert_eq!(seating.best_pairs(category_id(category), n), expect, "{category} {n}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn pairs_agree_with_trying_every_pairing(
        rows in proptest::collection::vec(
            proptest::collection::vec(
                (
                    prop_oneof![1 => Just(0_usize), 4 => Just(1), 5 => Just(2), 1 => Just(3)],
                    prop_oneof![4 => Just(100), 2 => 90..111_i32, 1 => Just(160)],
                ),
                1..10,
            ),
            1..4,
        ),
        taken in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let rows = (0..).zip(rows).map(|(y, seats)| {
            let mut x = 0;
            let mut place = |(category, gap)| {
                x += gap;
                (category, x, y * 100)
            };
            row(0, &seats.into_iter().map(&mut place).collect::<Vec<_>>())
        });
        check(&terms(&ACCESS, rows.collect(), Point { x: 300, y: -200 }), &taken);
    }
}

/// Trap 12: a wheelchair place is given to nobody who did not ask for one, not even the last.
#[test]
fn best_available_never_gives_a_wheelchair_place_by_accident() {
    let mixed = [0, 0, 1, 2, 0, 1, 2, 0];
    let seats: Vec<_> = (0..).zip(mixed).map(|(i, category)| (category, i * 500, 0)).collect();
    let terms = terms(&ACCESS, vec![row(0, &seats)], Point { x: 0, y: 0 });
    let mut seating = Seating::new(&terms);
    for category in [1, 2, 3] {
        assert_eq!(seating.best(category_id(category), 1, true), None);
    }
    assert_eq!(seating.best(category_id(0), 5, true), None);
    let all = seating.best(category_id(0), 4, true).unwrap();
    assert_eq!(all, [0, 1, 4, 7].map(SeatId));
    seating.take_all(&all);
    assert_eq!(seating.best(category_id(0), 1, true), None);
    assert_eq!(
        seating.best_pairs(category_id(1), 2),
        Some(vec![(SeatId(2), SeatId(3)), (SeatId(5), SeatId(6))])
    );
    assert_eq!(seating.best_pairs(category_id(0), 1), None);
    assert_eq!(seating.best_pairs(category_id(2), 1), None);
}

#[test]
fn a_wheelchair_place_whose_companion_seat_is_gone_is_not_a_pair() {
    let seats = [(1, 0, 0), (2, 500, 0), (1, 1_000, 0)];
    let terms = terms(&ACCESS, vec![row(0, &seats)], Point { x: 0, y: 0 });
    let mut seating = Seating::new(&terms);
    assert_eq!(seating.partner(SeatId(2)), None);
    seating.take(SeatId(1));
    assert_eq!(seating.best_pairs(category_id(1), 1), None);
    seating.give_back(SeatId(1));
    assert_eq!(seating.best_pairs(category_id(1), 1), Some(vec![(SeatId(0), SeatId(1))]));
}
