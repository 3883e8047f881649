//! What a sale decided: the lines of its ledger.
//!
//! Records are written for ever: a variant or a field is never removed, reordered or given another
//! meaning. New variants are added at the end.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    AllocationId, AreaId, BlockId, BuyerKey, CategoryId, ChannelId, HoldId, OrderId, SeatId,
    TicketTypeId, Time,
    limits::COMMANDS_REMEMBERED,
    memory::Answer,
    sale::{Allocation, AreaCapacity, OrderLimits, Places, Price, Terms, Window},
};

/// One decision; the answer to the [`Command`](crate::sale::Command) of the same meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    /// What is sold.
    Defined(Arc<Terms>),
    /// New prices.
    Repriced(Vec<Price>),
    /// A new or changed allocation.
    AllocationSet(AllocationId, Allocation),
    /// New windows.
    WindowsSet(Vec<Window>),
    /// New limits.
    LimitsSet(OrderLimits),
    /// An area's new size.
    AreaCapacitySet(AreaCapacity),
    /// Selling started.
    Opened,
    /// Selling stopped.
    Closed,
    /// Places taken out of sale.
    Blocked {
        /// New.
        block: BlockId,
        /// Whose.
        kind: BlockKind,
        /// A note for colleagues.
        reason: String,
        /// Which.
        places: Places,
    },
    /// Places returned to sale.
    Unblocked {
        /// From which block.
        block: BlockId,
        /// Which.
        places: Places,
    },
    /// Places held.
    Held {
        /// New or grown.
        hold: HoldId,
        /// Through which door.
        channel: ChannelId,
        /// What was added, with the price that will be charged.
        positions: Arc<[Position]>,
        /// When the whole hold lapses.
        until: Time,
    },
    /// More time.
    Extended {
        /// Which.
        hold: HoldId,
        /// When it lapses now.
        until: Time,
    },
    /// Some places given back.
    Removed {
        /// Which.
        hold: HoldId,
        /// Indexes before the removal, ascending.
        positions: Vec<u16>,
    },
    /// Everything given back.
    Released {
        /// Which.
        hold: HoldId,
    },
    /// A lapsed hold lives again.
    Reacquired {
        /// Which.
        hold: HoldId,
        /// When it lapses now.
        until: Time,
    },
    /// A payment opened.
    CheckedOut {
        /// Which.
        hold: HoldId,
        /// What it becomes.
        order: OrderId,
        /// Whose.
        buyer: BuyerKey,
        /// When it lapses now.
        until: Time,
    },
    /// Sold.
    Confirmed {
        /// What it was.
        hold: HoldId,
        /// What it is now.
        order: OrderId,
        /// All that was sold, at the price that was shown.
        positions: Arc<[Position]>,
    },
    /// Returned to sale.
    Cancelled {
        /// Which.
        order: OrderId,
        /// Indexes of the positions cancelled now, ascending.
        positions: Vec<u16>,
    },
}

/// One place of a hold or an order, with its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Where.
    pub place: Place,
    /// Its zone when it was held.
    pub category: CategoryId,
    /// Adult, student, ...
    pub ticket_type: TicketTypeId,
    /// The price shown, and charged, in minor units.
    pub price_minor: i64,
}

/// Where somebody sits or stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Place {
    /// A numbered seat.
    Seat(SeatId),
    /// One place of an area.
    Area(AreaId),
}

/// Whose a seat block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BlockKind {
    /// The house keeps it.
    House,
    /// The promoter's guests.
    Promoter,
    /// Never to be sold: a bad view, a broken seat.
    Kill,
    /// Cameras, desks, stage.
    Production,
}

impl Answer for Record {
    const REMEMBERED: usize = COMMANDS_REMEMBERED;

    /// An answer to a buyer weighs one; an organiser's long list as much as the memory it takes.
    fn weight(&self) -> usize {
        const ENTRIES_OF_A_SMALL_ANSWER: usize = 16;
        let entries = match self {
            Self::Defined(terms) => terms.rows.iter().map(|row| row.seats.len()).sum(),
            Self::Repriced(prices) => prices.len(),
            Self::WindowsSet(windows) => windows.len(),
            Self::Blocked { places, .. } | Self::Unblocked { places, .. } => {
                places.seats.len() + places.areas.len()
            }
            _ => 0,
        };
        1 + entries / ENTRIES_OF_A_SMALL_ANSWER
    }
}
