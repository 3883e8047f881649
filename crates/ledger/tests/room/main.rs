//! The waiting room through the door that will not move: commands in, records and refusals out.
#![expect(clippy::unwrap_used, reason = "tests")]

mod audit;
mod fixtures;
mod format;
mod memory;
mod oracle;
mod refusals;
mod sealed;
mod snapshots;
mod sold_out;
mod status;
mod turns;
