//! Why a sale says no. A refusal is an answer, not an error: nothing changed and nothing is broken.

use crate::{AllocationId, AreaId, CategoryId, SeatId, TicketTypeId, Time};

/// Why not, by precedence: when several apply, the first of this list is the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// One command id for two different commands.
    #[error("this command id was used for another command")]
    CommandReused,
    /// Nothing is sold here yet.
    #[error("the sale is not defined")]
    NotDefined,
    /// A sale is defined once.
    #[error("the sale is already defined")]
    AlreadyDefined,
    /// The terms contradict themselves.
    #[error("{field}: {problem}")]
    BadTerms {
        /// JSON pointer into the terms.
        field: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Selling has not started or was stopped.
    #[error("the sale is closed")]
    SaleClosed,
    /// No such hold, or one so old that it is forgotten.
    #[error("no such hold")]
    UnknownHold,
    /// It lapsed; ask to reacquire.
    #[error("the hold has expired")]
    HoldExpired,
    /// It became an order.
    #[error("the hold is already sold")]
    HoldSold,
    /// It is not lapsed, so there is nothing to reacquire.
    #[error("the hold is still live")]
    HoldLive,
    /// Its payment is open; its places are fixed.
    #[error("the hold is being paid")]
    HoldInPayment,
    /// It was made through another channel; what comes through this one needs a hold of its own.
    #[error("the hold was made through another channel")]
    OtherChannel,
    /// The order was bound to another hold, or the hold to another order.
    #[error("the hold belongs to another order")]
    OrderMismatch,
    /// An order id is used once.
    #[error("the order id is taken")]
    OrderTaken,
    /// No such order in this sale.
    #[error("no such order")]
    UnknownOrder,
    /// Nothing of it is left to cancel.
    #[error("the order is already cancelled")]
    OrderCancelled,
    /// The positions asked for are not there (any more).
    #[error("position {0} does not exist or is already cancelled")]
    UnknownPosition(u16),
    /// No such block.
    #[error("no such block")]
    UnknownBlock,
    /// A block id is used once.
    #[error("the block id is taken")]
    BlockTaken,
    /// The block does not have these places.
    #[error("the block does not have these places")]
    NotBlocked,
    /// More blocks or a longer reason than [`limits`](crate::limits) allow.
    #[error("too many blocks, or too long a reason")]
    BlockLimit,
    /// An empty request.
    #[error("nothing was asked for")]
    NothingAsked,
    /// More places than any hold may have.
    #[error("at most {limit} places at once")]
    TooManyPlaces {
        /// [`PLACES_PER_HOLD_MAX`](crate::limits::PLACES_PER_HOLD_MAX).
        limit: usize,
    },
    /// Not a seat of this sale.
    #[error("no such seat: {0}")]
    UnknownSeat(SeatId),
    /// Not an area of this sale.
    #[error("no such area: {0}")]
    UnknownArea(AreaId),
    /// Not a category of this sale.
    #[error("no such category: {0}")]
    UnknownCategory(CategoryId),
    /// Not an allocation of this sale, nor the next one.
    #[error("no such allocation: {0}")]
    UnknownAllocation(AllocationId),
    /// One seat twice.
    #[error("seat {0} was asked for twice")]
    DuplicateSeat(SeatId),
    /// This ticket type has no price here.
    #[error("category {category} is not sold as ticket type {ticket_type}")]
    NotForSale {
        /// Where.
        category: CategoryId,
        /// As what.
        ticket_type: TicketTypeId,
    },
    /// The area is sold in multiples.
    #[error("area {area} is sold in multiples of {multiple}")]
    NotAMultiple {
        /// Which.
        area: AreaId,
        /// Of what.
        multiple: u16,
    },
    /// A companion place without its wheelchair place.
    #[error("companion seat {0} is sold only with the wheelchair place beside it")]
    CompanionAlone(SeatId),
    /// The window for this channel and ticket type opens later.
    #[error("not yet on sale")]
    NotYetOnSale {
        /// When.
        opens: Time,
    },
    /// Every window for this channel and ticket type is past, or there is none.
    #[error("no longer on sale")]
    NoLongerOnSale,
    /// The organiser's limit for one order.
    #[error("at most {limit} places per order")]
    OverOrderLimit {
        /// Of places.
        limit: u16,
    },
    /// The organiser's limit for one buyer.
    #[error("at most {limit} places per buyer")]
    OverBuyerLimit {
        /// Of places.
        limit: u16,
        /// What this buyer has elsewhere.
        has: u32,
    },
    /// As often as the terms allow, or as late.
    #[error("the hold cannot be extended any more")]
    NoMoreExtensions,
    /// A named limit is full.
    #[error("allocation {allocation} has {left} places left")]
    AllocationFull {
        /// Which.
        allocation: AllocationId,
        /// How many would fit.
        left: u32,
    },
    /// Somebody was faster, or they are blocked.
    #[error("{} seats are gone", .0.len())]
    SeatsGone(Vec<SeatId>),
    /// The area has too few places left.
    #[error("area {area} has {left} places left")]
    AreaFull {
        /// Which.
        area: AreaId,
        /// How many are left.
        left: u32,
    },
    /// Too few seats are left in the category.
    #[error("category {category} has {left} seats left")]
    CategoryFull {
        /// Which.
        category: CategoryId,
        /// How many are left.
        left: u32,
    },
    /// Enough seats are left, but not together; ask again with leave to split.
    #[error("category {category} has {left} seats left, but not together")]
    NotTogether {
        /// Which.
        category: CategoryId,
        /// How many are left.
        left: u32,
    },
    /// An area cannot shrink below what is taken.
    #[error("area {area} has {taken} places taken")]
    AreaInUse {
        /// Which.
        area: AreaId,
        /// Held, sold and blocked.
        taken: u32,
    },
}

