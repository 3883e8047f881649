//! Whether the shop lives, and whether whoever balances load should send requests here.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use axum::{extract::State, http::StatusCode};
use frontrow_ledger::Time;

use crate::{
    app::App,
    limits::{DATABASE_AWAY_MS, READY_ANSWER},
};

/// What a process knows about its readiness. Cheap to clone; every clone is the same.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<Known>);

#[derive(Debug)]
struct Known {
    draining: AtomicBool,
    /// When the database answered last.
    answered_at: AtomicI64,
}

impl Default for Known {
    fn default() -> Self {
        Self { draining: AtomicBool::new(false), answered_at: AtomicI64::new(i64::MIN) }
    }
}

impl Readiness {
    /// From now on requests should go elsewhere; those that come are answered.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    /// Whether requests should go elsewhere.
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Relaxed)
    }

    /// Whether a database that does not answer at this moment has answered lately.
    ///
    /// All replicas share it. Were they not ready as soon as it is away, the balancer would have
    /// nobody to send requests to and fail them all, while they could wait for the seconds that a
    /// restart or a failover takes.
    fn answered_lately(&self, now: Time) -> bool {
        let answered_at = self.0.answered_at.load(Ordering::Relaxed);
        answered_at != i64::MIN && now.ms_since(Time(answered_at)) < DATABASE_AWAY_MS
    }

    fn answered(&self, now: Time) {
        self.0.answered_at.store(now.0, Ordering::Relaxed);
    }
}

/// The process answers.
pub async fn live() -> &'static str {
    "alive\n"
}

/// Requests may come here: 200. While it drains, 404: send nothing new, and let it finish what it has.
/// Otherwise 503: whatever was sent here is better sent elsewhere.
pub async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    let readiness = &app.config.readiness;
    if readiness.is_draining() {
        return (StatusCode::NOT_FOUND, "draining\n");
    }
    let now = app.shop.now();
    if matches!(tokio::time::timeout(READY_ANSWER, app.shop.ready()).await, Ok(Ok(()))) {
        readiness.answered(now);
        return (StatusCode::OK, "ready\n");
    }
    if readiness.answered_lately(now) {
        tracing::warn!("the database does not answer; requests wait for it");
        return (StatusCode::OK, "ready, waiting for the database\n");
    }
    tracing::warn!("not ready: the database does not answer");
    (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
}

#[cfg(test)]
mod tests {
    use super::Readiness;
    use crate::limits::DATABASE_AWAY_MS;
    use frontrow_ledger::Time;

    #[test]
    fn a_database_that_is_away_for_a_moment_makes_nobody_unready() {
        let readiness = Readiness::default();
        assert!(!readiness.answered_lately(Time(0)), "it has never answered");
        readiness.answered(Time(1_000));
        assert!(readiness.answered_lately(Time(1_000 + DATABASE_AWAY_MS - 1)));
        assert!(!readiness.answered_lately(Time(1_000 + DATABASE_AWAY_MS)));
    }
}
