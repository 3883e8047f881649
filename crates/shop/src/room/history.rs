//! The last half hour of a waiting room, as this replica saw it: for the organiser's picture. It decides nothing, and a
//! replica that starts begins anew.

use std::collections::VecDeque;

use frontrow_ledger::{Time, room::Line};
use uuid::Uuid;

use crate::{
    Shop,
    limits::{ROOM_SAMPLE_MS, ROOM_SAMPLES},
};

/// How a room stood at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// When.
    pub at: Time,
    /// All who had a place.
    pub joined: u64,
    /// Those whose turn had not come.
    pub waiting: u64,
    /// Those whose turn had come.
    pub called: u64,
    /// Those of them whose turn had passed and who had not come in.
    pub missed: u64,
    /// Those who were in the shop.
    pub in_shop: u32,
    /// Turns a minute that the rates allowed.
    pub rate_per_minute: u64,
}

/// Samples at even steps, oldest first.
#[derive(Debug, Default)]
pub(super) struct History(VecDeque<Sample>);

impl History {
    /// Notes how a room stands, if it is time to.
    pub(super) fn note(&mut self, line: &Line, now: Time) {
        if self.0.back().is_some_and(|last| now.ms_since(last.at) < ROOM_SAMPLE_MS) {
            return;
        }
        if self.0.len() >= ROOM_SAMPLES {
            self.0.pop_front();
        }
        let heads = line.headcount();
        self.0.push_back(Sample {
            at: now,
            joined: heads.joined,
            waiting: heads.waiting,
            called: heads.called,
            missed: heads.missed,
            in_shop: heads.in_shop,
            rate_per_minute: line.last_tick().map_or(0, |(_, tick)| tick.rate.turns_per_minute()),
        });
    }
}

impl Shop {
    /// The last half hour of a room, oldest first.
    pub async fn room_history(&self, performance: Uuid) -> Vec<Sample> {
        let cares = self.inner.rooms.cares.lock().await;
        cares
            .get(&performance)
            .map(|care| care.history.0.iter().copied().collect())
            .unwrap_or_default()
    }
}
