//! Tables nobody fights over: catalogue, contact data, payments, jobs, and what the log projects.
//!
//! One code for SQLite and PostgreSQL. [`Store`] is the door: cheap to clone, one `impl` per noun, each in the file
//! of that name. Everything contended is decided by the ledger; what its records mean for orders, tickets and
//! performances is written here by [`projection`], exactly once.
//!
//! What is absent: SQL types in signatures (callers see plain structs, [`uuid::Uuid`], [`frontrow_ledger::Time`] and
//! minor units), the clock, randomness (ids and moments are arguments), and any decision that two buyers compete for.

pub mod api_keys;
pub mod audit;
pub mod carts;
pub mod catalogue;
mod config;
mod connect;
mod entity;
mod error;
mod group;
pub mod idempotency;
pub mod jobs;
pub mod limits;
mod migrations;
pub mod orders;
pub mod page;
pub mod payment_events;
pub mod payments;
mod postgres;
pub mod projection;
pub mod refunds;
pub mod replicas;
pub mod room_samples;
pub mod room_wishes;
pub mod rooms;
mod rows;
pub mod search;
pub mod settings;
mod sql;
mod sqlite;
pub mod test_bank;
mod text_enum;
pub mod texts;
pub mod tickets;

pub use config::Config;
pub use connect::Store;
pub use error::Error;
pub use texts::Texts;

/// What every function of the store answers with.
pub type Result<T> = std::result::Result<T, Error>;
