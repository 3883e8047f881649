//! The room ledger: who waits for a sale, in which order, and whose turn it is.

pub mod admission;
pub mod draw;
