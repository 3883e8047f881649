//! How much of the database a replica takes.

use std::time::Duration;

/// How many connections, and how long to wait for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Connections at once, at least two. On SQLite these are readers; there is one writer.
    pub connections_max: u32,
    /// How long a call waits for a connection, or for its turn to write, before it answers
    /// [`Error::Unavailable`](crate::Error::Unavailable).
    pub acquire_timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self { connections_max: 16, acquire_timeout: Duration::from_secs(10) }
    }
}
