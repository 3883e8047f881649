//! The same rule in plain SQL, as well as we can write it: what the ledger is compared with.
//!
//! Every baseline holds one or two places of one area until an expiry, all or none, never more than the area has,
//! and is durable when it answers. Statements are prepared once per connection, transactions are as short as the
//! rule allows, and the pool has the size that was fastest when tried.

mod advisory;
mod row_lock;
mod skip_locked;

use std::{sync::Arc, time::Duration};

use sqlx::PgPool;

use super::{
    load::{Contender, Sample, drive},
    postgres::Scratch,
};

/// Minutes that a hold lives; nothing lapses while we measure.
const HOLD_SECONDS: f64 = 600.0;

/// A way to hold places in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Baseline {
    /// Counts in one row, read and locked by `SELECT .. FOR UPDATE`.
    RowLock,
    /// Counts in one row, by one conditional `UPDATE`.
    Update,
    /// One row per place, taken by `FOR UPDATE SKIP LOCKED`.
    SkipLocked,
    /// Counts the live places under an advisory lock; the number are sold beforehand.
    Advisory {
        /// Places.
        sold: u32,
    },
}

impl Baseline {
    /// All of them, in the order of the report.
    pub(crate) const ALL: [Self; 5] = [
        Self::RowLock,
        Self::Update,
        Self::SkipLocked,
        Self::Advisory { sold: 0 },
        Self::Advisory { sold: 40_000 },
    ];

    /// What the report calls it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::RowLock => "(a) one row, SELECT .. FOR UPDATE",
            Self::Update => "(a') one row, one conditional UPDATE",
            Self::SkipLocked => "(b) a row per place, SKIP LOCKED",
            Self::Advisory { sold: 0 } => "(c) advisory lock and count(*)",
            Self::Advisory { .. } => "(c') the same with 40,000 sold",
        }
    }

    async fn prepare(self, pool: &PgPool) -> anyhow::Result<()> {
        match self {
            Self::RowLock => row_lock::prepare(pool, row_lock::LOCKED_AREA).await,
            Self::Update => row_lock::prepare(pool, row_lock::UPDATED_AREA).await,
            Self::SkipLocked => skip_locked::prepare(pool).await,
            Self::Advisory { sold } => advisory::prepare(pool, sold).await,
        }
    }

    fn contender(self, pool: PgPool) -> Arc<dyn Contender> {
        match self {
            Self::RowLock => Arc::new(row_lock::RowLock { pool }),
            Self::Update => Arc::new(row_lock::Update { pool }),
            Self::SkipLocked => Arc::new(skip_locked::SkipLocked { pool }),
            Self::Advisory { sold } => Arc::new(advisory::Advisory { pool, sold }),
        }
    }
}

/// Fills the tables of a baseline, tries every size of the pool for a while and returns the fastest.
pub(crate) async fn tune(
    baseline: Baseline,
    scratch: &Scratch,
    callers: usize,
    trial: Duration,
) -> anyhow::Result<u32> {
    let setup = scratch.pool(1).await?;
    baseline.prepare(&setup).await?;
    let mut best = (0, 0.0);
    for connections in scratch.pool_sizes() {
        let sample = turn(baseline, scratch, connections, callers, trial).await?;
        if sample.per_second() > best.1 {
            best = (connections, sample.per_second());
        }
    }
    // What the trials left behind must not slow down what is measured.
    baseline.prepare(&setup).await?;
    setup.close().await;
    Ok(best.0)
}

/// Lets callers ask for a while, over a pool of their own.
pub(crate) async fn turn(
    baseline: Baseline,
    scratch: &Scratch,
    connections: u32,
    callers: usize,
    duration: Duration,
) -> anyhow::Result<Sample> {
    let pool = scratch.pool(connections).await?;
    let sample = drive(&baseline.contender(pool.clone()), callers, duration).await;
    pool.close().await;
    sample
}
