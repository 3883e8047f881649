//! What a room decided: the lines of its ledger.
//!
//! Records are written for ever: a variant or a field is never removed, reordered or given another
//! meaning. New variants are added at the end.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    Place, Time,
    limits::ROOM_COMMANDS_REMEMBERED,
    memory::Answer,
    room::{
        DeviceDigest, Offer, Steering, Terms,
        admission::{Gauges, Tick},
        draw::Hash,
    },
};

/// One decision; the answer to the [`Command`](crate::room::Command) of the same meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    /// How the room works from now on.
    Defined(Arc<Terms>),
    /// A fan has a place. Whose, says the id of the command.
    Joined {
        /// Theirs for good.
        place: Place,
    },
    /// The order of all who joined before the start.
    Drawn(Drawn),
    /// Time passed, and some turns came.
    Ticked {
        /// What the shop had measured.
        gauges: Option<Gauges>,
        /// What is left to buy, if it changed.
        offer: Option<Offer>,
        /// How many turns came, and why not more.
        tick: Tick,
    },
    /// Somebody came into the shop.
    Entered {
        /// Whose turn it was.
        place: Place,
        /// What the pass is bound to.
        device: DeviceDigest,
        /// When the pass ends.
        until: Time,
    },
    /// More time.
    Extended {
        /// Whose.
        place: Place,
        /// When the pass ends now.
        until: Time,
    },
    /// Somebody left the shop.
    Left {
        /// Who.
        place: Place,
    },
    /// No more turns come.
    Paused,
    /// They do again.
    Resumed,
    /// Nobody waits any more.
    Ended,
    /// What everybody is told.
    Said(Option<String>),
    /// How many are let in from now on.
    Steered(Steering),
    /// Who takes part in a draw that waits for a beacon. Since version 2 of the records.
    Published {
        /// Places that take part: the first so many.
        places: u32,
        /// The Merkle root over their leaves.
        root: Hash,
    },
}

/// A draw, as it can be checked by everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// Places that took part: the first so many.
    pub places: u32,
    /// The Merkle root over their leaves.
    pub root: Hash,
    /// What opened the commitment; none if the announced fallback was used.
    pub seed: Option<Hash>,
    /// What the announced beacon said; none if there is none or it did not come in time.
    pub beacon: Option<Vec<u8>>,
}

impl Answer for Record {
    const REMEMBERED: usize = ROOM_COMMANDS_REMEMBERED;

    fn weight(&self) -> usize {
        1
    }
}
