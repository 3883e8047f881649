//! Best available gives exactly what the oracle gives, in any small house and any state of it.

use frontrow_ledger::{
    CategoryId, SeatId,
    sale::{Access, Point, Row, Seating, Terms},
};
use proptest::prelude::*;

use crate::{
    house::{category_id, row, terms},
    oracle::Oracle,
};

const ACCESS: [Access; 4] =
    [Access::Everyone, Access::Everyone, Access::Wheelchair, Access::Companion];

/// Rows of uneven seats with aisles, here and there a round table, of one or several categories.
fn any_row(y: i32) -> impl Strategy<Value = Row> {
    let gap = prop_oneof![6 => Just(50), 2 => 45..56_i32, 1 => Just(140)];
    let category = prop_oneof![12 => Just(0_usize), 3 => Just(1_usize), 1 => 2..4_usize];
    let line = (0..400_i32, proptest::collection::vec((gap, category), 0..13)).prop_map(
        move |(mut x, seats)| {
            let mut place = |(gap, category)| {
                x += gap;
                (category, x, y + gap % 7)
            };
            seats.into_iter().map(&mut place).collect::<Vec<_>>()
        },
    );
    let corners =
        [(0, 0), (50, -20), (100, 0), (120, 50), (100, 100), (50, 120), (0, 100), (-20, 50)];
    let table = (0..800_i32, 3..9_usize).prop_map(move |(x, count)| {
        corners.iter().take(count).map(|&(dx, dy)| (0, x + dx, y + dy)).collect::<Vec<_>>()
    });
    (0..2_u16, prop_oneof![4 => line, 1 => table]).prop_map(|(section, seats)| row(section, &seats))
}

/// A long straight row, or as long a table with seats all around; with an aisle here and there.
fn long_row(y: i32) -> impl Strategy<Value = Row> {
    let aisles = proptest::collection::vec(0..300_i32, 0..3);
    (50..=255_i32, any::<bool>(), aisles).prop_map(move |(count, table, aisles)| {
        let side = if table { count / 2 } else { count };
        let place = |i: i32| {
            let x = if i < side { i } else { 2 * side - 1 - i };
            let after = aisles.iter().filter(|&&aisle| aisle < i && !table).count();
            (0, x * 50 + i32::try_from(after).unwrap() * 90, if i < side { y } else { y + 50 })
        };
        let count = if table { 2 * side } else { count };
        row(0, &(0..count).map(place).collect::<Vec<_>>())
    })
}

fn any_terms() -> impl Strategy<Value = Terms> {
    let rows: Vec<_> = (0..7).map(|i| any_row(i * 80)).collect();
    (rows, -100..900_i32, -200..600_i32, 1..8_usize).prop_map(|(mut rows, x, y, count)| {
        rows.truncate(count);
        terms(&ACCESS, rows, Point { x, y })
    })
}

#[derive(Debug, Clone)]
enum Step {
    Take(prop::sample::Index),
    GiveBack(prop::sample::Index),
    Best { category: CategoryId, n: usize, may_split: bool },
}

fn any_step() -> impl Strategy<Value = Step> {
    let category = prop_oneof![5 => Just(0_usize), 2 => Just(1), 1 => 2..5_usize];
    let n = prop_oneof![12 => 0..7_usize, 3 => 7..16_usize, 1 => 16..52_usize];
    prop_oneof![
        2 => any::<prop::sample::Index>().prop_map(Step::Take),
        2 => any::<prop::sample::Index>().prop_map(Step::GiveBack),
        4 => (category, n, any::<bool>()).prop_map(|(category, n, may_split)| Step::Best {
            category: category_id(category),
            n,
            may_split,
        }),
    ]
}

fn number(seat: SeatId) -> usize {
    usize::try_from(seat.0).unwrap()
}

fn check(terms: &Terms, steps: &[Step]) {
    let mut seating = Seating::new(terms);
    let mut oracle = Oracle::new(terms);
    let count = seating.seats_count();
    assert_eq!(count, oracle.seats.len());
    for step in steps {
        match step {
            Step::Take(at) if count > 0 => {
                oracle.free.remove(&at.index(count));
                seating.take(SeatId(u32::try_from(at.index(count)).unwrap()));
            }
            Step::GiveBack(at) if count > 0 => {
                oracle.free.insert(at.index(count));
                seating.give_back(SeatId(u32::try_from(at.index(count)).unwrap()));
            }
            Step::Best { category, n, may_split } => {
                let found = seating.best(*category, *n, *may_split);
                assert_eq!(found, oracle.best(*category, *n, *may_split), "{step:?}");
                let seats = found.unwrap_or_default();
                seating.take_all(&seats);
                for seat in seats {
                    assert!(oracle.free.remove(&number(seat)), "{seat} twice");
                    assert_eq!(seating.category_of(seat), Some(*category));
                }
            }
            _ => {}
        }
        for category in (0..5).map(category_id) {
            let free = oracle.free_in(category);
            assert_eq!(usize::try_from(seating.free_in(category)).unwrap(), free);
        }
    }
    for seat in (0..u32::try_from(count).unwrap()).map(SeatId) {
        assert_eq!(seating.is_free(seat), oracle.free.contains(&number(seat)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn best_available_agrees_with_an_exhaustive_oracle(
        terms in any_terms(),
        steps in proptest::collection::vec(any_step(), 1..40),
    ) {
        check(&terms, &steps);
    }

    #[test]
    fn a_nearly_full_house_is_searched_to_the_last_seat(
        terms in any_terms(),
        free in proptest::collection::vec(any::<prop::sample::Index>(), 1..16),
        steps in proptest::collection::vec(any_step(), 1..20),
    ) {
        let seats: usize = terms.rows.iter().map(|row| row.seats.len()).sum();
        let fill = Step::Best { category: category_id(0), n: 1, may_split: true };
        let filled = std::iter::repeat_n(fill, seats).chain(free.into_iter().map(Step::GiveBack));
        check(&terms, &filled.chain(steps).collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn rows_of_up_to_255_seats_are_searched_like_short_ones(
        rows in (long_row(0), long_row(80)),
        x in 0..12_000_i32,
        taken in proptest::collection::vec(any::<prop::sample::Index>(), 0..150),
        steps in proptest::collection::vec(any_step(), 1..10),
    ) {
        let terms = terms(&ACCESS, vec![rows.0, rows.1], Point { x, y: -300 });
        check(&terms, &taken.into_iter().map(Step::Take).chain(steps).collect::<Vec<_>>());
    }
}
