//! What can be asked of a sale.

use std::sync::Arc;

use serde::Serialize;

use crate::{
    AllocationId, AreaId, BlockId, BuyerKey, CategoryId, ChannelId, HoldId, OrderId, SeatId,
    TicketTypeId,
    sale::{Allocation, AreaCapacity, OrderLimits, Price, Terms, Window, record::BlockKind},
};

/// A command to one sale; see [`Record`](crate::sale::Record) for what each becomes.
///
/// Commands are not stored, but a hash of their serialised form is: a retry is recognised by it,
/// also by a later release. So variants are added at the end, and fields stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Command {
    /// Say what is sold; once, before anything else.
    Define(Arc<Terms>),
    /// Replace the prices. What is already held keeps the price it was shown.
    Reprice(Vec<Price>),
    /// Add an allocation (the next id) or change one.
    SetAllocation(AllocationId, Allocation),
    /// Replace the windows.
    SetWindows(Vec<Window>),
    /// Replace the limits.
    SetLimits(OrderLimits),
    /// Grow or shrink an area, never below what is taken.
    SetAreaCapacity(AreaCapacity),
    /// Start selling.
    Open,
    /// Stop selling; what is held may still be paid.
    Close,
    /// Take places out of sale; all or none.
    Block {
        /// Chosen by the client.
        block: BlockId,
        /// Whose.
        kind: BlockKind,
        /// A note for colleagues.
        reason: String,
        /// Which.
        places: Places,
    },
    /// Return blocked places to sale.
    Unblock {
        /// Which block.
        block: BlockId,
        /// Some of them, or all.
        places: Option<Places>,
    },
    /// Hold places, all or none. A live hold with this id grows; its time stays. An id whose hold
    /// has lapsed or was sold is not used again: the cart takes a new one.
    Hold {
        /// The cart's; a new one or a live one.
        hold: HoldId,
        /// Through which door.
        channel: ChannelId,
        /// What.
        wants: Vec<Want>,
    },
    /// More time, as often as the terms allow.
    Extend {
        /// Which.
        hold: HoldId,
    },
    /// Give back some places of a hold, by their index.
    Remove {
        /// Which.
        hold: HoldId,
        /// Indexes into its positions.
        positions: Vec<u16>,
    },
    /// Give back everything, also while it is being paid: then the hold is remembered like a lapsed
    /// one, for money that is on its way.
    Release {
        /// Which.
        hold: HoldId,
    },
    /// Take the places of a lapsed hold again, at the same prices, if all are free. Its payment
    /// stays bound to it.
    Reacquire {
        /// Which.
        hold: HoldId,
    },
    /// A payment opens: binds the hold to an order and a buyer, checks the buyer's limit, gives
    /// time to pay. May be repeated with another order after a payment failed.
    Checkout {
        /// Which.
        hold: HoldId,
        /// What it becomes.
        order: OrderId,
        /// Whose.
        buyer: BuyerKey,
    },
    /// The money is there. A hold that lapsed meanwhile is sold all the same if its places are
    /// still free and the buyer's limit and the allocations have room. An order that is confirmed
    /// already is answered with its confirmation again, whatever the command id.
    Confirm {
        /// Which.
        hold: HoldId,
        /// As bound at checkout.
        order: OrderId,
    },
    /// Undo a purchase, whole or by position. Each place returns to sale exactly once.
    Cancel {
        /// Which.
        order: OrderId,
        /// Indexes into its positions, or all that are left.
        positions: Option<Vec<u16>>,
    },
}

/// What a hold asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Want {
    /// These very seats.
    Seats(Vec<(SeatId, TicketTypeId)>),
    /// The best adjacent seats of a category, one per ticket type listed.
    ///
    /// In a wheelchair category this asks for pairs: each ticket type listed is one wheelchair
    /// place and the companion place beside it, so two seats, both sold as that ticket type.
    Best {
        /// Zone.
        category: CategoryId,
        /// As many seats as entries.
        ticket_types: Vec<TicketTypeId>,
        /// Whether the party may sit apart when nothing else is left.
        may_split: bool,
    },
    /// Places in a standing area, one per ticket type listed.
    Area {
        /// Which.
        area: AreaId,
        /// As many places as entries.
        ticket_types: Vec<TicketTypeId>,
    },
}

/// Places without prices, for blocks.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Places {
    /// Seats.
    pub seats: Vec<SeatId>,
    /// Areas and how many places of each.
    pub areas: Vec<(AreaId, u32)>,
}
