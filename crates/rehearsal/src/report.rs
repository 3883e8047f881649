//! What a drill showed: for machines as JSON, for people as one page with pictures.

mod charts;
mod comparison;
mod hall;
mod page;
mod room;
mod svg;

use hdrhistogram::{Counter, Histogram};
use serde::Serialize;

pub use comparison::{ComparisonPart, UnderPart};
pub use page::html;

use crate::{
    Outcome, Plan,
    fan::End,
    limits::TICK_MS,
    room::{Figures, RoomLog},
    sweep::Check,
    tally::{Counts, Mark, Recovery, Step},
    usage::Used,
};

/// Everything in figures.
#[derive(Debug, Serialize)]
pub struct Report {
    /// What was drilled.
    pub shop: ShopPart,
    /// By whom.
    pub plan: PlanPart,
    /// On what, in the words of whoever ran it.
    pub setting: Vec<(String, String)>,
    /// Seconds until everybody was home.
    pub seconds: f64,
    /// Fans had to be carried out after the time limit.
    pub cut: bool,
    /// What was counted.
    pub counts: Counts,
    /// How the fans' days ended.
    pub ends: Ends,
    /// Seconds from the opening until nothing was left.
    pub sold_out_seconds: Option<f64>,
    /// Places that nobody had, before and after.
    pub left: (u64, u64),
    /// Places on valid tickets of the fans' orders.
    pub sold: u64,
    /// Orders.
    pub orders: Speed,
    /// Requests.
    pub requests: Speed,
    /// Latencies, from the moment a fan wanted something until it was there.
    pub steps: Vec<Latency>,
    /// From the arrival to the tickets, thinking included.
    pub purchase: Latency,
    /// Requests that failed for good.
    pub failures: Vec<Failure>,
    /// What was done to the shop, and how it took it.
    pub recoveries: Vec<Recovery>,
    /// While something was done to the shop, against quiet seconds under the same load.
    pub comparison: Option<ComparisonPart>,
    /// The waiting room, if the drill set one up.
    pub room: Option<Figures>,
    /// What the processes used, if they could be seen.
    pub usage: Vec<Used>,
    /// Processor time of all of them for one order.
    pub cpu_seconds_per_order: Option<f64>,
    /// What must be true.
    pub checks: Vec<Check>,
    /// Whether all of it is, and nothing failed.
    pub passed: bool,
}

/// What was drilled.
#[derive(Debug, Serialize)]
pub struct ShopPart {
    /// Where.
    pub base: String,
    /// What.
    pub title: String,
    /// In which hall.
    pub venue: String,
    /// Of the performance.
    pub performance: String,
    /// Places, whoever has them.
    pub capacity: i64,
}

/// By whom.
#[derive(Debug, Serialize)]
pub struct PlanPart {
    /// How many.
    pub fans: u32,
    /// When they came.
    pub curve: String,
    /// Who came.
    pub mix: String,
    /// How many times faster than life.
    pub compression: f64,
    /// Of everything random.
    pub seed: u64,
    /// That they shared.
    pub connections: usize,
}

/// How the fans' days ended.
#[derive(Debug, Default, Serialize)]
pub struct Ends {
    /// With tickets.
    pub bought: u64,
    /// As they intended: looked, gave back, went away.
    pub as_intended: u64,
    /// Nothing was left for them.
    pub sold_out: u64,
    /// Refused again and again.
    pub refused: u64,
    /// After a request that failed for good.
    pub lost: u64,
    /// Paid, but the tickets were not there in time.
    pub waiting: u64,
    /// Did not come when it was their turn in the waiting room.
    pub no_show: u64,
    /// Still waited in the room.
    pub queueing: u64,
}

/// How many a second.
#[derive(Debug, Serialize)]
pub struct Speed {
    /// In the best second.
    pub peak: f64,
    /// From the opening until 95 % of them were done.
    pub sustained: f64,
}

/// A latency's distribution, in milliseconds.
#[derive(Debug, Serialize)]
pub struct Latency {
    /// Of what.
    pub step: &'static str,
    /// How many.
    pub count: u64,
    /// Half of them were not slower.
    pub p50: f64,
    /// 90 % of them were not slower.
    pub p90: f64,
    /// 99 %.
    pub p99: f64,
    /// 99.9 %.
    pub p999: f64,
    /// The slowest.
    pub max: f64,
}

