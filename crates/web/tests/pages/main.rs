//! The shop's pages as a browser without scripts sees them: the router over a real shop with an
//! in-memory log, tables in a file of their own, a clock that stands, and the test bank.

#![expect(clippy::unwrap_used, reason = "tests")]

mod buying;
mod caching;
mod choosing;
mod connections;
mod control;
mod doors;
mod rig;
mod safety;
mod waiting;
