//! What everybody who waits polls: one small public object for all of them.
//!
//! It is a function of the room's state alone, and its numbers are those of the last tick, so every
//! replica that has read the same entries says the same, to the last bit, and what changes between
//! two ticks (another thousand joins) does not change it. Each fan finds their own position from
//! their receipt and the draw.

mod bytes;

use crate::{
    Time,
    room::{Line, Phase, Room, admission::Pace},
};

pub use bytes::BadStatus;

/// How the room stands, for those who wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// What the room is doing.
    pub phase: Phase,
    /// No turns come for a while.
    pub paused: bool,
    /// When the numbers below were counted; when the room began, if nobody has counted yet.
    pub at: Time,
    /// When the next thing happens by itself: the room opens, or turns begin.
    pub next: Option<Time>,
    /// All who have a place.
    pub joined: u64,
    /// Positions whose turn has come.
    pub cursor: u64,
    /// Places that were drawn; those after them are served as they came.
    pub drawn: u32,
    /// How fast turns come.
    pub pace: Pace,
    /// The number of what everybody is told; zero while nothing was said.
    pub message: u32,
    /// How often to ask again.
    pub polls: Polls,
    /// The lowest and the highest price in minor units.
    pub prices_minor: Option<(u32, u32)>,
    /// Roughly how much is left by category; see [`Status::level`].
    pub left: Vec<u8>,
}

/// In seconds, after which to ask again. Each fan adds up to a fifth at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Polls {
    /// Whose turn comes within some two minutes; when all is sold, who stands first in the queue.
    pub near: u8,
    /// Whose turn comes within some ten minutes.
    pub middle: u8,
    /// Everybody else.
    pub far: u8,
}

impl Polls {
    /// While something happens to somebody soon.
    pub const LIVELY: Self = Self { near: 5, middle: 15, far: 45 };
    /// Before the room opens, and when it is over: nothing comes soon, so five times less often.
    const QUIET: Self = Self { near: 30, middle: 60, far: 240 };

    /// Everybody knows within so many seconds that all is sold: at least as often they ask, with
    /// the fifth at random. Two more are for a cache in front, and for the ways.
    const KNOWN_SECONDS: u64 = 8;

    fn of(phase: Phase, lasts_ms: Option<u64>) -> Self {
        match phase {
            Phase::Queue => Self::LIVELY.in_time(lasts_ms),
            Phase::PreQueue | Phase::Draw => Self::LIVELY,
            Phase::Off | Phase::Closed | Phase::SoldOut | Phase::Ended => Self::QUIET,
        }
    }

    /// Nobody asks so late that they hear too late of all being sold, which is not before the
    /// places that are left have lasted.
    fn in_time(self, lasts_ms: Option<u64>) -> Self {
        let Some(lasts_ms) = lasts_ms else { return self };
        let seconds = (lasts_ms / 1_000 + Self::KNOWN_SECONDS) * 5 / 6;
        let most = u8::try_from(seconds).unwrap_or(u8::MAX);
        Self { near: self.near.min(most), middle: self.middle.min(most), far: self.far.min(most) }
    }
}

impl Room {
    /// What everybody may see; none while the room is not defined.
    pub fn status(&self) -> Option<Status> {
        self.line().map(|line| Status::of(line, self.now))
    }
}

impl Status {
    fn of(line: &Line, now: Time) -> Self {
        let phase = line.phase(now);
        let terms = line.terms();
        let shown = &line.shown;
        Self {
            phase,
            paused: line.is_paused(),
            at: shown.at,
            next: match phase {
                Phase::Closed => Some(terms.opens),
                Phase::PreQueue => Some(terms.starts),
                _ => None,
            },
            joined: shown.joined.into(),
            cursor: line.cursor(),
            drawn: line.drawn().map_or(0, |drawn| drawn.places),
            pace: shown.tick.map_or(Pace::default(), |tick| tick.pace),
            message: line.message.number,
            polls: Polls::of(phase, line.lasts_ms()),
            prices_minor: shown.offer.prices_minor,
            left: shown.offer.left.iter().map(|left| Self::level(*left)).collect(),
        }
    }

    /// How much is left, as a number from 0 to 15: nothing, one to three, and then a step for each
    /// doubling, so that it seldom changes while there is much.
    pub fn level(left: u32) -> u8 {
        match left {
            0..4 => u8::try_from(left).unwrap_or(3),
            _ => u8::try_from(left.ilog2()).unwrap_or(u8::MAX).saturating_add(2).min(15),
        }
    }

    /// The least that a level stands for.
    pub fn least(level: u8) -> u32 {
        if level < 4 { level.into() } else { 1 << (level.min(15) - 2) }
    }
}
