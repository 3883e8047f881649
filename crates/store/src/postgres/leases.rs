//! Connections that are lent: opened when they are needed, and looked at before somebody else has them.

use std::{
    str::FromStr,
    sync::{Arc, atomic::AtomicU64},
};

use deadpool::managed::{self, Metrics, PoolError, QueueMode, RecycleResult};
use sea_orm::{
    ConnAcquireErr, DbErr, RuntimeErr, SqlxError,
    sqlx::{ConnectOptions as _, postgres::PgConnectOptions},
};
use tokio::time::{Duration, sleep, timeout};

use super::lease::Held;
use crate::limits;

/// Connections that are lent to one statement or transaction at a time.
#[derive(Clone)]
pub(super) struct Leases {
    pool: managed::Pool<Manager>,
    acquire_timeout: Duration,
}

pub(super) type Lease = managed::Object<Manager>;

pub(super) struct Manager {
    pub(super) options: PgConnectOptions,
    /// How often a connection was lost. The others are then probably lost, too, and are asked.
    pub(super) lost: Arc<AtomicU64>,
}

impl Leases {
    pub(super) fn new(
        manager: Manager,
        size: u32,
        acquire_timeout: Duration,
    ) -> Result<Self, DbErr> {
        let pool = managed::Pool::builder(manager)
            .max_size(usize::try_from(size.max(1)).unwrap_or(usize::MAX))
            // What was used last is warm, and wakes the fewest processes.
            .queue_mode(QueueMode::Lifo)
            .build()
            .map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?;
        Ok(Self { pool, acquire_timeout })
    }

    pub(super) async fn lease(&self) -> Result<Lease, DbErr> {
        let lease = timeout(self.acquire_timeout, self.pool.get()).await;
        lease.unwrap_or(Err(PoolError::Timeout(managed::TimeoutType::Wait))).map_err(|error| {
            match error {
                PoolError::Backend(error) => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
                PoolError::Closed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
                _ => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
            }
        })
    }

    /// No further leases. Connections in use are closed when they come back.
    pub(super) async fn close(&self) {
        self.pool.close();
        for held in self.pool.retain(|_, _| false).removed {
            held.close().await;
        }
    }
}

/// For statements that find each row by a key. A plan is made once, maybe when a table is still empty, and walking
/// through it, which is best then, would be kept when it is not.
pub(super) const ONLY_BY_KEY: [(&str, &str); 3] =
    [("enable_seqscan", "off"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off")];

pub(super) fn options(url: &str) -> Result<PgConnectOptions, DbErr> {
    let fault = |error: SqlxError| DbErr::Conn(RuntimeErr::SqlxError(error.into()));
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(fault(SqlxError::Configuration("not the address of a database".into())));
    }
    let ms = |limit: Duration| limit.as_millis().to_string();
    let options = PgConnectOptions::from_str(url)
        .map_err(fault)?
        .application_name("frontrow-store")
        .statement_cache_capacity(limits::STATEMENTS_KEPT)
        .options([
            ("statement_timeout", ms(limits::STATEMENT).as_str()),
            ("idle_in_transaction_session_timeout", ms(limits::IDLE_IN_TRANSACTION).as_str()),
            // A statement is planned once on each connection and not six times: what it is given makes no other plan better.
            ("plan_cache_mode", "force_generic_plan"),
            ("jit", "off"),
            // A rollback to make sure is no news.
            ("client_min_messages", "error"),
        ]);
    Ok(options.disable_statement_logging())
}

impl managed::Manager for Manager {
    type Type = Held;
    type Error = SqlxError;

    /// A server that is just starting, or not yet there, is waited for: for as long as the caller does.
    async fn create(&self) -> Result<Held, SqlxError> {
        let mut pause = limits::CONNECT_PAUSE_FIRST;
        loop {
            let error = match self.options.connect().await {
                Ok(connection) => return Ok(Held::new(connection, Arc::clone(&self.lost))),
                Err(error) => error,
            };
            let passes = match &error {
                SqlxError::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
                SqlxError::Database(error) => error.is_transient_in_connect_phase(),
                _ => false,
            };
            if !passes {
                return Err(error);
            }
            sleep(pause).await;
            pause = (pause * 2).min(limits::CONNECT_PAUSE_MAX);
        }
    }

    async fn recycle(&self, held: &mut Held, metrics: &Metrics) -> RecycleResult<SqlxError> {
        if metrics.age() > limits::CONNECTION_AGE_MAX {
            return Err(managed::RecycleError::message("it has served long enough"));
        }
        Ok(held.made_well().await?)
    }
}
