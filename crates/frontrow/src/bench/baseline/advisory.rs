//! (c) Every held place is a row; a buyer counts the live ones under an advisory lock.

use anyhow::ensure;
use async_trait::async_trait;
use sqlx::{Executor, PgPool};

use super::HOLD_SECONDS;
use crate::bench::load::{Ask, Contender};

const CAPACITY: i64 = 1_000_000;

/// Creates the table where it is missing and the area anew, with so many places sold. Areas are told apart by that
/// number. The index answers the count.
pub(super) async fn prepare(pool: &PgPool, sold: u32) -> anyhow::Result<()> {
    pool.execute(
        "CREATE TABLE IF NOT EXISTS counted (
             area integer NOT NULL,
             hold uuid NOT NULL,
             until timestamptz NOT NULL
         );
         CREATE INDEX IF NOT EXISTS counted_live ON counted (area, until)",
    )
    .await?;
    let area = i32::try_from(sold)?;
    sqlx::query("DELETE FROM counted WHERE area = $1").bind(area).execute(pool).await?;
    sqlx::query(
        "INSERT INTO counted
         SELECT $1, gen_random_uuid(), 'infinity' FROM generate_series(1, $1)",
    )
    .bind(area)
    .execute(pool)
    .await?;
    pool.execute("VACUUM ANALYZE counted").await?;
    Ok(())
}

pub(super) struct Advisory {
    pub(super) pool: PgPool,
    pub(super) sold: u32,
}

#[async_trait]
impl Contender for Advisory {
    /// The lock is a statement of its own: the count needs a snapshot that was taken under it.
    async fn hold(&self, ask: Ask) -> anyhow::Result<()> {
        let area = i32::try_from(self.sold)?;
        let mut transaction = self.pool.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(i64::from(area))
            .execute(&mut *transaction)
            .await?;
        let done = sqlx::query(
            "INSERT INTO counted (area, hold, until)
             SELECT $1, $2, now() + make_interval(secs => $3) FROM generate_series(1, $4)
             WHERE $4 + (SELECT count(*) FROM counted WHERE area = $1 AND until > now()) <= $5",
        )
        .bind(area)
        .bind(uuid::Uuid::from_u128(ask.hold))
        .bind(HOLD_SECONDS)
        .bind(i64::from(ask.places))
        .bind(CAPACITY)
        .execute(&mut *transaction)
        .await?;
        ensure!(done.rows_affected() == u64::from(ask.places), "sold out");
        Ok(transaction.commit().await?)
    }
}
