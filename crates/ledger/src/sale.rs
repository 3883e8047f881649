//! The sale ledger: who gets which place of one performance, at which price.
//!
//! [`Sale`] is the state and [`Book`] what readers look into; [`Command`] asks, [`Record`] is what
//! was decided, [`Refusal`] is why not. [`Terms`] is what the sale sells; it enters the ledger as a
//! record, so that a replay needs nothing else.

mod allocations;
mod apply;
mod blocks;
mod book;
mod buyers;
mod command;
mod decide;
mod holds;
mod orders;
mod prices;
mod record;
mod refusal;
mod seating;
mod snapshot;
mod state;
mod stock;
mod terms;
mod view;
mod windows;

pub use blocks::Block;
pub use book::Book;
pub use command::{Command, Places, Want};
pub use holds::{Hold, HoldState, Payment};
pub use orders::Order;
pub use record::{BlockKind, Place, Position, Record};
pub use refusal::Refusal;
pub use seating::Seating;
pub use state::Sale;
pub use stock::{Status, Totals};
pub use terms::{
    Access, Allocation, Area, AreaCapacity, Category, Currency, Fault, HoldTimes, OrderLimits,
    Point, Price, Row, Seat, Terms, Window,
};
pub use view::Selling;
pub use windows::OnSale;
