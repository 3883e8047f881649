//! The sale ledger through its one door: requests in, records or refusals out.

mod fixtures;
mod oracle;
mod organiser;
mod precedence;
mod properties;
mod refusals;
mod terms;
mod traps;
mod views;
mod world;
