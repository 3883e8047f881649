//! (b) Every place is a row; a buyer takes the first free ones that nobody else has in hand.

use anyhow::bail;
use async_trait::async_trait;
use sqlx::{Executor, PgPool};

use super::HOLD_SECONDS;
use crate::bench::load::{Ask, Contender};

/// More than are taken while we measure, so that nobody searches a full house.
const PLACES: i32 = 400_000;

/// Creates the places, all free. Pages have room for a second version of each row, so that no update touches the
/// index.
pub(super) async fn prepare(pool: &PgPool) -> anyhow::Result<()> {
    pool.execute(
        "DROP TABLE IF EXISTS place;
         CREATE TABLE place (
             place integer PRIMARY KEY,
             hold uuid,
             until timestamptz NOT NULL
         ) WITH (fillfactor = 45)",
    )
    .await?;
    sqlx::query(
        "INSERT INTO place SELECT i, NULL, '-infinity' FROM generate_series(0, $1 - 1) AS i",
    )
    .bind(PLACES)
    .execute(pool)
    .await?;
    pool.execute("VACUUM ANALYZE place").await?;
    Ok(())
}

pub(super) struct SkipLocked {
    pub(super) pool: PgPool,
}

#[async_trait]
impl Contender for SkipLocked {
    /// Everybody starts to look at another place: from the same end, all would step over the same taken rows.
    async fn hold(&self, ask: Ask) -> anyhow::Result<()> {
        let start = i32::try_from(ask.hint % PLACES.unsigned_abs())?;
        for from in [start, 0] {
            let done = sqlx::query(
                "WITH free AS (
                     SELECT place FROM place WHERE place >= $1 AND until <= now()
                     ORDER BY place LIMIT $2 FOR UPDATE SKIP LOCKED
                 )
                 UPDATE place SET hold = $3, until = now() + make_interval(secs => $4)
                 FROM free WHERE place.place = free.place
                 AND (SELECT count(*) FROM free) = $2",
            )
            .bind(from)
            .bind(i64::from(ask.places))
            .bind(uuid::Uuid::from_u128(ask.hold))
            .bind(HOLD_SECONDS)
            .execute(&self.pool)
            .await?;
            if done.rows_affected() == u64::from(ask.places) {
                return Ok(());
            }
        }
        bail!("sold out")
    }
}
