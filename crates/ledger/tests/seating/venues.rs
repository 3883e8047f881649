//! The shapes of the sample venues: curved rows with odd numbers left and even ones right, boxes,
//! round tables, a bowl of sections.

use std::f64::consts::TAU;

use frontrow_ledger::{
    CategoryId, SeatId,
    sale::{Access, Point, Row, Seating},
};

use crate::house::{category_id, row, terms};

/// A house whose seats have the numbers that people see.
struct Venue {
    seating: Seating,
    /// Row and number, by seat.
    labels: Vec<(usize, usize)>,
}

impl Venue {
    fn new(rows: Vec<Row>, labels: Vec<(usize, usize)>, focus: Point) -> Self {
        let seating = Seating::new(&terms(&[Access::Everyone; 3], rows, focus));
        assert_eq!(seating.seats_count(), labels.len());
        Self { seating, labels }
    }

    fn seat(&self, row: usize, number: usize) -> SeatId {
        let at = self.labels.iter().position(|&label| label == (row, number));
        SeatId::from_index(at.unwrap())
    }

    fn take_all_but(&mut self, free: &[(usize, usize)]) {
        for seat in (0..self.labels.len()).filter(|&seat| !free.contains(&self.labels[seat])) {
            self.seating.take(SeatId::from_index(seat));
        }
    }

    fn best(&self, category: CategoryId, n: usize) -> Vec<(usize, usize)> {
        let seats = self.seating.best(category, n, false).unwrap_or_default();
        seats.into_iter().map(|seat| self.labels[seat.index()]).collect()
    }
}

fn tenths(x: f64) -> i32 {
    format!("{:.0}", x * 10.0).parse().unwrap()
}

/// The stalls: curved rows of 18 seats and more, an aisle down the middle.
fn theatre() -> Venue {
    let (mut rows, mut labels) = (Vec::new(), Vec::new());
    for r in 0..20_usize {
        let (count, radius) = (18 + r, 260.0 + 34.0 * f64::from(u16::try_from(r).unwrap()));
        let mut seats = Vec::new();
        for i in 0..count {
            let left = i < count / 2;
            let number = if left { 2 * (count / 2 - i) - 1 } else { 2 * (i - count / 2 + 1) };
            let middle = f64::from(u16::try_from(count - 1).unwrap()) / 2.0;
            let angle = (f64::from(u16::try_from(i).unwrap()) - middle) * 26.0 / radius
                + if left { -18.0 } else { 18.0 } / radius;
            let at = (800.0 + radius * angle.sin(), 120.0 + radius * angle.cos());
            seats.push((r / 8, tenths(at.0), tenths(at.1)));
            labels.push((r + 1, number));
        }
        rows.push(row(0, &seats));
    }
    Venue::new(rows, labels, Point { x: 8_000, y: 1_400 })
}

/// Boxes of four in turn on the left and on the right wall.
fn boxes() -> Venue {
    let (mut rows, mut labels) = (Vec::new(), Vec::new());
    for b in 0..16 {
        let (x, y) = (if b % 2 == 0 { 1_300 } else { 14_700 }, 2_200 + 900 * (b / 2));
        rows.push(row(
            0,
            &[(0, 0), (260, 0), (0, 260), (260, 260)].map(|(dx, dy)| (0, x + dx, y + dy)),
        ));
        labels.extend((1..=4).map(|number| (usize::try_from(b).unwrap() + 1, number)));
    }
    Venue::new(rows, labels, Point { x: 8_000, y: 1_400 })
}

/// Round tables of eight, four by four.
fn tables() -> Venue {
    let (mut rows, mut labels) = (Vec::new(), Vec::new());
    for t in 0..16_u16 {
        let centre = (120.0 + 170.0 * f64::from(t % 4), 330.0 + 150.0 * f64::from(t / 4));
        let seat = |n: u16| {
            let angle = TAU * f64::from(n) / 8.0;
            let (x, y) = (centre.0 + 42.0 * angle.cos(), centre.1 + 42.0 * angle.sin());
            (0, tenths(x), tenths(y))
        };
        rows.push(row(0, &(0..8).map(seat).collect::<Vec<_>>()));
        labels.extend((1..=8).map(|number| (usize::from(t) + 1, number)));
    }
    Venue::new(rows, labels, Point { x: 4_200, y: 1_200 })
}

#[test]
fn numbers_one_and_three_are_neighbours_but_one_and_two_are_not() {
    let mut house = theatre();
    house.take_all_but(&[(5, 1), (5, 2)]);
    assert_eq!(house.best(category_id(0), 2), []);
    house.seating.give_back(house.seat(5, 3));
    assert_eq!(house.best(category_id(0), 2), [(5, 3), (5, 1)]);
    house.seating.take(house.seat(5, 1));
    house.seating.give_back(house.seat(5, 4));
    assert_eq!(house.best(category_id(0), 2), [(5, 2), (5, 4)]);
}

