//! What a fault cost those who asked meanwhile.

use serde::Serialize;

use super::Latency;
use crate::tally::{Comparison, Under};

/// While something was done to the shop, against quiet seconds in which as much was asked.
#[derive(Debug, Serialize)]
pub struct ComparisonPart {
    /// Wanted from each fault until the fleet was whole again, and two seconds more.
    pub disturbed: UnderPart,
    /// Wanted in quiet seconds with as many requests, if there were such.
    pub quiet: Option<UnderPart>,
    /// The 99th percentile of the former divided by that of the latter.
    pub p99_ratio: Option<f64>,
}

/// Under one load.
#[derive(Debug, Serialize)]
pub struct UnderPart {
    /// How many seconds of the drill.
    pub seconds: u64,
    /// Requests wanted a second.
    pub rate: f64,
    /// In milliseconds.
    pub latency: Latency,
}

impl ComparisonPart {
    pub(super) fn of(comparison: &Comparison) -> Self {
        let disturbed = UnderPart::of("disturbed", &comparison.disturbed);
        let quiet = comparison.quiet.as_ref().map(|under| UnderPart::of("quiet", under));
        let p99 = quiet.as_ref().map(|quiet| quiet.latency.p99).filter(|p99| *p99 > 0.0);
        Self { p99_ratio: p99.map(|p99| disturbed.latency.p99 / p99), disturbed, quiet }
    }

    /// In a line.
    pub(super) fn text(&self) -> String {
        let UnderPart { seconds, rate, latency } = &self.disturbed;
        let against = match (&self.quiet, self.p99_ratio) {
            (Some(UnderPart { seconds, rate, latency }), Some(ratio)) => format!(
                "p99 {:.1} ms in quiet seconds under the same load ({} requests in {seconds} s, {rate:.0}/s): {ratio:.2} times",
                latency.p99, latency.count
            ),
            _ => "no quiet seconds under the same load to compare with".to_owned(),
        };
        format!(
            "p99 {:.1} ms, longest {:.0} ms for who asked during a fault ({} requests in {seconds} s, {rate:.0}/s); {against}",
            latency.p99, latency.max, latency.count
        )
    }
}

impl UnderPart {
    fn of(name: &'static str, under: &Under) -> Self {
        let Under { seconds, rate, latencies } = under;
        Self { seconds: *seconds, rate: *rate, latency: Latency::of(name, latencies) }
    }
}
