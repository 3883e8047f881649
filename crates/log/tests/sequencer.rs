//! The sequencer over the log in memory, with everything that can go wrong on the way.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "sequencer/batching.rs"]
mod batching;
#[path = "sequencer/toy.rs"]
mod toy;
