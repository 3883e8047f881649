//! A few connections, the one used last first.
//!
//! The pool of the library hands out the connection that rested longest, and asks each one that comes
//! back whether it is well. For a log with one hot stream that doubles the round trips and wakes
//! another server process for every append: 180 microseconds instead of 47 for a small entry.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout},
};

use crate::{LogError, limits::POSTGRES_ACQUIRE};

/// A connection that rested for longer is asked whether it is well: something between us and the
/// server may have forgotten it.
const RESTED: Duration = Duration::from_secs(10);
/// A connection that rested for longer is not needed.
const SUPERFLUOUS: Duration = Duration::from_mins(5);
/// How long it may take to say that it is well.
const PING: Duration = Duration::from_millis(250);

pub(super) struct Connections {
    options: PgConnectOptions,
    turns: Semaphore,
    /// Used last stands last.
    resting: Mutex<Vec<Resting>>,
}

struct Resting {
    connection: PgConnection,
    since: Instant,
}

/// A connection in use. Closed when it is dropped, because nobody knows what it was doing, unless it
/// is [kept](Self::keep).
pub(super) struct Leased<'a> {
    pub(super) connection: PgConnection,
    home: &'a Connections,
    _turn: SemaphorePermit<'a>,
}

impl Connections {
    /// At most so many at the same time; opened when they are needed.
    pub(super) fn new(options: PgConnectOptions, limit: u32) -> Self {
        let turns = usize::try_from(limit).unwrap_or(Semaphore::MAX_PERMITS);
        Self { options, turns: Semaphore::new(turns), resting: Mutex::default() }
    }

    /// A connection that is well, as far as is known. Nothing was sent on it.
    pub(super) async fn lease(&self) -> Result<Leased<'_>, LogError> {
        let turn = timeout(POSTGRES_ACQUIRE, self.turns.acquire()).await;
        let turn = turn.map_err(|_| LogError::TimedOut)?.map_err(|_| LogError::Closed)?;
        let connection = match self.rested().await {
            Some(connection) => connection,
            None => timeout(POSTGRES_ACQUIRE, self.options.connect())
                .await
                .map_err(|_| LogError::TimedOut)??,
        };
        Ok(Leased { connection, home: self, _turn: turn })
    }

    /// When one connection is lost, the server has probably ended or moved, and the others are lost
    /// too: they go at once, so that they do not fail one operation each.
    pub(super) fn forget(&self) {
        self.locked(Vec::clear);
    }

    /// No further leases.
    pub(super) async fn close(&self) {
        self.turns.close();
        for resting in self.locked(std::mem::take) {
            let _ = resting.connection.close().await;
        }
    }

    async fn rested(&self) -> Option<PgConnection> {
        while let Some(mut resting) = self.locked(Vec::pop) {
            if resting.since.elapsed() < RESTED
                || matches!(timeout(PING, resting.connection.ping()).await, Ok(Ok(())))
            {
                return Some(resting.connection);
            }
        }
        None
    }

    fn locked<R>(&self, change: impl FnOnce(&mut Vec<Resting>) -> R) -> R {
        // Nothing panics while it is locked.
        change(&mut self.resting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Leased<'_> {
    /// Nothing is in flight on it any more: somebody else may use it.
    pub(super) fn keep(self) {
        if self.home.turns.is_closed() {
            return;
        }
        let since = Instant::now();
        self.home.locked(|resting| {
            resting.retain(|resting| since.duration_since(resting.since) < SUPERFLUOUS);
            resting.push(Resting { connection: self.connection, since });
        });
    }
}
