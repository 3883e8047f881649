//! The ledgers: deterministic state machines that decide who gets a seat, a price, a place.
//!
//! Every contended decision of the shop is taken here, by a [`Machine`] that replays a log. A
//! machine is pure: it never reads a clock, draws a random number or does I/O, so replaying the
//! same entries rebuilds the same state on every replica, today and in ten years. Time, ids and
//! randomness arrive as arguments.
//!
//! What is absent: `async`, I/O, clocks, randomness, floating point, SQL, names of people. This
//! crate depends on nothing of ours. [`limits`] states every bound of the product with its reason,
//! [`invariants`] what is always true.
//!
//! - [`sale`]: the selling of one performance: holds, seats, areas, allocations, limits, blocks,
//!   orders.
//! - [`room`]: the waiting room of one sale: places, the draw, admission, passes.

mod expiry;
mod fifo;
pub mod ids;
mod index;
pub mod invariants;
pub mod limits;
pub mod machine;
mod memory;
pub mod room;
pub mod sale;
mod table;

pub use ids::{
    AllocationId, AreaId, BlockId, BuyerKey, CategoryId, ChannelId, CommandId, FanKey, HoldId,
    OrderId, Place, SeatId, TicketTypeId, Time,
};
pub use machine::{Applied, Decision, Entry, Machine, Request};

/// The highest version of the records of any ledger that this release can read.
pub const RECORDS: u32 = if room::Room::RECORDS > sale::Sale::RECORDS {
    room::Room::RECORDS
} else {
    sale::Sale::RECORDS
};
