//! When a waiting room opens, how its order is found and how long a turn lasts.

mod check;

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    room::{admission::Policy, draw::Hash},
};

/// Everything that a waiting room is told before it opens. Some of it may change while it runs: see
/// [`Refusal::TermsFixed`](crate::room::Refusal::TermsFixed).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Whose queue it is: the sale's UUID as a number. Never changes.
    pub sale: u128,
    /// Random, and known to nobody outside: keeps strangers from choosing fan keys that crowd in
    /// one place of memory. Never changes.
    pub salt: u128,
    /// Whether people wait at all.
    pub mode: Mode,
    /// From this moment on fans may join, half an hour before the start by default.
    pub opens: Time,
    /// Who has joined before this moment takes part in the draw; turns come from then on.
    pub starts: Time,
    /// From this moment on nobody waits any more.
    pub ends: Option<Time>,
    /// How the order of those who joined before the start is found; without it they are served as
    /// they came. Fixed when the room opens.
    pub draw: Option<DrawTerms>,
    /// How long a pass is valid.
    pub pass: PassTimes,
    /// How many people are let in; how long a turn is open.
    pub policy: Policy,
}

/// Whether people wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Mode {
    /// Nobody does: the shop is open to everyone.
    Off,
    /// As long as the shop is busy; in the order of arrival, without a draw.
    Automatic,
    /// Everybody, by the times of the terms.
    On,
}

/// What is announced ahead of a draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawTerms {
    /// SHA-256 of the seed, which opens it after the start.
    pub commitment: Hash,
    /// Public randomness of a later moment that goes into the draw as well.
    pub beacon: Option<Beacon>,
    /// So long after the start the draw may do without a seed or a beacon that did not come.
    pub fallback_after_ms: i64,
}

/// One round of a public source of randomness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beacon {
    /// Which source, as announced: `drand-quicknet`, say.
    pub name: String,
    /// Which of its rounds.
    pub round: u64,
}

/// How long somebody may stay in the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassTimes {
    /// From the moment of coming in, in milliseconds.
    pub valid_ms: i64,
    /// What the one extension adds, in milliseconds.
    pub extension_ms: i64,
}
