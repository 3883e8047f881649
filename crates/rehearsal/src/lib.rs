//! The on-sale drill: virtual fans over real HTTP, what they saw, and a sweep that proves what must be true.
//!
//! [`curve`] says who comes when and [`crowd`] who they are: both pure, both from a seed. A fan ([`mod@fan`]) goes its way
//! through a running shop with a [`browser`]; what happens is counted by [`tally`]. When all are home, [`sweep`] asks the
//! shop, and if it can the log, whether everything that was acknowledged is true; [`report`] draws it. [`room`] is the
//! waiting room before it all, if the drill has one.
//!
//! Nothing here knows how the shop decides: the fans see pages and the API, as fans do.

pub mod browser;
pub mod crowd;
pub mod curve;
mod drill;
mod fan;
pub mod limits;
pub mod live;
pub mod local;
pub mod pages;
pub mod report;
pub mod room;
pub mod sweep;
pub mod tally;
pub mod target;
pub mod usage;
mod watch;
mod whole;
mod world;

use std::time::Duration;

pub use drill::{Outcome, rehearse};
pub use fan::{End, HoldEnd, HoldName, HoldStory, Money, OrderStory, Story};
pub use watch::Watched;

use crate::{crowd::Crowd, room::RoomPlan, target::Wanted};

/// What is rehearsed.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where the shop is.
    pub base: String,
    /// What the fans want there.
    pub wanted: Wanted,
    /// Who comes.
    pub crowd: Crowd,
    /// Connections that all fans share.
    pub connections: usize,
    /// After this everybody goes home.
    pub time_limit: Duration,
    /// Nobody else buys there meanwhile, so that every place must be accounted for.
    pub alone: bool,
    /// Puts a waiting room before the sale.
    pub room: Option<RoomPlan>,
}
