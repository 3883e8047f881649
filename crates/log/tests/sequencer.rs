//! The sequencer over the log in memory, with everything that can go wrong on the way.

#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "sequencer/batching.rs"]
mod batching;
#[path = "sequencer/conflicts.rs"]
mod conflicts;
#[path = "sequencer/ending.rs"]
mod ending;
#[path = "sequencer/faults.rs"]
mod faults;
#[path = "sequencer/fleet.rs"]
mod fleet;
#[path = "sequencer/loading.rs"]
mod loading;
#[path = "sequencer/registry.rs"]
mod registry;
#[path = "sequencer/script.rs"]
mod script;
#[path = "sequencer/storm.rs"]
mod storm;
#[path = "sequencer/time.rs"]
mod time;
#[path = "sequencer/toy.rs"]
mod toy;
