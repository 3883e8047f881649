//! Plans that nobody would draw: whatever the terms, nothing panics and nothing overflows.

use frontrow_ledger::{
    CategoryId, SeatId,
    limits::{COORDINATE_MAX, PLACES_PER_HOLD_MAX, ROW_SEATS_MAX},
    sale::{Access, Point, Row, Seat, Seating, Terms},
};
use proptest::prelude::*;

use crate::house::{category_id, terms};

fn any_coordinate() -> impl Strategy<Value = i32> {
    prop_oneof![
        4 => -3..4_i32,
        2 => Just(0),
        2 => any::<i32>(),
        1 => Just(i32::MIN),
        1 => Just(i32::MAX),
        2 => prop_oneof![Just(COORDINATE_MAX), Just(-COORDINATE_MAX)],
    ]
}

fn any_point() -> impl Strategy<Value = Point> {
    (any_coordinate(), any_coordinate()).prop_map(|(x, y)| Point { x, y })
}

fn any_seats_count() -> impl Strategy<Value = usize> {
    prop_oneof![
        2 => Just(0_usize),
        2 => Just(1),
        6 => 2..12_usize,
        2 => 60..70_usize,
        2 => 126..130_usize,
        2 => Just(ROW_SEATS_MAX),
        1 => 256..700_usize,
    ]
}

/// Rows as programs would write them: all seats on one spot, evenly spaced up to the edge of the
/// numbers, in a circle of two steps, or anywhere.
fn any_row() -> impl Strategy<Value = Row> {
    let seats = any_seats_count().prop_flat_map(|count| {
        let category = prop_oneof![20 => Just(0_u16), 2 => 0..5_u16, 1 => any::<u16>()];
        let one_spot = any_point().prop_map(move |at| vec![at; count]);
        let even =
            (any_point(), any_coordinate(), any_coordinate()).prop_map(move |(at, dx, dy)| {
                let step = |i: i32| Point {
                    x: at.x.saturating_add(dx.saturating_mul(i)),
                    y: at.y.saturating_add(dy.saturating_mul(i)),
                };
                (0..i32::try_from(count).unwrap()).map(step).collect()
            });
        let two = (any_point(), any_point())
            .prop_map(move |(a, b)| (0..count).map(|i| if i % 2 == 0 { a } else { b }).collect());
        let anywhere = proptest::collection::vec(any_point(), count);
        let places = prop_oneof![one_spot, even, two, anywhere];
        let one = (0..2_u16).prop_map(move |category| vec![category; count]);
        (places, prop_oneof![one, proptest::collection::vec(category, count)])
    });
    (0..3_u16, seats).prop_map(|(section, (places, categories))| Row {
        section,
        seats: (places.into_iter().zip(categories))
            .map(|(at, category)| Seat { category: CategoryId(category), at })
            .collect(),
    })
}

pub fn any_terms() -> impl Strategy<Value = Terms> {
    let access = prop_oneof![
        6 => Just(Access::Everyone),
        1 => Just(Access::Wheelchair),
        1 => Just(Access::Companion),
    ];
    (
        proptest::collection::vec(access, 0..5),
        proptest::collection::vec(any_row(), 0..12),
        any_point(),
    )
        .prop_map(|(access, rows, focus)| terms(&access, rows, focus))
}

/// Uses every call on whatever the terms make of a house.
fn sell_out(terms: &Terms) {
    let mut seating = Seating::new(terms);
    let count: usize = terms.rows.iter().map(|row| row.seats.len()).sum();
    assert_eq!(seating.seats_count(), count);
    for seat in [0, count.saturating_sub(1), count, count + 63, usize::MAX].map(SeatId::from_index)
    {
        let there = seat.index() < count;
        assert_eq!(seating.is_free(seat), there);
        assert_eq!(seating.category_of(seat).is_some(), there);
        assert!(seating.partner(seat).is_none_or(|partner| partner.index() < count));
        seating.take(seat);
        assert!(!seating.is_free(seat));
        seating.give_back(seat);
        assert_eq!(seating.is_free(seat), there);
    }
    for category in [0, 1, 2, 3, 4, 65_535].map(category_id) {
        for n in [0, 1, 2, 3, 9, 10, 11, 49, PLACES_PER_HOLD_MAX, 51, usize::MAX] {
            let apart = seating.best(category, n, true);
            let together = seating.best(category, n, false);
            let few = seating.free_in(category) < u32::try_from(n).unwrap_or(u32::MAX);
            assert!(!few || (together.is_none() && apart.is_none()));
            for party in together.into_iter().chain(apart) {
                let mut seats = party.clone();
                seats.sort_unstable();
                seats.dedup();
                assert_eq!(seats.len(), n);
                assert!(seats.iter().all(|&seat| seating.category_of(seat) == Some(category)));
                seating.take_all(&party);
                assert!(seats.iter().all(|&seat| !seating.is_free(seat)));
                if n % 2 == 0 {
                    seating.give_back_all(&party);
                }
            }
            for (wheelchair, companion) in seating.best_pairs(category, n).unwrap_or_default() {
                assert_eq!(seating.partner(wheelchair), Some(companion));
                assert_eq!(seating.partner(companion), Some(wheelchair));
            }
        }
        for _ in 0..count {
            seating.take_all(&seating.best(category, 1, true).unwrap_or_default());
        }
        let access = terms.categories.get(usize::from(category.0)).map(|category| category.access);
        let left = seating.free_in(category);
        assert!(access != Some(Access::Everyone) || left == 0, "{left} seats are never offered");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_plan_makes_the_check_or_the_seating_panic(terms in any_terms()) {
        let drawable = terms.rows.iter().all(|row| (1..=ROW_SEATS_MAX).contains(&row.seats.len()));
        if terms.faults().is_empty() {
            prop_assert!(drawable);
        }
        sell_out(&terms);
    }
}
