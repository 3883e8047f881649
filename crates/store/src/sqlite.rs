//! The connections to SQLite: statements run on the thread that asks for them.
//!
//! The driver gives each connection a thread of its own and hands it every statement: two queues and two wake-ups for
//! what takes some microseconds, for SQLite is a library and its pages are in memory. Here a statement is a call. What a
//! runtime's thread must not do is wait: the commit with its sync is done [elsewhere](crate::group), a file that another
//! process writes to is waited for asleep, and what may take long ([`Long`], a [`Snapshot`], a statement of many values)
//! first lets the other tasks of its thread go to another one.
//!
//! A call cannot be given up half way. So a caller who hangs up leaves no statement behind, and a transaction that is
//! dropped is undone there and then.

mod connection;
mod kinds;

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use deadpool::managed::{self, Metrics, PoolError, QueueMode, RecycleResult};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement,
};
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    time::{Instant, sleep, timeout},
};

use connection::Role;
pub(crate) use connection::{Connection, is_busy};

use crate::{Config, limits};

/// The connections that read. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Sqlite {
    pool: managed::Pool<Manager>,
    acquire_timeout: Duration,
}

/// Reads that may take long, as lists and searches do.
pub(crate) struct Long<'a>(pub(crate) &'a Sqlite);

/// Reads of one moment. Each may take long.
pub(crate) struct Snapshot {
    lease: Mutex<Lease>,
}

type Lease = managed::Object<Manager>;

struct Manager {
    path: PathBuf,
}

impl Sqlite {
    pub(crate) async fn connect(path: &Path, config: Config) -> Result<Self, DbErr> {
        let pool = managed::Pool::builder(Manager { path: path.to_owned() })
            .max_size(usize::try_from(config.connections_max.max(1)).unwrap_or(usize::MAX))
            // What was used last has its pages in memory.
            .queue_mode(QueueMode::Lifo)
            .build()
            .map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?;
        let sqlite = Self { pool, acquire_timeout: config.acquire_timeout };
        sqlite.ping().await?;
        Ok(sqlite)
    }

    async fn lease(&self) -> Result<Lease, DbErr> {
        let lease = timeout(self.acquire_timeout, self.pool.get()).await;
        lease.unwrap_or(Err(PoolError::Timeout(managed::TimeoutType::Wait))).map_err(|error| {
            match error {
                PoolError::Backend(error) => error,
                PoolError::Closed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
                _ => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
            }
        })
    }

    pub(crate) async fn ping(&self) -> Result<(), DbErr> {
        self.lease().await?.simple("SELECT 1")
    }

    /// Reads what is there at the first of its questions.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, DbErr> {
        let mut lease = self.lease().await?;
        lease.simple("BEGIN")?;
        Ok(Snapshot { lease: Mutex::new(lease) })
    }

    /// No further leases. Connections in use are closed when they come back.
    pub(crate) fn close(&self) {
        self.pool.close();
        aside(|| drop(self.pool.retain(|_, _| false)));
    }
}

/// Opens the one connection that writes, and creates the file if it is missing.
pub(crate) async fn writer(path: &Path) -> Result<Connection, DbErr> {
    open(path, Role::Writer).await
}

/// Creating a file that another process creates at the same moment may be refused at once: switching to the write-ahead
/// log does not wait for locks.
async fn open(path: &Path, role: Role) -> Result<Connection, DbErr> {
    let started = Instant::now();
    loop {
        let path = path.to_owned();
        let opened = tokio::task::spawn_blocking(move || Connection::open(&path, role)).await;
        let opened = opened
            .unwrap_or_else(|error| Err(DbErr::Conn(RuntimeErr::Internal(error.to_string()))));
        match opened {
            Err(error) if is_busy(&error) && started.elapsed() < limits::SQLITE_BUSY => {
                sleep(limits::SQLITE_PAUSE_MAX).await;
            }
            opened => return opened,
        }
    }
}

/// Does what may take long. Other tasks of this thread go on elsewhere meanwhile.
pub(crate) fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        // There is nowhere to go.
        _ => work(),
    }
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = DbErr;

    async fn create(&self) -> Result<Connection, DbErr> {
        open(&self.path, Role::Reader).await
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<DbErr> {
        Ok(connection.rolled_back()?)
    }
}

#[async_trait]
impl ConnectionTrait for Sqlite {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.lease().await?.execute(&statement)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.lease().await?.execute_unprepared(sql)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.lease().await?.query_one(&statement)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.lease().await?.query_all(&statement)
    }
}

#[async_trait]
impl ConnectionTrait for Long<'_> {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut lease = self.0.lease().await?;
        aside(|| lease.execute(&statement))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut lease = self.0.lease().await?;
        aside(|| lease.execute_unprepared(sql))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut lease = self.0.lease().await?;
        aside(|| lease.query_one(&statement))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut lease = self.0.lease().await?;
        aside(|| lease.query_all(&statement))
    }
}

impl Snapshot {
    fn with<T>(&self, work: impl FnOnce(&mut Connection) -> T) -> T {
        // Who panicked in the middle of a statement left a connection that answers for itself.
        aside(|| work(&mut self.lease.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

#[async_trait]
impl ConnectionTrait for Snapshot {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.with(|connection| connection.execute(&statement))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.with(|connection| connection.execute_unprepared(sql))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.with(|connection| connection.query_one(&statement))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.with(|connection| connection.query_all(&statement))
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        let lease = self.lease.get_mut().unwrap_or_else(PoisonError::into_inner);
        // At once, for the write-ahead log grows for as long as somebody reads an old moment. If it fails, the pool
        // tries again before the connection has another user.
        let _ = lease.rolled_back();
    }
}
