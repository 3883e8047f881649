//! The sale ledger: who gets which place of one performance, at which price.
//!
//! [`Sale`] is the state; [`Command`] asks, [`Record`] is what was decided, [`Refusal`] is why not.
//! [`Terms`] is what the sale sells; it enters the ledger as a record, so that a replay needs nothing else.

mod command;
mod record;
mod refusal;
mod seating;
mod terms;

pub use command::{Command, Places, Want};
pub use record::{BlockKind, Place, Position, Record};
pub use refusal::Refusal;
pub use seating::Seating;
pub use terms::{
    Access, Allocation, Area, AreaCapacity, Category, Currency, HoldTimes, OrderLimits, Point,
    Price, Row, Seat, Terms, Window,
};