/// Requests that failed for good.
#[derive(Debug, Serialize)]
pub struct Failure {
    /// At which step.
    pub step: &'static str,
    /// Why.
    pub cause: String,
    /// How often.
    pub count: u64,
}

/// What was seen beside the drill itself, by whoever could.
#[derive(Debug, Default)]
pub struct Beside {
    /// Checks from inside, if the database could be reached.
    pub inside: Vec<Check>,
    /// What the log of the waiting room says, if there was one and it could be read.
    pub room: Option<RoomLog>,
    /// What the processes used.
    pub usage: Vec<Used>,
    /// What they had used when turns began to come.
    pub before_turns: Vec<Used>,
}

impl Report {
    /// Sums up.
    pub fn new(
        plan: &Plan,
        outcome: &Outcome,
        setting: Vec<(String, String)>,
        beside: &Beside,
    ) -> Self {
        let Beside { inside, room: log, usage, before_turns } = beside;
        let Outcome { target, kept, .. } = outcome;
        let opening_ms = plan.crowd.opening().as_secs_f64() * 1_000.0;
        let since_opening = |ms: u64| (ms as f64 - opening_ms).max(0.0) / 1_000.0;
        let room = outcome.room.as_ref().map(|room| {
            let before = before_turns.clone();
            let compression = plan.crowd.compression;
            Figures::of(room, &outcome.stories, kept, log.as_ref(), before, compression)
        });
        let judged = room.iter().flat_map(|room| room.checks(plan.crowd.compression));
        let checks = outcome.sweep.checks.iter().cloned().chain(judged);
        let checks: Vec<Check> = checks.chain(inside.iter().cloned()).collect();
        let cpu: f64 = usage.iter().map(|used| used.cpu_seconds).sum();
        let orders = kept.total.orders;
        let steps =
            Step::ALL.iter().zip(&kept.steps).filter(|(_, histogram)| !histogram.is_empty());
        let failures = kept.failures.iter();
        let passed = checks.iter().all(Check::holds) && kept.total.errors == 0 && !outcome.cut;
        Self {
            shop: ShopPart {
                base: plan.base.clone(),
                title: target.title.clone(),
                venue: target.venue.clone(),
                performance: target.performance.to_string(),
                capacity: target.capacity,
            },
            plan: PlanPart {
                fans: plan.crowd.fans,
                curve: plan.crowd.curve.to_string(),
                mix: plan.crowd.mix.name().to_owned(),
                compression: plan.crowd.compression,
                seed: plan.crowd.seed,
                connections: plan.connections,
            },
            setting,
            seconds: outcome.took.as_secs_f64(),
            cut: outcome.cut,
            counts: kept.total,
            ends: Ends::of(outcome),
            sold_out_seconds: outcome.watched.sold_out_ms.map(since_opening),
            left: outcome.left,
            sold: outcome.sweep.sold,
            orders: Speed::of(&kept.ticks, opening_ms, |counts| counts.orders),
            requests: Speed::of(&kept.ticks, opening_ms, |counts| counts.requests),
            steps: steps.map(|(step, histogram)| Latency::of(step.name(), histogram)).collect(),
            purchase: Latency::of("whole purchase", &kept.purchases),
            failures: failures
                .map(|(step, cause, count)| Failure {
                    step: step.name(),
                    cause: cause.clone(),
                    count: *count,
                })
                .collect(),
            recoveries: kept.recoveries(),
            comparison: kept.comparison().map(|both| ComparisonPart::of(&both)),
            cpu_seconds_per_order: (cpu > 0.0 && orders > 0).then(|| cpu / orders as f64),
            room,
            usage: usage.clone(),
            checks,
            passed,
        }
    }

