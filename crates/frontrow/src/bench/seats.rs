//! Best available in a stadium of 80,000 seats, where parties come and go: the ledger's index beside SQL.
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context;
use frontrow_ledger::{
    CategoryId, SeatId,
    sale::{Point, Seating, Terms},
};

use super::{
    house::{CATEGORIES, Churn, SEATS, Step, stadium},
    load::Sample,
    postgres::Scratch,
    report::{Group, Line, thousands},
    seats_sql::{SeatRow, SeatTable},
};

/// How full the house is, in percent, when the contenders begin their turns.
const FULL: [usize; 3] = [20, 50, 80];
/// Steps of the ledger's turn; as many as SQL manages in its time are few.
const STEPS: usize = 20_000;
/// Steps after which a database may tidy up.
const SETTLE_EVERY: usize = 200;

/// From the same houses, both seat the same parties.
pub(crate) async fn measure(
    seconds: u64,
    directory: &Path,
    scratch: Option<&Scratch>,
) -> anyhow::Result<Group> {
    let terms = stadium();
    let (mut ours, mut theirs) = (Sample::default(), Sample::default());
    let mut table = connect(directory, scratch).await?;
    let mut house = Seating::new(&terms);
    let mut churn = Churn::new(7);
    for percent in FULL {
        eprintln!("best available: {percent} % of the house taken");
        fill(&mut house, &mut churn, SEATS * percent / 100);
        table.fill(&rows(&terms, &house)).await?;
        let turn = Duration::from_secs(seconds) / FULL.len() as u32;
        let steps = seat_in_sql(&mut table, &mut churn.clone(), turn, &mut theirs).await?;
        seat_in_ledger(&mut house.clone(), &mut churn.clone(), steps.max(STEPS), &mut ours);
    }
    let title = format!(
        "Best available, {} seats, parties of 1 to 10, three leave for seven that come",
        thousands(SEATS as f64)
    );
    let mut group = Group::new(title, "searches");
    let base = theirs.per_second();
    group.lines.push(Line::of("ledger, seats taken", None, &ours).against(Some(base)));
    group.lines.push(Line::of(table.name(), None, &theirs).against(Some(base)));
    group.notes.push("ratio: to the query, which only looks".to_owned());
    table.close().await?;
    Ok(group)
}

/// Lets parties come and go until so many seats are taken.
fn fill(house: &mut Seating, churn: &mut Churn, taken: usize) {
    let free = |house: &Seating| (0..CATEGORIES).map(|c| house.free_in(CategoryId(c))).sum::<u32>();
    while free(house) as usize + taken > SEATS {
        seat_in_ledger(house, churn, 1, &mut Sample::default());
    }
}

/// Finding and taking are one figure: the index is kept up to date while seats are taken.
fn seat_in_ledger(house: &mut Seating, churn: &mut Churn, steps: usize, sample: &mut Sample) {
    for _ in 0..steps {
        match churn.step() {
            Step::GiveBack(seats) => house.give_back_all(&seats),
            Step::Seat { category, people } => {
                let begin = Instant::now();
                let found = house.best(category, people, false);
                if let Some(seats) = &found {
                    house.take_all(seats);
                }
                sample.record(begin.elapsed());
                if let Some(seats) = found {
                    churn.seated(seats);
                }
            }
        }
    }
}

/// Only the search is timed. Returns the steps that there was time for.
async fn seat_in_sql(
    table: &mut SeatTable,
    churn: &mut Churn,
    turn: Duration,
    sample: &mut Sample,
) -> anyhow::Result<usize> {
    let deadline = Instant::now() + turn;
    let mut steps = 0;
    while Instant::now() < deadline {
        match churn.step() {
            Step::GiveBack(seats) => table.set_free(&seats, true).await?,
            Step::Seat { category, people } => {
                let begin = Instant::now();
                let first = table.best(i32::from(category.0), u16::try_from(people)?).await?;
                sample.record(begin.elapsed());
                if let Some(first) = first {
                    let first = u32::try_from(first).context("a seat has a number")?;
                    let seats: Vec<_> = (first..).map(SeatId).take(people).collect();
                    table.set_free(&seats, false).await?;
                    churn.seated(seats);
                }
            }
        }
        steps += 1;
        if steps % SETTLE_EVERY == 0 {
            table.settle().await?;
        }
    }
    Ok(steps)
}

async fn connect(directory: &Path, scratch: Option<&Scratch>) -> anyhow::Result<SeatTable> {
    Ok(match scratch {
        Some(scratch) => SeatTable::Postgres(scratch.connect().await?),
        None => {
            let connection = rusqlite::Connection::open(directory.join("seats.db"))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            SeatTable::Sqlite(connection)
        }
    })
}

/// The house as a table.
fn rows(terms: &Terms, house: &Seating) -> Vec<SeatRow> {
    let mut rows = Vec::with_capacity(SEATS);
    for (row, row_no) in terms.rows.iter().zip(0..) {
        for (seat, place) in row.seats.iter().zip(0..) {
            let id = rows.len() as u32;
            rows.push(SeatRow {
                seat: id.cast_signed(),
                category: i32::from(seat.category.0),
                row: row_no,
                place,
                score: distance(seat.at, terms.focus),
                free: house.is_free(SeatId(id)),
            });
        }
    }
    rows
}

fn distance(one: Point, other: Point) -> i32 {
    f64::from(one.x - other.x).hypot(f64::from(one.y - other.y)) as i32
}
