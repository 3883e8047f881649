//! What can be asked of a waiting room.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    Place,
    room::{
        DeviceDigest, Terms,
        admission::Gauges,
        draw::{FanDigest, Hash},
    },
};

/// A command to one room; see [`Record`](crate::room::Record) for what each becomes.
///
/// Commands are not stored, but a hash of their serialised form is: variants are added at the end,
/// and fields stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Command {
    /// Say when the room opens and how it works; again to change what may still change.
    Define(Arc<Terms>),
    /// Take a place. The command's id is the [`FanKey`](crate::FanKey), so whoever asks again, and
    /// however often, is answered with the place they have.
    Join,
    /// Open the seed after the start. The root is that of
    /// [`Line::tree`](crate::room::Line::tree), which takes too long to be found while others wait
    /// for their answers.
    Draw {
        /// What opens the commitment; none when the announced fallback holds.
        seed: Option<Hash>,
        /// What the announced beacon said.
        beacon: Option<Vec<u8>>,
        /// The root over the leaves of all places that take part.
        root: Hash,
    },
    /// Let in whoever may be let in now. Any replica may ask, as often as it likes; one of them is
    /// heard each [`TICK_MS`](crate::limits::TICK_MS).
    Tick {
        /// What the shop measured of itself, if it did.
        gauges: Option<Gauges>,
        /// What is left to buy, if it changed.
        offer: Option<Offer>,
    },
    /// Come into the shop, because it is my turn. Again from the same device is answered with the
    /// same pass.
    Enter {
        /// Of the receipt.
        place: Place,
        /// Of the receipt.
        fan: FanDigest,
        /// What the pass will be bound to.
        device: DeviceDigest,
    },
    /// More time in the shop; once.
    Extend {
        /// Of the pass.
        place: Place,
    },
    /// Go out of the shop: bought, gave up, or found nothing. Somebody else comes in.
    Leave {
        /// Of the pass.
        place: Place,
    },
    /// No more turns come. Who has theirs may still come in.
    Pause,
    /// Turns come again.
    Resume,
    /// Nobody waits any more, for good.
    End,
    /// Tell everybody something; nothing takes it back.
    Say(Option<String>),
    /// Change how many are let in.
    Steer(Steering),
    /// Publish who takes part in a draw that waits for a beacon: its value counts only after that.
    Publish {
        /// The root over the leaves of all places that take part.
        root: Hash,
    },
}

/// What the organiser steers while the room runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steering {
    /// Turns a minute.
    pub rate_per_minute: u32,
    /// People in the shop at once on average.
    pub target: u32,
    /// People in the shop at once, ever.
    pub cap: u32,
}

/// What is left to buy, for those who wait. Names are in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Offer {
    /// The lowest and the highest price in minor units.
    pub prices_minor: Option<(u32, u32)>,
    /// Places left by category, in the order of the sale's terms; at most
    /// [`OFFER_CATEGORIES_MAX`](crate::limits::OFFER_CATEGORIES_MAX).
    pub left: Vec<u32>,
}