    /// In a few lines, for the terminal.
    pub fn summary(&self) -> String {
        use std::fmt::Write as _;
        let mut text = String::new();
        let sold_out = match self.sold_out_seconds {
            Some(seconds) => format!("sold out after {seconds:.1} s"),
            None => format!("{} places left", self.left.1),
        };
        let Counts { requests, errors, retries, waits, .. } = self.counts;
        let mut line =
            |line: String| writeln!(text, "{line}").expect("writing to a string cannot fail");
        line(format!(
            "{} orders with {} places, {sold_out}; {:.0} orders/s sustained, {:.0}/s at the peak",
            self.counts.orders, self.sold, self.orders.sustained, self.orders.peak
        ));
        line(format!(
            "{requests} requests, {errors} failed, {retries} worked the second time, {waits} times told to wait"
        ));
        for (name, found) in self.room.iter().flat_map(room::lines) {
            line(format!("{name}: {found}"));
        }
        for failure in &self.failures {
            line(format!("  failed: {} x {}: {}", failure.count, failure.step, failure.cause));
        }
        for recovery in &self.recoveries {
            let Mark { at_ms, what } = &recovery.mark;
            line(format!("  {:.1} s {what}: {}", *at_ms as f64 / 1_000.0, recovered(recovery)));
        }
        if let Some(comparison) = &self.comparison {
            line(comparison.text());
        }
        if let Some(cpu) = self.cpu_seconds_per_order {
            let memory: f64 = self.usage.iter().map(|used| used.memory_mib).sum();
            line(format!(
                "{:.2} ms of processor time an order, {memory:.0} MiB in all",
                cpu * 1_000.0
            ));
        }
        for check in &self.checks {
            let verdict = if check.holds() { "ok  " } else { "BAD " };
            line(format!("{verdict} {} ({}, {} examined)", check.what, check.from, check.examined));
            for violation in &check.violations {
                line(format!("       {violation}"));
            }
        }
        line(if self.passed { "PASSED" } else { "NOT PASSED" }.to_owned());
        text
    }
}

impl Ends {
    fn of(outcome: &Outcome) -> Self {
        let count = |end| outcome.stories.iter().filter(|story| story.end == end).count() as u64;
        Self {
            bought: count(End::Bought),
            as_intended: count(End::AsIntended),
            sold_out: count(End::SoldOut),
            refused: count(End::Refused),
            lost: count(End::Lost),
            waiting: count(End::Waiting),
            no_show: count(End::NoShow),
            queueing: count(End::Queueing),
        }
    }
}

impl Speed {
    fn of(ticks: &[Counts], opening_ms: f64, count: impl Fn(&Counts) -> u64) -> Self {
        let per_second = usize::try_from(1_000 / TICK_MS).unwrap_or(1);
        let peak =
            ticks.chunks(per_second).map(|second| second.iter().map(&count).sum::<u64>()).max();
        let total: u64 = ticks.iter().map(&count).sum();
        let mut so_far = 0;
        let done = ticks.iter().position(|tick| {
            so_far += count(tick);
            so_far as f64 >= total as f64 * 0.95
        });
        let seconds =
            done.map_or(0.0, |tick| ((tick + 1) as f64 * TICK_MS as f64 - opening_ms) / 1_000.0);
        let sustained = if seconds > 0.0 { so_far as f64 / seconds } else { 0.0 };
        Self { peak: peak.unwrap_or(0) as f64, sustained }
    }
}

impl Latency {
    fn of<C: Counter>(step: &'static str, histogram: &Histogram<C>) -> Self {
        let at = |percent| histogram.value_at_percentile(percent) as f64 / 1_000.0;
        Self {
            step,
            count: histogram.len(),
            p50: at(50.0),
            p90: at(90.0),
            p99: at(99.0),
            p999: at(99.9),
            max: histogram.max() as f64 / 1_000.0,
        }
    }
}

/// How the shop took it, in words.
fn recovered(recovery: &Recovery) -> String {
    let Recovery { silent_ms, troubled_ms, served_ms, .. } = recovery;
    let served = served_ms.map_or_else(
        || "no hold, order or payment after it".to_owned(),
        |ms| format!("the next hold, order or payment after {ms} ms"),
    );
    format!("trouble for {troubled_ms} ms, no answer for {silent_ms} ms at most, {served}")
}

/// Microseconds as people say them.
pub(crate) fn duration(us: u64) -> String {
    let ms = us as f64 / 1_000.0;
    match ms {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 1_000.0 => format!("{ms:.0} ms"),
        ms if ms < 60_000.0 => format!("{:.1} s", ms / 1_000.0),
        ms => format!("{:.1} min", ms / 60_000.0),
    }
}
