//! Best available by example, in houses drawn as text: `.` is free, `x` taken, a blank an aisle,
//! `o` where the party sits. The stage is above the middle.

use frontrow_ledger::{
    SeatId,
    sale::{Access, Point, Seating},
};

use crate::house::{category_id, row, terms};

#[derive(Clone, Copy)]
struct Party {
    n: usize,
    may_split: bool,
}

const fn party(n: usize) -> Party {
    Party { n, may_split: false }
}

const fn party_that_may_split(n: usize) -> Party {
    Party { n, may_split: true }
}

/// Seats a party in a house of one section and compares with the drawing of the outcome, or with
/// nothing if there is none.
#[track_caller]
fn check(party: Party, house: &[&str], expect: &[&str]) {
    let width = i32::try_from(house.iter().map(|row| row.len()).max().unwrap()).unwrap();
    let mut taken = Vec::new();
    let mut rows = Vec::new();
    for (y, text) in (0..).zip(house) {
        let mut seats = Vec::new();
        for (x, letter) in (0..).zip(text.chars()).filter(|&(_, letter)| letter != ' ') {
            seats.push((0, x * 500, y * 800));
            taken.push(letter == 'x');
        }
        rows.push(row(0, &seats));
    }
    let focus = Point { x: (width - 1) * 250, y: -2_000 };
    let mut seating = Seating::new(&terms(&[Access::Everyone], rows, focus));
    for (seat, _) in taken.iter().enumerate().filter(|&(_, &taken)| taken) {
        seating.take(SeatId::from_index(seat));
    }
    let found = seating.best(category_id(0), party.n, party.may_split);
    let found = found.map(|seats| draw(house, &seats));
    let expect: Vec<String> = expect.iter().map(|&row| row.to_owned()).collect();
    assert_eq!(found.unwrap_or_default(), expect);
}

fn draw(house: &[&str], party: &[SeatId]) -> Vec<String> {
    let mut seats = (0..).map(SeatId);
    let mut letter = |letter| match letter {
        ' ' => ' ',
        _ if party.contains(&seats.next().unwrap()) => 'o',
        other => other,
    };
    house.iter().map(|row| row.chars().map(&mut letter).collect()).collect()
}

#[test]
fn the_middle_of_the_front_row_is_best() {
    check(party(2), &["......", "......"], &["..oo..", "......"]);
    check(party(1), &[".....", "....."], &["..o..", "....."]);
}

#[test]
fn a_better_row_beats_a_better_place_in_the_row_only_near_the_middle() {
    check(party(2), &["..xx..", "......"], &["ooxx..", "......"]);
    check(
        party(2),
        &["..xxxxxxxxxxxxxx..", ".................."],
        &["..xxxxxxxxxxxxxx..", "........oo........"],
    );
}

#[test]
fn an_aisle_parts_neighbours() {
    check(party(2), &["xx.  .xx"], &[]);
    check(party(2), &["xx.  .xx", "xx.  .x."], &["xxo  .xx", "xxo  .x."]);
    check(party(3), &["...  ..."], &["ooo  ..."]);
}

#[test]
fn nobody_leaves_an_orphan_if_there_is_another_way() {
    check(party(2), &["x...x.."], &["x...xoo"]);
    check(party(2), &["....."], &["oo..."]);
    check(party(1), &["x..x."], &["x..xo"]);
}

#[test]
fn the_last_pair_is_not_locked_out_by_the_orphan_rule() {
    check(party(2), &["x...x"], &["xoo.x"]);
    check(party(2), &["..."], &["oo."]);
    check(party(1), &[".."], &["o."]);
}

#[test]
fn a_party_without_a_row_sits_one_row_behind_the_other() {
    check(party(4), &["xx..xx", "..x.xx", "xx..xx"], &["xxooxx", "oox.xx", "xx..xx"]);
    check(party(5), &["xx...x", "x....x"], &["xxooox", "x..oox"]);
}

#[test]
fn a_party_that_does_not_fit_behind_one_another_sits_apart_only_if_it_may() {
    let house = ["..xxx..", "xxxxxxx"];
    check(party(4), &house, &[]);
    check(party_that_may_split(4), &house, &["ooxxxoo", "xxxxxxx"]);
}

#[test]
fn nobody_of_a_split_party_is_left_over_who_could_sit_with_another() {
    let house = ["....xx...xxx.", "xxxxxxxxxxxxx"];
    check(party_that_may_split(5), &house, &["..ooxxoooxxx.", "xxxxxxxxxxxxx"]);
}

#[test]
fn a_coach_party_fills_rows_behind_one_another() {
    check(
        party(12),
        &["..........", "..........", ".........."],
        &["..oooooo..", "..oooooo..", ".........."],
    );
    check(party(12), &["............"], &["oooooooooooo"]);
}

#[test]
fn a_party_is_refused_when_seats_are_short() {
    check(party_that_may_split(3), &["..x"], &[]);
    check(party_that_may_split(0), &["..x"], &[]);
}
