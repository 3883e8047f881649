//! What the shop does: import, cart, checkout, settlement, projection, mail.
//!
//! This crate is the application layer. It never speaks HTTP, HTML or SQL and never reads the global clock: the log,
//! the tables, the payment providers, the clock and randomness are given to it.
//!
//! - [`plan`] reads seating plans, [`sale_file`] reads what is sold in them.

mod document;
pub mod fault;
pub mod limits;
pub mod moment;
pub mod offer;
pub mod plan;
pub mod sale_file;
pub mod spec;
