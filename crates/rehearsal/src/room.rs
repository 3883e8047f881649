//! The waiting room of a drill: set up as its organiser does, waited in by the fans, watched as they see it, and judged.
//!
//! What a fan does in it is in `fan/room.rs`. Here are what all of them share and what is made of what they tell.

mod correlation;
mod figures;
mod log;
mod organise;
mod outside;
mod story;
mod watch;

use std::{fmt, str::FromStr, time::Duration};

pub use correlation::Correlation;
pub use figures::{Ceilings, Cost, Fairness, Figures, Knew, Told};
pub use log::{LoggedTick, RoomLog, SoldOut, room_log};
pub use story::{Comes, Heard, Promise, WaitStory};
pub use watch::{RoomLook, RoomWatched};

pub(crate) use organise::set_up;
pub(crate) use outside::outside;
pub(crate) use watch::{read_status, watch_room};

use crate::crowd::Crowd;

/// When people have to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomMode {
    /// Everybody; the order of those who came before the start is drawn.
    Draw,
    /// While the shop is busy, in the order of arrival.
    Automatic,
}

impl fmt::Display for RoomMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Draw => "draw",
            Self::Automatic => "automatic",
        })
    }
}

/// No room works like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a waiting room is `draw` or `automatic`, not {0:?}")]
pub struct UnknownRoom(String);

impl FromStr for RoomMode {
    type Err = UnknownRoom;

    fn from_str(name: &str) -> Result<Self, UnknownRoom> {
        [Self::Draw, Self::Automatic]
            .into_iter()
            .find(|mode| mode.to_string() == name)
            .ok_or_else(|| UnknownRoom(name.to_owned()))
    }
}

/// The waiting room that a drill sets up, and who misses their turn in it.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomPlan {
    /// When people have to wait.
    pub mode: RoomMode,
    /// Of the organisation that sells.
    pub api_key: String,
    /// People in the shop on average.
    pub target: u32,
    /// People in the shop, ever.
    pub cap: u32,
    /// Turns a minute.
    pub rate_per_minute: u32,
    /// How long a turn is open; by the shop's clock, whatever the compression.
    pub turn: Duration,
    /// How long a pass is valid; as [`Self::turn`]. Whole minutes.
    pub pass: Duration,
    /// From the opening of the curve until turns come, which is when those are drawn who have joined. Compression is
    /// in it.
    pub gathering: Duration,
    /// The share of fans who do not come when it is their turn.
    pub no_shows: f64,
    /// The share of fans who come after their turn was over.
    pub late: f64,
}

impl RoomPlan {
    /// When turns begin to come, from the start of the drill; at once where the shop decides that.
    pub fn starts(&self, crowd: &Crowd) -> Duration {
        match self.mode {
            RoomMode::Draw => crowd.opening() + self.gathering,
            RoomMode::Automatic => Duration::ZERO,
        }
    }
}

/// What fans know of the room of their drill.
#[derive(Debug, Clone)]
pub struct RoomWorld {
    /// How it was set up.
    pub plan: RoomPlan,
    /// When turns begin to come.
    pub starts: tokio::time::Instant,
}

/// A room as a drill saw it.
#[derive(Debug, Clone)]
pub struct RoomOutcome {
    /// How it was set up.
    pub plan: RoomPlan,
    /// When turns began to come, in milliseconds of the drill.
    pub starts_ms: u64,
    /// What everybody could see.
    pub watched: RoomWatched,
}
