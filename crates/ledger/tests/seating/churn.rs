//! A theatre full of comings and goings: no seat twice, none lost, the past without influence.

use std::collections::BTreeSet;

use frontrow_ledger::{
    SeatId,
    sale::{Access, Point, Seating, Terms},
};

use crate::{
    house::{category_id, row, terms},
    oracle::Oracle,
};

/// Two blocks of 25 rows with an aisle each, three categories from the front to the back.
fn house() -> Terms {
    let mut rows = Vec::new();
    for section in 0..2_u16 {
        for r in 0..25_i32 {
            let half = 9 + r / 5;
            let seats: Vec<_> = (-half..half)
                .map(|x| {
                    let aisle = if x < 0 { -400 } else { 400 };
                    let at = x * 500 + aisle + i32::from(section) * 30_000;
                    (usize::try_from(r / 9).unwrap(), at, r * 850)
                })
                .collect();
            rows.push(row(section, &seats));
        }
    }
    terms(&[Access::Everyone; 3], rows, Point { x: 15_000, y: -3_000 })
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

#[test]
fn a_long_run_loses_no_seat_and_gives_none_twice() {
    let terms = house();
    let mut seating = Seating::new(&terms);
    let mut oracle = Oracle::new(&terms);
    let mut parties: Vec<Vec<SeatId>> = Vec::new();
    let mut random = Random(20_260_101);
    let (mut refused, mut asked_oracle) = (0, 0);
    for step in 0..60_000 {
        if random.below(10) < 3 && !parties.is_empty() {
            let party = parties.swap_remove(random.below(parties.len()));
            seating.give_back_all(&party);
            oracle.free.extend(party.iter().map(|seat| seat.index()));
            continue;
        }
        let category = category_id(random.below(3));
        let n = [1, 2, 2, 2, 3, 4, 4, 6, 9, 14][random.below(10)];
        let may_split = random.below(4) == 0;
        let found = seating.best(category, n, may_split);
        if step % 200 == 0 {
            assert_eq!(found, oracle.best(category, n, may_split));
            asked_oracle += 1;
        }
        let Some(party) = found else {
            refused += 1;
            assert!(!may_split || oracle.free_in(category) < n, "seats were left");
            continue;
        };
        assert_eq!(party.len(), n);
        for seat in &party {
            assert!(oracle.free.remove(&seat.index()), "{seat} was taken");
        }
        seating.take_all(&party);
        let free: u32 = (0..3).map(|category| seating.free_in(category_id(category))).sum();
        assert_eq!(usize::try_from(free).unwrap(), oracle.free.len());
        parties.push(party);
    }
    assert!(refused > 1_000 && asked_oracle > 100, "the house never filled");
    has_no_memory(&terms, &seating, &oracle.free);
}

/// A fresh house with the same seats taken gives the same answers.
fn has_no_memory(terms: &Terms, seating: &Seating, free: &BTreeSet<usize>) {
    let mut fresh = Seating::new(terms);
    for seat in (0..seating.seats_count()).filter(|seat| !free.contains(seat)) {
        fresh.take(SeatId::from_index(seat));
    }
    for category in (0..3).map(category_id) {
        assert_eq!(fresh.free_in(category), seating.free_in(category));
        for n in 1..=50 {
            let may_split = n % 2 == 0;
            assert_eq!(fresh.best(category, n, may_split), seating.best(category, n, may_split));
        }
    }
}

#[test]
fn a_clone_goes_its_own_way() {
    let mut seating = Seating::new(&house());
    let before = seating.clone();
    let party = seating.best(category_id(0), 4, false).unwrap();
    seating.take_all(&party);
    assert_eq!(before.best(category_id(0), 4, false), Some(party.clone()));
    assert!(party.iter().all(|&seat| before.is_free(seat) && !seating.is_free(seat)));
    assert_eq!(before.free_in(category_id(0)), seating.free_in(category_id(0)) + 4);
}

#[test]
fn taking_and_returning_twice_changes_nothing_more() {
    let mut seating = Seating::new(&house());
    let all = seating.free_in(category_id(0));
    seating.take_all(&[SeatId(3), SeatId(3), SeatId(4)]);
    seating.take(SeatId(4));
    assert_eq!(seating.free_in(category_id(0)), all - 2);
    seating.give_back_all(&[SeatId(3), SeatId(4), SeatId(4), SeatId(9)]);
    assert_eq!(seating.free_in(category_id(0)), all);
}
