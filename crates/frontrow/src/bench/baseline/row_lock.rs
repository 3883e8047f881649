//! (a) The number of taken places is one row of a table; whoever holds the row decides.

use anyhow::ensure;
use async_trait::async_trait;
use sqlx::{Executor, PgPool, Row};

use super::HOLD_SECONDS;
use crate::bench::load::{Ask, Contender};

pub(super) const LOCKED_AREA: i32 = 1;
pub(super) const UPDATED_AREA: i32 = 2;

/// Creates the tables where they are missing and the area anew, empty. Rows of `area` have room for their next
/// versions on the same page, so that no update touches an index.
pub(super) async fn prepare(pool: &PgPool, area: i32) -> anyhow::Result<()> {
    pool.execute(
        "CREATE TABLE IF NOT EXISTS area (
             area integer PRIMARY KEY,
             capacity integer NOT NULL,
             taken integer NOT NULL
         ) WITH (fillfactor = 10);
         CREATE TABLE IF NOT EXISTS hold (
             hold uuid PRIMARY KEY,
             area integer NOT NULL,
             places integer NOT NULL,
             until timestamptz NOT NULL
         )",
    )
    .await?;
    sqlx::query("DELETE FROM hold WHERE area = $1").bind(area).execute(pool).await?;
    sqlx::query(
        "INSERT INTO area (area, capacity, taken) VALUES ($1, 1000000, 0)
         ON CONFLICT (area) DO UPDATE SET taken = 0",
    )
    .bind(area)
    .execute(pool)
    .await?;
    pool.execute("VACUUM ANALYZE area").await?;
    pool.execute("VACUUM ANALYZE hold").await?;
    Ok(())
}

/// Reads the row under a lock, checks, then writes both rows in one statement.
pub(super) struct RowLock {
    pub(super) pool: PgPool,
}

#[async_trait]
impl Contender for RowLock {
    async fn hold(&self, ask: Ask) -> anyhow::Result<()> {
        let places = i32::from(ask.places);
        let mut transaction = self.pool.begin().await?;
        let row = sqlx::query("SELECT capacity, taken FROM area WHERE area = $1 FOR UPDATE")
            .bind(LOCKED_AREA)
            .fetch_one(&mut *transaction)
            .await?;
        let (capacity, taken): (i32, i32) = (row.try_get(0)?, row.try_get(1)?);
        ensure!(taken + places <= capacity, "sold out");
        sqlx::query(
            "WITH taken AS (UPDATE area SET taken = taken + $2 WHERE area = $1)
             INSERT INTO hold (hold, area, places, until)
             VALUES ($3, $1, $2, now() + make_interval(secs => $4))",
        )
        .bind(LOCKED_AREA)
        .bind(places)
        .bind(uuid::Uuid::from_u128(ask.hold))
        .bind(HOLD_SECONDS)
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }
}

/// Checks and writes in one statement, one round trip: as good as one row gets.
pub(super) struct Update {
    pub(super) pool: PgPool,
}

#[async_trait]
impl Contender for Update {
    async fn hold(&self, ask: Ask) -> anyhow::Result<()> {
        let done = sqlx::query(
            "WITH taken AS (
                 UPDATE area SET taken = taken + $2
                 WHERE area = $1 AND taken + $2 <= capacity RETURNING area
             )
             INSERT INTO hold (hold, area, places, until)
             SELECT $3, area, $2, now() + make_interval(secs => $4) FROM taken",
        )
        .bind(UPDATED_AREA)
        .bind(i32::from(ask.places))
        .bind(uuid::Uuid::from_u128(ask.hold))
        .bind(HOLD_SECONDS)
        .execute(&self.pool)
        .await?;
        ensure!(done.rows_affected() == 1, "sold out");
        Ok(())
    }
}
