//! The waiting room through the door that will not move: commands in, records and refusals out.
#![expect(clippy::unwrap_used, reason = "tests")]

mod fixtures;
mod memory;
mod published;
mod snapshots;
