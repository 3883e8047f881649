//! A closed loop of many callers: each asks, waits for the answer, asks again.
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use async_trait::async_trait;
use hdrhistogram::Histogram;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tokio::task::JoinSet;

use super::report::nanos;

/// One hold, as every contender is asked for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask {
    /// Unique.
    pub(crate) hold: u128,
    /// One or two.
    pub(crate) places: u16,
    /// Who asks.
    pub(crate) caller: usize,
    /// Anything: where a contender starts to look.
    pub(crate) hint: u32,
}

/// Something that holds places durably before it answers.
#[async_trait]
pub(crate) trait Contender: Send + Sync + 'static {
    /// Holds the places until an expiry, all or none, never more than there are; durable when it returns.
    async fn hold(&self, ask: Ask) -> anyhow::Result<()>;
}

/// What a while of asking showed.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// Nanoseconds from asking to the answer.
    latencies: Histogram<u64>,
    elapsed: Duration,
}

impl Default for Sample {
    fn default() -> Self {
        Self { latencies: new_histogram(), elapsed: Duration::ZERO }
    }
}

impl Sample {
    /// Answers that took so long, within a time.
    pub(crate) fn of(latencies: Histogram<u64>, elapsed: Duration) -> Self {
        Self { latencies, elapsed }
    }

    /// Adds one answer that took so long.
    pub(crate) fn record(&mut self, took: Duration) {
        self.latencies.saturating_record(nanos(took));
        self.elapsed += took;
    }

    /// Adds what another while showed of the same contender.
    pub(crate) fn add(&mut self, other: &Self) {
        self.latencies.add(&other.latencies).expect("all samples have the same bounds");
        self.elapsed += other.elapsed;
    }

    /// Answers.
    pub(crate) fn count(&self) -> u64 {
        self.latencies.len()
    }

    /// Answers a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.count() as f64 / self.elapsed.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// The latency that so many percent of the answers did not exceed.
    pub(crate) fn percentile(&self, percent: f64) -> Duration {
        Duration::from_nanos(self.latencies.value_at_percentile(percent))
    }
}

/// Lets so many callers ask one contender for a while.
pub(crate) async fn drive(
    contender: &Arc<dyn Contender>,
    callers: usize,
    duration: Duration,
) -> anyhow::Result<Sample> {
    let start = Instant::now();
    let deadline = start + duration;
    let mut tasks = JoinSet::new();
    for caller in 0..callers {
        tasks.spawn(call_until(Arc::clone(contender), caller, deadline));
    }
    let mut sample = Sample::default();
    while let Some(done) = tasks.join_next().await {
        let latencies = done.context("a caller ended early")??;
        sample.latencies.add(latencies).expect("all samples have the same bounds");
    }
    sample.elapsed = start.elapsed();
    Ok(sample)
}

async fn call_until(
    contender: Arc<dyn Contender>,
    caller: usize,
    deadline: Instant,
) -> anyhow::Result<Histogram<u64>> {
    let mut random = SmallRng::seed_from_u64(rand::random());
    let mut latencies = new_histogram();
    let mut asked = Instant::now();
    while asked < deadline {
        let places = random.random_range(1..=2);
        let ask = Ask { hold: random.random(), places, caller, hint: random.random() };
        contender.hold(ask).await?;
        let answered = Instant::now();
        latencies.saturating_record(nanos(answered - asked));
        asked = answered;
    }
    Ok(latencies)
}

/// Empty, with the bounds of all.
pub(crate) fn new_histogram() -> Histogram<u64> {
    const LONGEST_NANOS: u64 = 120_000_000_000;
    Histogram::new_with_bounds(1, LONGEST_NANOS, 2).expect("the bounds are in order")
}
