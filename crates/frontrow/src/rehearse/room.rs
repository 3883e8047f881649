//! The waiting room of a drill, as the command line has it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use frontrow_ledger::limits::{ADMISSION_RATE_MAX, SHOP_PEOPLE_MAX};
use frontrow_rehearsal::{
    crowd::Crowd,
    room::{RoomMode, RoomPlan},
};

/// Which room, and who misses their turn in it.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RoomArgs {
    /// Put a waiting room before the sale: `draw`, or `automatic`, which opens by itself while the shop is busy
    #[arg(long, value_name = "MODE")]
    pub(super) room: Option<RoomMode>,
    /// An API key of the organisation that sells; a set of its own makes one
    #[arg(long, value_name = "KEY", requires = "room")]
    api_key: Option<String>,
    /// People in the shop on average; a fifth more is the most there ever are
    #[arg(long, value_name = "COUNT", requires = "room", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=i64::from(SHOP_PEOPLE_MAX / 2)))]
    target: u32,
    /// Turns a minute at most
    #[arg(long, value_name = "TURNS", requires = "room", default_value_t = 12_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(ADMISSION_RATE_MAX)))]
    turns: u32,
    /// Of a hundred fans so many do not come when it is their turn
    #[arg(long, value_name = "PERCENT", requires = "room", default_value_t = 15, value_parser = clap::value_parser!(u8).range(0..=90))]
    no_shows: u8,
    /// And so many come after their turn was over
    #[arg(long, value_name = "PERCENT", requires = "room", default_value_t = 5, value_parser = clap::value_parser!(u8).range(0..=50))]
    late: u8,
}

/// From the opening of the curve until turns come, in seconds of life: who comes in the first two minutes is drawn.
/// Where people come before the opening, turns come from then on.
const GATHERING: f64 = 120.0;
/// It takes some moments to join even where life is very fast.
const GATHERING_MIN: f64 = 8.0;
/// How long a turn is open, and how long one may stay, in seconds of life and at least.
const TURN: (f64, f64) = (120.0, 20.0);
/// See [`TURN`]; a pass is valid for whole minutes.
const PASS: (f64, f64) = (600.0, 60.0);

impl RoomArgs {
    /// The room, if one is wanted.
    pub(super) fn plan(&self, crowd: &Crowd, key: Option<String>) -> Result<Option<RoomPlan>> {
        let Some(mode) = self.room else { return Ok(None) };
        let (no_shows, late) = (f64::from(self.no_shows) / 100.0, f64::from(self.late) / 100.0);
        ensure!(no_shows + late <= 1.0, "--no-shows and --late are more than everybody");
        let key = key.or_else(|| self.api_key.clone());
        let scaled = |(seconds, least): (f64, f64)| {
            Duration::from_secs_f64((seconds / crowd.compression).ceil().max(least))
        };
        let gathering = match crowd.curve.lead() {
            Duration::ZERO => (GATHERING / crowd.compression).max(GATHERING_MIN),
            // Who comes before the opening does so to be drawn.
            _ => 0.0,
        };
        let above = self.target.saturating_mul(20) / 100 + 1;
        Ok(Some(RoomPlan {
            mode,
            api_key: key.context("--room needs --api-key: `frontrow api-key create` makes one")?,
            target: self.target,
            cap: self.target.saturating_add(above),
            rate_per_minute: self.turns,
            turn: scaled(TURN),
            pass: scaled(PASS),
            gathering: Duration::from_secs_f64(gathering),
            no_shows,
            late,
        }))
    }
}
