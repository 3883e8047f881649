//! What was measured, as a table for people and as JSON for machines.

use std::{fmt::Write, time::Duration};

use serde::Serialize;

use super::{load::Sample, machine::Machine};

/// Everything one run measured.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// On what.
    pub(crate) machine: Machine,
    /// Of the server, if one was given.
    pub(crate) postgres: Option<Server>,
    /// Group after group.
    pub(crate) groups: Vec<Group>,
}

/// The PostgreSQL server that was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Server {
    /// In its own words.
    pub(crate) version: String,
    /// The same for every contender.
    pub(crate) synchronous_commit: String,
}

/// Lines that compare with each other.
#[derive(Debug, Serialize)]
pub(crate) struct Group {
    /// What all of them do.
    pub(crate) title: String,
    /// Of all values: holds/s, records/s, people.
    pub(crate) unit: String,
    /// One contender each.
    pub(crate) lines: Vec<Line>,
    /// Anything that the figures need to be understood.
    pub(crate) notes: Vec<String>,
}

impl Group {
    /// A group without lines, of how many there are in a second: holds, searches, records.
    pub(crate) fn new(title: impl Into<String>, what: &str) -> Self {
        Self::of(title, format!("{what}/s"))
    }

    /// A group without lines, of how many there are.
    pub(crate) fn of(title: impl Into<String>, unit: impl Into<String>) -> Self {
        Self { title: title.into(), unit: unit.into(), lines: Vec::new(), notes: Vec::new() }
    }
}

/// One contender.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    /// Who.
    pub(crate) name: String,
    /// To the database, where that is a choice.
    pub(crate) connections: Option<u32>,
    /// Units measured.
    pub(crate) count: u64,
    /// In the group's unit.
    pub(crate) value: f64,
    /// Median latency of one unit, in nanoseconds, where each was timed.
    pub(crate) p50_ns: Option<u64>,
    /// The latency that 99 % of the units did not exceed.
    pub(crate) p99_ns: Option<u64>,
    /// The value over that of the line that the group compares with.
    pub(crate) ratio: Option<f64>,
}

impl Line {
    /// What a closed loop of callers showed.
    pub(crate) fn of(name: impl Into<String>, connections: Option<u32>, sample: &Sample) -> Self {
        Self {
            name: name.into(),
            connections,
            count: sample.count(),
            value: sample.per_second(),
            p50_ns: Some(nanos(sample.percentile(50.0))),
            p99_ns: Some(nanos(sample.percentile(99.0))),
            ratio: None,
        }
    }

    /// Sets the ratio to the value of a line that this one is compared with.
    #[must_use]
    pub(crate) fn against(mut self, value: Option<f64>) -> Self {
        self.ratio = value.filter(|base| *base > 0.0).map(|base| self.value / base);
        self
    }
}

/// Whole nanoseconds, at least one.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX).max(1)
}

impl Report {
    /// For a terminal of 100 columns.
    pub(crate) fn table(&self) -> String {
        let mut out = String::new();
        let machine = &self.machine;
        let _ = write!(out, "{} processors", machine.processors);
        if let Some(name) = &machine.processor {
            let _ = write!(out, " ({name})");
        }
        if let Some(mib) = machine.memory_mib {
            let _ = write!(out, ", {} GiB", mib.div_ceil(1024));
        }
        let (p50, p99) = (machine.sync_p50_us * 1_000, machine.sync_p99_us * 1_000);
        let _ = writeln!(out, ", sync of 4 kB: p50 {}, p99 {}", time(p50), time(p99));
        if let Some(server) = &self.postgres {
            let Server { version, synchronous_commit } = server;
            let _ =
                writeln!(out, "PostgreSQL {version}, synchronous_commit = {synchronous_commit}");
        }
        if !machine.optimised {
            let _ = writeln!(out, "NOT OPTIMISED: build with --release before believing a figure");
        }
        for group in &self.groups {
            group.write(&mut out);
        }
        out
    }
}

impl Group {
    fn write(&self, out: &mut String) {
        let _ = writeln!(out, "\n{}", self.title);
        let _ = writeln!(
            out,
            "  {:<44}{:>6}{:>14}{:>10}{:>10}{:>10}",
            "", "conn.", self.unit, "p50", "p99", "ratio"
        );
        for line in &self.lines {
            let _ = writeln!(
                out,
                "  {:<44}{:>6}{:>14}{:>10}{:>10}{:>10}",
                line.name,
                line.connections.map_or(String::new(), |count| count.to_string()),
                thousands(line.value),
                line.p50_ns.map_or(String::new(), time),
                line.p99_ns.map_or(String::new(), time),
                line.ratio.map_or(String::new(), ratio),
            );
        }
        for note in &self.notes {
            let _ = writeln!(out, "  {note}");
        }
    }
}

/// Three digits and a unit: `940 ns`, `12.4 us`, `1.31 ms`.
fn time(ns: u64) -> String {
    let ns = ns as f64;
    let (value, unit) = match ns {
        _ if ns < 1e3 => (ns, "ns"),
        _ if ns < 1e6 => (ns / 1e3, "us"),
        _ if ns < 1e9 => (ns / 1e6, "ms"),
        _ => (ns / 1e9, "s"),
    };
    match value {
        _ if value >= 100.0 || unit == "ns" => format!("{value:.0} {unit}"),
        _ if value >= 10.0 => format!("{value:.1} {unit}"),
        _ => format!("{value:.2} {unit}"),
    }
}

/// `1,234,567`; small numbers keep one decimal.
pub(crate) fn thousands(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1.00x`, `12.3x`, `1,234x`.
fn ratio(value: f64) -> String {
    match value {
        _ if value < 10.0 => format!("{value:.2}x"),
        _ if value < 100.0 => format!("{value:.1}x"),
        _ => format!("{}x", thousands(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::{ratio, thousands, time};

    #[test]
    fn figures_keep_three_digits() {
        assert_eq!(time(940), "940 ns");
        assert_eq!(time(12_400), "12.4 us");
        assert_eq!(time(1_310_000), "1.31 ms");
        assert_eq!(time(2_500_000_000), "2.50 s");
        assert_eq!(thousands(12.34), "12.3");
        assert_eq!(thousands(999.6), "1,000");
        assert_eq!(thousands(1_234_567.0), "1,234,567");
        assert_eq!(ratio(0.5), "0.50x");
        assert_eq!(ratio(123.4), "123x");
    }
}
