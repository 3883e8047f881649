//! Best available as a query with window functions, on PostgreSQL and on SQLite.
//!
//! The query asks for less than the ledger does: it knows no aisles, no wheelchair pairs and no allocations, and it
//! does not take the seats. Free seats come from a covering partial index in the order that the windows need, so
//! neither database sorts.

use std::fmt::Write;

use frontrow_ledger::SeatId;
use rusqlite::OptionalExtension as _;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, QueryBuilder};

/// A seat as the table has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeatRow {
    pub(crate) seat: i32,
    pub(crate) category: i32,
    /// Running number of the row.
    pub(crate) row: i32,
    /// Running number in the row.
    pub(crate) place: i32,
    /// Distance from the focal point; smaller is better.
    pub(crate) score: i32,
    pub(crate) free: bool,
}

/// Either database, with one table of seats.
pub(crate) enum SeatTable {
    Postgres(PgConnection),
    Sqlite(rusqlite::Connection),
}

impl SeatTable {
    /// What the report calls it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "window functions, PostgreSQL",
            Self::Sqlite(_) => "window functions, SQLite",
        }
    }

    /// Creates and fills the table.
    pub(crate) async fn fill(&mut self, seats: &[SeatRow]) -> anyhow::Result<()> {
        self.execute("DROP TABLE IF EXISTS seat".to_owned()).await?;
        self.execute(
            "CREATE TABLE seat (
                 seat integer PRIMARY KEY,
                 category integer NOT NULL,
                 row_no integer NOT NULL,
                 place integer NOT NULL,
                 score integer NOT NULL,
                 free boolean NOT NULL
             )"
            .to_owned(),
        )
        .await?;
        for chunk in seats.chunks(5_000) {
            match self {
                Self::Postgres(connection) => {
                    let mut insert = QueryBuilder::<sqlx::Postgres>::new("INSERT INTO seat ");
                    insert.push_values(chunk, |mut row, seat| {
                        row.push_bind(seat.seat).push_bind(seat.category).push_bind(seat.row);
                        row.push_bind(seat.place).push_bind(seat.score).push_bind(seat.free);
                    });
                    insert.build().execute(connection).await?;
                }
                Self::Sqlite(connection) => {
                    let transaction = connection.transaction()?;
                    for seat in chunk {
                        let values =
                            (seat.seat, seat.category, seat.row, seat.place, seat.score, seat.free);
                        transaction
                            .prepare_cached("INSERT INTO seat VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                            .execute(values)?;
                    }
                    transaction.commit()?;
                }
            }
        }
        // PostgreSQL can keep what the query returns beside the key; SQLite has no INCLUDE.
        let index = match self {
            Self::Postgres(_) => "(category, row_no, place) INCLUDE (score, seat) WHERE free",
            Self::Sqlite(_) => "(category, row_no, place, score, seat) WHERE free",
        };
        self.execute(format!("CREATE INDEX seat_free ON seat {index}")).await?;
        self.settle().await
    }

    /// Lets the database tidy up after changes, so that the query finds its index in order.
    pub(crate) async fn settle(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Postgres(_) => self.execute("VACUUM ANALYZE seat".to_owned()).await,
            Self::Sqlite(_) => self.execute("ANALYZE".to_owned()).await,
        }
    }

    /// The best free seats side by side of a category: the first of them, or none.
    pub(crate) async fn best(&mut self, category: i32, party: u16) -> anyhow::Result<Option<i32>> {
        let query = best_sql(party);
        Ok(match self {
            Self::Postgres(connection) => {
                let query = sqlx::query_scalar(AssertSqlSafe(query)).bind(category);
                query.fetch_optional(connection).await?
            }
            Self::Sqlite(connection) => {
                let mut query = connection.prepare_cached(&query)?;
                query.query_row([category], |row| row.get(0)).optional()?
            }
        })
    }

    /// Takes or frees seats.
    pub(crate) async fn set_free(&mut self, seats: &[SeatId], free: bool) -> anyhow::Result<()> {
        let mut list = String::new();
        for seat in seats {
            let _ = write!(list, "{}{seat}", if list.is_empty() { "" } else { "," });
        }
        self.execute(format!("UPDATE seat SET free = {free} WHERE seat IN ({list})")).await
    }

    /// Ends the connection.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        match self {
            Self::Postgres(connection) => connection.close().await?,
            Self::Sqlite(connection) => connection.close().map_err(|(_, error)| error)?,
        }
        Ok(())
    }

    async fn execute(&mut self, sql: String) -> anyhow::Result<()> {
        match self {
            Self::Postgres(connection) => connection.execute(AssertSqlSafe(sql)).await.map(drop)?,
            Self::Sqlite(connection) => connection.execute_batch(&sql)?,
        }
        Ok(())
    }
}

/// The size of the party is part of the text: frames want constants, and a statement is prepared once for each.
fn best_sql(party: u16) -> String {
    let last = party.saturating_sub(1);
    let after = party + 1;
    format!(
        "SELECT seat FROM (
             SELECT seat, place,
                 lead(place, {last}) OVER run AS end_place,
                 lag(place, 1) OVER run AS left_1, lag(place, 2) OVER run AS left_2,
                 lead(place, {party}) OVER run AS right_1, lead(place, {after}) OVER run AS right_2,
                 sum(score) OVER (run ROWS BETWEEN CURRENT ROW AND {last} FOLLOWING) AS total
             FROM seat WHERE category = $1 AND free
             WINDOW run AS (PARTITION BY row_no ORDER BY place)
         ) AS free_run
         WHERE end_place = place + {last}
         ORDER BY
             CASE WHEN left_1 = place - 1 AND left_2 IS DISTINCT FROM place - 2 THEN 1 ELSE 0 END
             + CASE WHEN right_1 = place + {party}
                 AND right_2 IS DISTINCT FROM place + {after} THEN 1 ELSE 0 END,
             total
         LIMIT 1"
    )
}
