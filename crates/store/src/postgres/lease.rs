//! One connection, and what is known of it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sea_orm::{
    DbErr, ExecResult, QueryResult, RuntimeErr, SqlxError, Statement,
    sqlx::{
        AssertSqlSafe, Connection as _, Executor as _, PgConnection, postgres::PgArguments,
        query_with,
    },
};
use sea_query_sqlx::SqlxValues;
use tokio::time::{Instant, timeout};

use crate::limits;

/// A connection that remembers in which state its last user left it.
pub(super) struct Held {
    connection: PgConnection,
    /// Something was asked and not answered, or answered by an error: nobody knows what comes next from it.
    is_doubtful: bool,
    /// It is, or may be, in a transaction.
    is_begun: bool,
    used_at: Instant,
    lost: Arc<AtomicU64>,
    /// How many connections were lost when this one was last well.
    lost_then: u64,
}

impl Held {
    pub(super) fn new(connection: PgConnection, lost: Arc<AtomicU64>) -> Self {
        let lost_then = lost.load(Ordering::Relaxed);
        let used_at = Instant::now();
        Self { connection, is_doubtful: false, is_begun: false, used_at, lost, lost_then }
    }

    pub(super) const fn is_begun(&self) -> bool {
        self.is_begun
    }

    pub(super) async fn execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.is_doubtful = true;
        let done = query(statement).execute(&mut self.connection).await;
        self.answered(done).map(ExecResult::from).map_err(DbErr::Exec)
    }

    pub(super) async fn execute_unprepared(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        self.is_doubtful = true;
        let done = self.connection.execute(AssertSqlSafe(sql.to_owned())).await;
        self.answered(done).map(ExecResult::from).map_err(DbErr::Exec)
    }

    pub(super) async fn query_one(
        &mut self,
        statement: Statement,
    ) -> Result<Option<QueryResult>, DbErr> {
        self.is_doubtful = true;
        let row = query(statement).fetch_optional(&mut self.connection).await;
        self.answered(row).map(|row| row.map(QueryResult::from)).map_err(DbErr::Query)
    }

    pub(super) async fn query_all(
        &mut self,
        statement: Statement,
    ) -> Result<Vec<QueryResult>, DbErr> {
        self.is_doubtful = true;
        let rows = query(statement).fetch_all(&mut self.connection).await;
        let rows = self.answered(rows).map_err(DbErr::Query)?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

    /// Rows of a statement that is given arrays.
    pub(super) async fn query_many(
        &mut self,
        text: &Arc<str>,
        arguments: PgArguments,
    ) -> Result<Vec<QueryResult>, DbErr> {
        self.is_doubtful = true;
        let query = query_with(AssertSqlSafe(Arc::clone(text)), arguments);
        let rows = query.fetch_all(&mut self.connection).await;
        let rows = self.answered(rows).map_err(DbErr::Query)?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

    pub(super) async fn ping(&mut self) -> Result<(), DbErr> {
        self.is_doubtful = true;
        let answer = self.connection.ping().await;
        self.answered(answer).map_err(DbErr::Conn)
    }

    pub(super) async fn begin(&mut self, statement: &'static str) -> Result<(), DbErr> {
        self.is_begun = true;
        self.simple(statement).await
    }

    pub(super) async fn commit(&mut self) -> Result<(), DbErr> {
        self.simple("COMMIT").await?;
        self.is_begun = false;
        Ok(())
    }

    async fn simple(&mut self, statement: &'static str) -> Result<(), DbErr> {
        self.is_doubtful = true;
        let done = self.connection.execute(statement).await;
        self.answered(done).map(|_| ()).map_err(DbErr::Exec)
    }

    /// Brings it out of the transaction and of the doubt that its last user left it in. An error means that it is lost.
    pub(super) async fn made_well(&mut self) -> Result<(), SqlxError> {
        let lost = self.lost.load(Ordering::Relaxed);
        let is_trusted = self.lost_then == lost && self.used_at.elapsed() < limits::TRUSTED_IDLE;
        if is_trusted && !self.is_doubtful && !self.is_begun {
            return Ok(());
        }
        self.is_doubtful = true;
        let answer = if self.is_begun {
            let rollback = self.connection.execute("ROLLBACK");
            timeout(limits::PING, rollback).await.map(|done| done.map(|_| ()))
        } else {
            timeout(limits::PING, self.connection.ping()).await
        };
        answer.unwrap_or(Err(SqlxError::PoolTimedOut))?;
        self.is_doubtful = false;
        self.is_begun = false;
        self.used_at = Instant::now();
        self.lost_then = lost;
        Ok(())
    }

    pub(super) async fn close(self) {
        // Who closes is done with it; how it goes does not matter.
        let _ = timeout(limits::PING, self.connection.close()).await;
    }

    fn answered<T>(&mut self, answer: Result<T, SqlxError>) -> Result<T, RuntimeErr> {
        match answer {
            Ok(answer) => {
                self.is_doubtful = false;
                self.used_at = Instant::now();
                Ok(answer)
            }
            Err(error) => {
                if matches!(error, SqlxError::Io(_) | SqlxError::Protocol(_)) {
                    self.lost.fetch_add(1, Ordering::Relaxed);
                }
                Err(RuntimeErr::SqlxError(error.into()))
            }
        }
    }
}

fn query(
    statement: Statement,
) -> sea_orm::sqlx::query::Query<'static, sea_orm::sqlx::Postgres, SqlxValues> {
    let values = statement.values.unwrap_or(sea_orm::Values(Vec::new()));
    query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}
