//! What an organiser asks for, in names: venues, events, performances and what they sell.
//!
//! Specs are what sale files and bodies of the organiser API say, read and checked on their own. [`offer`](crate::offer)
//! brings them together with a seating plan, where names become the ids of the ledger.

mod catalogue;
mod read;
mod room;
mod sale;

use frontrow_ledger::{
    ChannelId,
    sale::{Access, BlockKind, Currency, HoldTimes, OrderLimits},
};
use frontrow_store::Texts;

use crate::{moment::Moment, plan::Colour};

pub use read::channel;
pub(crate) use read::{tables, unique};
pub use room::{DrawSpec, RoomSpec, Starts};
pub use sale::block_kind;

/// A place where things happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VenueSpec {
    /// Identifies it.
    pub slug: String,
    /// As people call it.
    pub name: String,
    /// City.
    pub city: String,
    /// ISO 3166 code of two letters.
    pub country: String,
    /// IANA time zone.
    pub zone: String,
    /// Street and number; may be empty.
    pub address: String,
}

/// What is marketed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSpec {
    /// Identifies it.
    pub slug: String,
    /// Its name.
    pub title: Texts,
    /// One sentence.
    pub summary: Texts,
    /// Paragraphs, separated by empty lines.
    pub description: Texts,
    /// A word that the pages translate.
    pub genre: String,
    /// Name of its picture.
    pub image: Option<String>,
}

/// One dated showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerformanceSpec {
    /// Identifies it within the event.
    pub key: String,
    /// When it starts; never relative to itself.
    pub starts: Moment,
    /// When people are let in.
    pub doors: Option<Moment>,
    /// Windows of its own instead of those of the sale.
    pub windows: Option<Vec<WindowSpec>>,
    /// Whether its sale is opened by the import.
    pub open: bool,
}

/// What is sold, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleSpec {
    /// Of all prices.
    pub currency: Currency,
    /// Whether every ticket carries a name.
    pub names_required: bool,
    /// Per order and per buyer.
    pub limits: OrderLimits,
    /// How long places are held.
    pub hold: HoldTimes,
    /// What is to be said of categories.
    pub categories: Vec<CategorySpec>,
    /// Adult, student, ...
    pub ticket_types: Vec<TicketTypeSpec>,
    /// What a place of a category costs as a ticket type.
    pub prices: Vec<PriceSpec>,
    /// Areas of the plan that are sold.
    pub areas: Vec<AreaSpec>,
    /// Named limits.
    pub allocations: Vec<AllocationSpec>,
    /// Places that are not for sale.
    pub blocks: Vec<BlockSpec>,
    /// When what is sold to whom.
    pub windows: Vec<WindowSpec>,
}

/// A category of the plan, or one that only the sale has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategorySpec {
    /// Its name in the plan, or a new one.
    pub key: String,
    /// On pages; the key if nothing is said.
    pub name: Option<Texts>,
    /// Whom its places are for.
    pub access: Access,
    /// Needed for a category that the plan does not have.
    pub colour: Option<Colour>,
}

/// A ticket type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketTypeSpec {
    /// Identifies it.
    pub key: String,
    /// On pages.
    pub name: Texts,
    /// Who may buy it; may be empty.
    pub note: Texts,
}

/// One price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceSpec {
    /// Key of a category.
    pub category: String,
    /// Key of a ticket type.
    pub ticket_type: String,
    /// In minor units.
    pub amount_minor: i64,
}

/// An area that is sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaSpec {
    /// Its label in the plan, or its id there.
    pub key: String,
    /// On pages; the key if nothing is said.
    pub name: Option<Texts>,
    /// Key of a category.
    pub category: String,
    /// How many people.
    pub capacity: u32,
    /// Sold in multiples of this.
    pub multiple: u16,
}

/// A named limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocationSpec {
    /// Identifies it.
    pub key: String,
    /// For colleagues.
    pub name: Texts,
    /// Places.
    pub limit: u32,
    /// Keys; all of them if nothing is said.
    pub categories: Option<Vec<String>>,
    /// Keys; all of them if nothing is said.
    pub ticket_types: Option<Vec<String>>,
    /// All of them if nothing is said.
    pub channels: Option<Vec<ChannelId>>,
}

/// Places that are not for sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockSpec {
    /// Identifies it within the sale.
    pub key: String,
    /// Whose.
    pub kind: BlockKind,
    /// A note for colleagues.
    pub reason: String,
    /// `seat_guid`s of the plan.
    pub seats: Vec<String>,
    /// Whole rows, as zone and row.
    pub rows: Vec<(String, String)>,
    /// Places of areas, by key.
    pub areas: Vec<(String, u32)>,
}

/// When something is sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowSpec {
    /// All of them if nothing is said.
    pub channels: Option<Vec<ChannelId>>,
    /// Keys; all of them if nothing is said.
    pub ticket_types: Option<Vec<String>>,
    /// First moment.
    pub opens: Option<Moment>,
    /// First moment after.
    pub closes: Option<Moment>,
}
