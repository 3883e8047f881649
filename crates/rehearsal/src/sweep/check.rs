//! One thing that must be true, and what was found.

use serde::Serialize;

use crate::limits::VIOLATIONS_LISTED;

/// One thing that must be true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// In a few words.
    pub what: &'static str,
    /// Where it was asked: `outside` or `inside`.
    pub from: &'static str,
    /// How many things were looked at.
    pub examined: u64,
    /// How many of them are not as they must be.
    pub broken: u64,
    /// The first of them.
    pub violations: Vec<String>,
}

impl Check {
    /// Nothing looked at yet.
    pub(crate) const fn new(from: &'static str, what: &'static str) -> Self {
        Self { what, from, examined: 0, broken: 0, violations: Vec::new() }
    }

    /// Looks at one thing; `problem` says what is wrong with it.
    pub(crate) fn examine(&mut self, problem: Option<String>) {
        self.examined += 1;
        if let Some(problem) = problem {
            self.broken += 1;
            if self.violations.len() < VIOLATIONS_LISTED {
                self.violations.push(problem);
            }
        }
    }

    /// Whether everything was as it must be.
    pub const fn holds(&self) -> bool {
        self.broken == 0
    }
}
