//! Several real replicas on one PostgreSQL behind the real HAProxy, with the configuration that we ship: replicas come,
//! go, crash and are replaced while fans hold places, and no fan sees an error or loses a hold.
//!
//! `cargo xtask test` installs what this needs and sets `TEST_DATABASE_URL`.
#![expect(clippy::unwrap_used, reason = "tests")]

mod balancer;
mod database;
mod drain;
mod identical;
mod outage;
mod postgres;
mod replica;
mod same_port;
mod traffic;
mod upgrade;
