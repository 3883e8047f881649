//! What a sale sells: places, categories, prices, limits, windows.

pub(crate) mod check;

use serde::{Deserialize, Serialize};

pub use check::Fault;

use crate::{AreaId, CategoryId, ChannelId, TicketTypeId, Time};

/// Everything a sale needs to decide. Names are not here: they live in the catalogue, by index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// All prices are in its minor units.
    pub currency: Currency,
    /// By [`CategoryId`].
    pub categories: Vec<Category>,
    /// How many ticket types there are, by [`TicketTypeId`].
    pub ticket_types: u16,
    /// Category x ticket type; a pair without a price is not sold.
    pub prices: Vec<Price>,
    /// Rows of seats in the order they stand; tables and boxes are rows too.
    pub rows: Vec<Row>,
    /// Standing areas by [`AreaId`].
    pub areas: Vec<Area>,
    /// Best available prefers seats near this point (usually the middle of the stage's edge).
    pub focus: Point,
    /// Limits that overlap: all that apply to a place must have room.
    pub allocations: Vec<Allocation>,
    /// When what is sold to whom; none at all means always.
    pub windows: Vec<Window>,
    /// How much one order and one buyer may take.
    pub limits: OrderLimits,
    /// How long places are held.
    pub hold: HoldTimes,
}

/// ISO 4217 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Currency(pub [u8; 3]);

impl Currency {
    /// What ISO 4217 writes where there is no currency: a code that cannot be read is shown as that.
    const NONE: &[u8; 3] = b"XXX";

    /// The currency of a code.
    pub fn of_code(code: &str) -> Self {
        Self(code.as_bytes().try_into().unwrap_or(*Self::NONE))
    }

    /// The code as text.
    pub fn code(&self) -> &str {
        let [own, none] = [&self.0, Self::NONE].map(|code| std::str::from_utf8(code));
        own.or(none).unwrap_or_default()
    }
}

/// A zone of equal desirability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Whom its places are for.
    pub access: Access,
}

/// Whom a place is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Access {
    /// Anybody.
    Everyone,
    /// A person in a wheelchair; best available gives it only when asked for.
    Wheelchair,
    /// Who comes with them; sold only together with the wheelchair place beside it.
    Companion,
}

/// What one place of a category costs as a ticket type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Zone.
    pub category: CategoryId,
    /// Adult, student, ...
    pub ticket_type: TicketTypeId,
    /// Minor units; zero is free of charge.
    pub amount_minor: i64,
}

/// Seats that stand side by side, in order. Where neighbours stand clearly further apart than the
/// rest of the row, an aisle splits it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Rows of one section may be stacked behind each other for a large party.
    pub section: u16,
    /// In order along the row.
    pub seats: Vec<Seat>,
}

/// One seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Its zone.
    pub category: CategoryId,
    /// Where it stands.
    pub at: Point,
}

/// A position in a seating plan, in tenths of the plan's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
}

/// Places without numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Its zone.
    pub category: CategoryId,
    /// How many people.
    pub capacity: u32,
    /// Sold in multiples of this: 2 for a wheelchair platform where everybody brings a companion.
    pub multiple: u16,
}

/// A named limit over some categories, ticket types and channels; `None` means all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// Places, held and sold together.
    pub limit: u32,
    /// Which zones count.
    pub categories: Option<Vec<CategoryId>>,
    /// Which ticket types count.
    pub ticket_types: Option<Vec<TicketTypeId>>,
    /// Which channels count.
    pub channels: Option<Vec<ChannelId>>,
}

/// When something is sold. A place may be held if any window covers it; `None` means all, or no
/// end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// To whom.
    pub channels: Option<Vec<ChannelId>>,
    /// What.
    pub ticket_types: Option<Vec<TicketTypeId>>,
    /// First moment.
    pub opens: Option<Time>,
    /// First moment after.
    pub closes: Option<Time>,
}

/// How much is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLimits {
    /// Places of one hold, and so of one order.
    pub per_order: u16,
    /// Places of one buyer in this sale, over all of their orders and open checkouts.
    pub per_buyer: Option<u16>,
}

/// How long places are held, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldTimes {
    /// From the first place.
    pub hold_ms: i64,
    /// Up to this much is added, differently for each hold, so that expiries do not come as a herd.
    pub jitter_ms: i64,
    /// What one extension adds.
    pub extension_ms: i64,
    /// How often the buyer may extend.
    pub extensions: u8,
    /// What a payment adds from the moment it opens.
    pub payment_ms: i64,
    /// From the first place; nothing holds longer.
    pub ceiling_ms: i64,
}

/// An area with its new size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaCapacity {
    /// Which.
    pub area: AreaId,
    /// How many people from now on.
    pub capacity: u32,
}
