//! What the shop does: import, cart, checkout, settlement, projection, mail.
//!
//! This crate is the application layer. It never speaks HTTP, HTML or SQL and never reads the global clock: the log,
//! the tables, the payment providers, the clock and randomness are given to it, and [`Shop`] brings them together.
//!
//! - Import: [`plan`] reads seating plans, [`sale_file`] and [`spec`] what is sold in them, [`offer`] joins both.
//!   [`catalogue`] brings it into the shop.
//! - Reading: [`facts`] is what is announced, [`sales`] what is sold for how much, [`status`] what is free.
//! - Buying: [`cart`] holds places, [`checkout`] makes an order of them, [`settle`] hears of the money, [`orders`] and
//!   [`ticket`] are what the buyer has, [`mail`] is what they get.
//!
//! A purchase is never half done: each step is written down before the next, and a worker picks up what a crash left.

pub mod api_keys;
pub mod bank;
pub mod buyer;
pub mod cart;
pub mod catalogue;
pub mod checkout;
pub mod code;
mod document;
pub mod error;
pub mod facts;
pub mod fault;
mod fingerprint;
mod heads;
pub mod keys;
pub mod limits;
pub mod mail;
pub mod moment;
mod notify;
pub mod offer;
pub mod orders;
pub mod pace;
pub mod plan;
mod projector;
pub mod random;
mod refunds;
pub mod room;
pub mod sale_file;
pub mod sales;
pub mod settle;
pub mod shop;
pub mod spec;
pub mod status;
pub mod ticket;
pub mod verify;
mod worker;

pub use error::{Error, Result};
pub use shop::{Parts, Shop, ShopConfig};
