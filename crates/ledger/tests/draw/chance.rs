//! Every order is as likely as any other: chi-squared and correlation over keys that are fixed, so
//! that what passes once passes always.

use std::collections::BTreeMap;

use frontrow_ledger::room::draw::Permutation;

use crate::key;

/// How far the counts are from being equal, in standard deviations of chi-squared. Too even is as
/// suspicious as too uneven, and beyond three and a half is one in two thousand.
fn unevenness(counts: impl ExactSizeIterator<Item = u64>, total: u64, free: f64) -> f64 {
    let expected = total as f64 / counts.len() as f64;
    let chi_squared: f64 = counts.map(|count| (count as f64 - expected).powi(2) / expected).sum();
    (chi_squared - free) / (2.0 * free).sqrt()
}

#[test]
fn in_a_thousand_draws_every_tenth_of_places_goes_to_every_tenth_of_positions_alike() {
    let (draws, places) = (1_000, 1_000);
    let mut counts = [[0_u64; 10]; 10];
    for draw in 0..draws {
        let order = Permutation::new(&key(draw), places).unwrap();
        for place in 0..places {
            let position = order.position(place).unwrap();
            counts[usize::try_from(place / 100).unwrap()]
                [usize::try_from(position / 100).unwrap()] += 1;
        }
    }
    // Of each row and column the last count follows from the others.
    let cells: Vec<u64> = counts.into_iter().flatten().collect();
    let found = unevenness(cells.into_iter(), draws * places, 81.0);
    assert!(found.abs() < 3.5, "{found}");
}

#[test]
fn in_a_thousand_draws_each_single_place_goes_anywhere_alike() {
    let (draws, places) = (1_000, 1_000_000);
    let orders: Vec<_> =
        (0..draws).map(|draw| Permutation::new(&key(draw), places).unwrap()).collect();
    // The first, the last, and some where halves of the network turn over.
    for place in [0, 1, 999, 1_000, 500_000, 999_000, 999_999] {
        let mut counts = [0_u64; 50];
        for order in &orders {
            counts[usize::try_from(order.position(place).unwrap() * 50 / places).unwrap()] += 1;
        }
        let found = unevenness(counts.into_iter(), draws, 49.0);
        assert!(found.abs() < 3.5, "place {place}: {found}");
    }
}

#[test]
fn a_few_people_stand_in_any_order_alike() {
    for (places, orders, draws) in [(2, 2, 4_000), (3, 6, 6_000), (4, 24, 24_000), (5, 120, 60_000)]
    {
        let mut counts = BTreeMap::<Vec<u64>, u64>::new();
        for draw in 0..draws {
            let order = Permutation::new(&key(draw), places).unwrap();
            let places = (0..places).map(|place| order.position(place).unwrap()).collect();
            *counts.entry(places).or_default() += 1;
        }
        assert_eq!(counts.len(), orders, "all orders of {places} come");
        let found = unevenness(counts.into_values(), draws, orders as f64 - 1.0);
        assert!(found.abs() < 3.5, "{places} people: {found}");
    }
}

#[test]
fn coming_early_does_not_help_among_a_million() {
    for number in 0..5 {
        let places = 1_000_000;
        let order = Permutation::new(&key(number), places).unwrap();
        let middle = (places - 1) as f64 / 2.0;
        let (mut both, mut square) = (0.0, 0.0);
        let (mut next, mut before) = (0.0, order.position(places - 1).unwrap() as f64 - middle);
        for place in 0..places {
            let x = place as f64 - middle;
            let y = order.position(place).unwrap() as f64 - middle;
            both += x * y;
            square += x * x;
            next += before * y;
            before = y;
        }
        let (correlation, neighbours) = (both / square, next / square);
        assert!(correlation.abs() < 0.003, "join and position: {correlation}");
        assert!(neighbours.abs() < 0.003, "neighbours who joined together: {neighbours}");
    }
}
