//! How a shop took what was done to it.

use serde::Serialize;

use super::{Counts, Mark};
use crate::limits::TICK_MS;

/// How a shop took what was done to it, until the next thing was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recovery {
    /// What was done.
    pub mark: Mark,
    /// The longest time without any answer.
    pub silent_ms: u64,
    /// Until the last request that was retried, told to wait or failed.
    pub troubled_ms: u64,
    /// Until the next hold, order or payment was answered, which needs the database; nothing if none was any more.
    pub served_ms: Option<u64>,
}

impl Recovery {
    /// From the ticks between a mark and the next one, and the moment of the next decision.
    pub(super) fn of(mark: &Mark, ticks: &[Counts], served: Option<u64>) -> Self {
        // When everybody has gone home it is silent, and nobody minds.
        let last = ticks.iter().rposition(|tick| tick.requests > 0).unwrap_or(0);
        let silences = ticks[..last.min(ticks.len())].split(|tick| tick.requests > 0);
        let silent = silences.map(<[Counts]>::len).max().unwrap_or(0);
        let troubled = ticks.iter().rposition(|tick| tick.errors + tick.retries + tick.waits > 0);
        Self {
            mark: mark.clone(),
            silent_ms: silent as u64 * TICK_MS,
            troubled_ms: troubled.map_or(0, |tick| tick as u64 + 1) * TICK_MS,
            served_ms: served.map(|at| at.saturating_sub(mark.at_ms)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_is_measured_to_its_last_trouble() {
        let tick = |requests, retries| Counts { requests, retries, ..Counts::default() };
        let ticks = [tick(1, 0), tick(0, 0), tick(0, 0), tick(4, 2), tick(9, 0), tick(0, 0)];
        let mark = Mark { at_ms: 40, what: "a fault".into() };
        let recovery = Recovery::of(&mark, &ticks, Some(250));
        assert_eq!((recovery.silent_ms, recovery.troubled_ms), (2 * TICK_MS, 4 * TICK_MS));
        assert_eq!(recovery.served_ms, Some(210));
        assert_eq!(Recovery::of(&mark, &[], None).silent_ms, 0);
    }
}
