//! Seat allocation: by example, against an oracle that tries everything, in the geometry of the
//! sample venues, over a long run, and with plans that nobody would draw.
#![expect(clippy::unwrap_used, reason = "tests")]

mod best;
mod churn;
mod examples;
mod hostile;
mod hostile_terms;
mod house;
mod oracle;
mod oracle_stack;
mod pairs;
mod venues;