impl Refusal {
    /// Stable and public: clients may switch on it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CommandReused => "idempotency-key-reused",
            Self::NotDefined => "sale-not-defined",
            Self::AlreadyDefined => "sale-already-defined",
            Self::BadTerms { .. } => "bad-terms",
            Self::SaleClosed => "sale-closed",
            Self::UnknownHold => "hold-unknown",
            Self::HoldExpired => "hold-expired",
            Self::HoldSold => "hold-sold",
            Self::HoldLive => "hold-live",
            Self::HoldInPayment => "hold-in-payment",
            Self::OtherChannel => "other-channel",
            Self::OrderMismatch => "order-mismatch",
            Self::OrderTaken => "order-taken",
            Self::UnknownOrder => "order-unknown",
            Self::OrderCancelled => "order-cancelled",
            Self::UnknownPosition(_) => "position-unknown",
            Self::UnknownBlock => "block-unknown",
            Self::BlockTaken => "block-taken",
            Self::NotBlocked => "not-blocked",
            Self::BlockLimit => "block-limit",
            Self::NothingAsked => "nothing-asked",
            Self::TooManyPlaces { .. } => "too-many-places",
            Self::UnknownSeat(_) => "seat-unknown",
            Self::UnknownArea(_) => "area-unknown",
            Self::UnknownCategory(_) => "category-unknown",
            Self::UnknownAllocation(_) => "allocation-unknown",
            Self::DuplicateSeat(_) => "seat-duplicate",
            Self::NotForSale { .. } => "not-for-sale",
            Self::NotAMultiple { .. } => "not-a-multiple",
            Self::CompanionAlone(_) => "companion-alone",
            Self::NotYetOnSale { .. } => "not-yet-on-sale",
            Self::NoLongerOnSale => "no-longer-on-sale",
            Self::OverOrderLimit { .. } => "over-order-limit",
            Self::OverBuyerLimit { .. } => "over-buyer-limit",
            Self::NoMoreExtensions => "no-more-extensions",
            Self::AllocationFull { .. } => "allocation-full",
            Self::SeatsGone(_) => "seats-gone",
            Self::AreaFull { .. } => "area-full",
            Self::CategoryFull { .. } => "category-full",
            Self::NotTogether { .. } => "not-together",
            Self::AreaInUse { .. } => "area-in-use",
        }
    }
}
