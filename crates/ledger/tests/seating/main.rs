//! Seat allocation, against an oracle that tries everything.
#![expect(clippy::unwrap_used, reason = "tests")]

mod best;
mod house;
mod oracle;
mod oracle_stack;
