//! Each place has one position and each position one place.

use frontrow_ledger::{limits::DRAW_PLACES_MAX, room::draw::Permutation};
use proptest::prelude::*;

use crate::key;

#[test]
fn up_to_two_thousand_places_each_position_is_taken_once() {
    for places in 0..=2_000 {
        let order = Permutation::new(&key(places), places).unwrap();
        let mut taken = vec![false; usize::try_from(places).unwrap()];
        for place in 0..places {
            let position = order.position(place).unwrap();
            let taken = &mut taken[usize::try_from(position).unwrap()];
            assert!(!*taken, "{position} of {places} is taken twice");
            *taken = true;
            assert_eq!(order.place(position), Some(place));
        }
        assert_eq!(order.position(places), None);
        assert_eq!(order.place(places), None);
        assert_eq!(order.position(u64::MAX), None);
    }
}

#[test]
fn a_million_places_each_position_is_taken_once() {
    let places = 1_000_003;
    let order = Permutation::new(&key(0), places).unwrap();
    let mut taken = vec![false; usize::try_from(places).unwrap()];
    for place in 0..places {
        taken[usize::try_from(order.position(place).unwrap()).unwrap()] = true;
    }
    assert!(taken.into_iter().all(|taken| taken));
}

#[test]
fn more_places_than_the_limit_are_refused() {
    assert!(Permutation::new(&key(0), DRAW_PLACES_MAX).is_some());
    assert_eq!(Permutation::new(&key(0), DRAW_PLACES_MAX + 1), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_number_of_places_there_and_back_is_where_it_began(
        places in 1..=DRAW_PLACES_MAX,
        number: u64,
        some in proptest::collection::vec(any::<u64>(), 50),
    ) {
        let order = Permutation::new(&key(number), places).unwrap();
        for place in some.into_iter().map(|some| some % places).chain([0, places - 1]) {
            let position = order.position(place).unwrap();
            prop_assert!(position < places);
            prop_assert_eq!(order.place(position), Some(place));
        }
    }

    #[test]
    fn another_key_is_another_order(places in 1_000..DRAW_PLACES_MAX, number in 0..u64::MAX) {
        let (one, other) = (key(number), key(number + 1));
        let (one, other) =
            (Permutation::new(&one, places).unwrap(), Permutation::new(&other, places).unwrap());
        prop_assert!((0..100).any(|place| one.position(place) != other.position(place)));
    }
}