#[test]
fn a_theatre_fills_from_the_middle_of_the_first_row_outwards() {
    let mut house = theatre();
    let mut pairs = Vec::new();
    for _ in 0..8 {
        pairs.push(house.best(category_id(0), 2));
        house.seating.take_all(&house.seating.best(category_id(0), 2, false).unwrap());
    }
    let expect = [
        [(1, 3), (1, 1)],
        [(1, 2), (1, 4)],
        [(1, 7), (1, 5)],
        [(1, 6), (1, 8)],
        [(2, 2), (2, 4)],
        [(2, 3), (2, 1)],
        [(1, 11), (1, 9)],
        [(1, 10), (1, 12)],
    ];
    assert_eq!(pairs, expect);
}

#[test]
fn a_coach_party_in_a_theatre_sits_on_one_side_of_the_aisle() {
    let house = theatre();
    let party = house.best(category_id(0), 14);
    let rows: Vec<usize> = party.iter().map(|&(row, _)| row).collect();
    assert_eq!(rows, [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2]);
    assert!(party.iter().all(|&(_, number)| number % 2 == party[0].1 % 2), "{party:?}");
}

#[test]
fn two_pairs_share_a_box_side_by_side() {
    let mut house = boxes();
    let first = house.best(category_id(0), 2);
    assert!(first == [(1, 1), (1, 2)] || first == [(2, 1), (2, 2)], "{first:?}");
    house.take_all_but(&[(3, 3), (3, 4), (7, 1), (7, 2)]);
    assert_eq!(house.best(category_id(0), 2), [(3, 3), (3, 4)]);
    house.seating.take_all(&[house.seat(3, 3), house.seat(7, 1)]);
    assert_eq!(house.best(category_id(0), 2), []);
    house.seating.give_back(house.seat(3, 1));
    assert_eq!(house.best(category_id(0), 2), [], "a box is not a round table");
}

#[test]
fn a_party_that_needs_two_boxes_gets_them_on_one_side_of_the_house() {
    let house = boxes();
    let party = house.best(category_id(0), 7);
    let boxes: Vec<usize> = party.iter().map(|&(number, _)| number).collect();
    assert_eq!(boxes, [1, 1, 1, 1, 3, 3, 3]);
}

#[test]
fn the_last_and_the_first_seat_of_a_round_table_are_neighbours() {
    let mut house = tables();
    assert_eq!(house.best(category_id(0), 8).len(), 8);
    house.take_all_but(&[(6, 1), (6, 8), (6, 4)]);
    assert_eq!(house.best(category_id(0), 2), [(6, 8), (6, 1)]);
    house.seating.give_back(house.seat(6, 7));
    assert_eq!(house.best(category_id(0), 3), [(6, 7), (6, 8), (6, 1)]);
}

#[test]
fn a_party_in_a_bowl_stays_in_its_section() {
    let (mut rows, mut labels) = (Vec::new(), Vec::new());
    for section in 0..30_u16 {
        for r in 0..10_u16 {
            let (rx, ry) = (560.0 + 14.0 * f64::from(r), 400.0 + 14.0 * f64::from(r));
            let count = 9 + r / 3;
            let seat = |n: u16| {
                let share = f64::from(n + 1) / f64::from(count + 1);
                let angle = TAU * (f64::from(section) + share) / 30.0;
                (0, tenths(1_500.0 + rx * angle.cos()), tenths(1_100.0 + ry * angle.sin()))
            };
            rows.push(row(section, &(0..count).map(seat).collect::<Vec<_>>()));
            labels.extend((0..count).map(|n| (usize::from(section * 10 + r), usize::from(n))));
        }
    }
    let mut house = Venue::new(rows, labels, Point { x: 10_800, y: 11_000 });
    let mut seated = 0;
    for _ in 0..house.labels.len() / 13 {
        let Some(seats) = house.seating.best(category_id(0), 13, false) else { break };
        let labels: Vec<_> = seats.iter().map(|seat| house.labels[seat.index()]).collect();
        let (first, last) = (labels[0].0, labels[12].0);
        assert_eq!(first / 10, last / 10, "one section: {labels:?}");
        let rows = labels.chunk_by(|a, b| a.0 == b.0);
        for row in rows {
            assert!(row.windows(2).all(|two| two[0].1 + 1 == two[1].1), "together: {labels:?}");
        }
        house.seating.take_all(&seats);
        seated += 13;
    }
    assert!(seated > 2_000, "of {} only {seated}", house.labels.len());
}
