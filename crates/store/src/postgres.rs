//! The connections to PostgreSQL: handed out as they are, so that a statement is one round trip.
//!
//! The pool of the driver asks each connection that comes back whether it is well, and a transaction around a single
//! statement is two more round trips: four for one. Here a connection remembers instead what it was last asked, and whether
//! it has answered. Only one that has not, because its caller hung up or the network did, is asked before somebody else
//! uses it, and brought out of the transaction in which it was left.

mod lease;
mod leases;
mod together;

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, Value,
};
use tokio::sync::Mutex;

use crate::{Config, limits};
use leases::{Lease, Leases, Manager, ONLY_BY_KEY, options};
use together::Together;

/// The connections. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Postgres {
    leases: Leases,
    together: Arc<Together>,
}

/// A transaction. Dropping it undoes it.
pub(crate) struct Transaction {
    /// Statements of one transaction wait for each other. `None` only while it is dropped.
    lease: Option<Mutex<Lease>>,
}

impl Postgres {
    pub(crate) async fn connect(url: &str, config: Config) -> Result<Self, DbErr> {
        let lost = Arc::default();
        let options = options(url)?;
        let keyed = options.clone().options(ONLY_BY_KEY);
        let together = (config.connections_max / limits::TOGETHER_ONE_IN).max(1);
        let rest = config.connections_max.saturating_sub(together);
        let leases = |options, size| {
            let manager = Manager { options, lost: Arc::clone(&lost) };
            Leases::new(manager, size, config.acquire_timeout)
        };
        let together = Arc::new(Together::new(leases(keyed, together)?));
        let postgres = Self { leases: leases(options, rest)?, together };
        // An address at which nobody answers is found out now.
        drop(postgres.leases.lease().await?);
        Ok(postgres)
    }

    /// The rows of a `SELECT`, for this caller and all who ask the same at the same moment by one statement.
    pub(crate) async fn ask(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        self.together.ask(sql, values).await
    }

    /// Changes something, likewise: whether it did. It is durable then.
    pub(crate) async fn change(&self, sql: &str, values: Vec<Value>) -> Result<bool, DbErr> {
        Ok(!self.together.ask(sql, values).await?.is_empty())
    }

    pub(crate) async fn ping(&self) -> Result<(), DbErr> {
        self.leases.lease().await?.ping().await
    }

    /// Begins a transaction by this statement.
    pub(crate) async fn begin(&self, statement: &'static str) -> Result<Transaction, DbErr> {
        let mut lease = self.leases.lease().await?;
        lease.begin(statement).await?;
        Ok(Transaction { lease: Some(Mutex::new(lease)) })
    }

    /// No further statements.
    pub(crate) async fn close(&self) {
        self.leases.close().await;
        self.together.close().await;
    }
}

/// What PostgreSQL runs on its own, and commits at once.
#[async_trait]
impl ConnectionTrait for Postgres {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.leases.lease().await?.execute(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.leases.lease().await?.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.leases.lease().await?.query_one(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.leases.lease().await?.query_all(statement).await
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
