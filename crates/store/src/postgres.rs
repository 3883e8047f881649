//! The connections to PostgreSQL: handed out as they are, so that a statement is one round trip.
//!
//! The pool of the driver asks each connection that comes back whether it is well, and a transaction around a single
//! statement is two more round trips: four for one. Here a connection remembers instead what it was last asked, and whether
//! it has answered. Only one that has not, because its caller hung up or the network did, is asked before somebody else
//! uses it, and brought out of the transaction in which it was left.

mod lease;

use std::{
    str::FromStr,
    sync::{Arc, atomic::AtomicU64},
};

use async_trait::async_trait;
use deadpool::managed::{self, Metrics, PoolError, QueueMode, RecycleResult};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    SqlxError, Statement,
    sqlx::{ConnectOptions as _, postgres::PgConnectOptions},
};
use tokio::{
    sync::Mutex,
    time::{Duration, sleep, timeout},
};

use crate::{connect::Config, limits};
use lease::Held;

/// The connections. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Postgres {
    pool: managed::Pool<Manager>,
    acquire_timeout: Duration,
}

/// A transaction. Dropping it undoes it.
pub(crate) struct Transaction {
    /// Statements of one transaction wait for each other. `None` only while it is dropped.
    lease: Option<Mutex<Lease>>,
}

type Lease = managed::Object<Manager>;

struct Manager {
    options: PgConnectOptions,
    /// How often a connection was lost. The others are then probably lost, too, and are asked.
    lost: Arc<AtomicU64>,
}

impl Postgres {
    pub(crate) async fn connect(url: &str, config: Config) -> Result<Self, DbErr> {
        let manager = Manager { options: options(url)?, lost: Arc::default() };
        let pool = managed::Pool::builder(manager)
            .max_size(usize::try_from(config.connections_max.max(1)).unwrap_or(usize::MAX))
            // What was used last is warm, and wakes the fewest processes.
            .queue_mode(QueueMode::Lifo)
            .build()
            .map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?;
        let postgres = Self { pool, acquire_timeout: config.acquire_timeout };
        // An address at which nobody answers is found out now.
        drop(postgres.lease().await?);
        Ok(postgres)
    }

    async fn lease(&self) -> Result<Lease, DbErr> {
        let lease = timeout(self.acquire_timeout, self.pool.get()).await;
        lease.unwrap_or(Err(PoolError::Timeout(managed::TimeoutType::Wait))).map_err(|error| {
            match error {
                PoolError::Backend(error) => DbErr::Conn(RuntimeErr::SqlxError(error.into())),
                PoolError::Closed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
                _ => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
            }
        })
    }

    pub(crate) async fn ping(&self) -> Result<(), DbErr> {
        self.lease().await?.ping().await
    }

    /// Begins a transaction by this statement.
    pub(crate) async fn begin(&self, statement: &'static str) -> Result<Transaction, DbErr> {
        let mut lease = self.lease().await?;
        lease.begin(statement).await?;
        Ok(Transaction { lease: Some(Mutex::new(lease)) })
    }

    /// No further leases. Connections in use are closed when they come back.
    pub(crate) async fn close(&self) {
        self.pool.close();
        for held in self.pool.retain(|_, _| false).removed {
            held.close().await;
        }
    }
}

fn options(url: &str) -> Result<PgConnectOptions, DbErr> {
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

/// What PostgreSQL runs on its own, and commits at once.
#[async_trait]
impl ConnectionTrait for Postgres {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.lease().await?.execute(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.lease().await?.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.lease().await?.query_one(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.lease().await?.query_all(statement).await
    }
}

impl Transaction {
    /// Returns when it is durable.
    pub(crate) async fn commit(mut self) -> Result<(), DbErr> {
        match &mut self.lease {
            Some(lease) => lease.get_mut().commit().await,
            None => Ok(()),
        }
    }

    async fn lease(&self) -> Result<tokio::sync::MutexGuard<'_, Lease>, DbErr> {
        let lease = self.lease.as_ref();
        let lease = lease.ok_or(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?;
        Ok(lease.lock().await)
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(mut lease) = self.lease.take().map(Mutex::into_inner) else { return };
        if !lease.is_begun() {
            return;
        }
        // At once, for it may have locked what others wait for. Without a runtime the connection closes, which undoes it too.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            drop(Lease::take(lease));
            return;
        };
        runtime.spawn(async move {
            if lease.made_well().await.is_err() {
                drop(Lease::take(lease));
            }
        });
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.lease().await?.execute(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.lease().await?.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.lease().await?.query_one(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.lease().await?.query_all(statement).await
    }
}
