//! One commit for everybody who writes at the same time.
//!
//! SQLite has one writer and syncs the disk at each commit: if everybody committed alone, the shop could not sell faster
//! than the disk syncs. So writers take turns in one open transaction, each within a savepoint of its own, and are
//! answered when the transaction is committed. There is no timer: whoever finishes calls for the commit, which queues
//! behind those who wait for their turn already, and they come along.
//!
//! Who writes by one statement needs no savepoint: SQLite undoes a statement that fails by itself, and leaves the rest of
//! the transaction alone.
//!
//! Statements, savepoints and what undoes them are calls on the writer's own thread, and cannot be given up half way.
//! Only the commit waits for the disk, and is made on a thread that may.

use std::{
    path::Path,
    sync::{Arc, Mutex as Lock, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use tokio::{
    sync::{Mutex, OwnedMutexGuard, mpsc, oneshot},
    time::{Instant, sleep},
};

use crate::{
    Error, Result, limits,
    sqlite::{self, Connection, aside},
};

type Answer<T> = std::result::Result<T, DbErr>;

/// Whose turn it is to write. Turns and commits are taken in the order in which they were asked for.
#[derive(Clone)]
pub(crate) struct Group {
    shared: Arc<Mutex<Shared>>,
    finished: mpsc::Sender<()>,
}

struct Shared {
    /// `None` after it was closed. The lock is never waited for: who has the turn has it.
    connection: Option<Lock<Connection>>,
    open: Option<Open>,
}

/// A transaction that is not committed yet, and who waits for that.
#[derive(Default)]
struct Open {
    /// A savepoint could not be released or undone, so nobody knows what the transaction contains.
    is_doubtful: bool,
    waiting: Vec<oneshot::Sender<Result<()>>>,
}

/// The right to write, until it is dropped. What was written after a savepoint and is not committed is then undone.
pub(crate) struct Turn {
    shared: OwnedMutexGuard<Shared>,
    finished: mpsc::Sender<()>,
    has_savepoint: bool,
    is_long: bool,
}

impl Group {
    /// Opens the file, or creates it. Must be called on a tokio runtime: the commits are a task on it, for as long as
    /// the group or a turn lives.
    pub(crate) async fn open(path: &Path) -> Result<Self> {
        let connection = sqlite::writer(path).await?;
        let shared = Shared { connection: Some(Lock::new(connection)), open: None };
        let shared = Arc::new(Mutex::new(shared));
        let (finished, mut calls) = mpsc::channel(1);
        let of_task = Arc::clone(&shared);
        tokio::spawn(async move {
            while calls.recv().await.is_some() {
                let mut shared = Arc::clone(&of_task).lock_owned().await;
                // The next turn begins when this is done, so nobody waits for it here.
                tokio::task::spawn_blocking(move || shared.end());
            }
        });
        Ok(Self { shared, finished })
    }

    /// Waits for a turn, at most `patience`, and sets a savepoint.
    pub(crate) async fn begin(&self, patience: Duration) -> Result<Turn> {
        let mut turn = self.turn(patience).await?;
        turn.shared.connection()?.simple("SAVEPOINT turn")?;
        turn.has_savepoint = true;
        Ok(turn)
    }

    /// Waits for a turn, at most `patience`, to change something by one statement.
    pub(crate) async fn turn(&self, patience: Duration) -> Result<Turn> {
        let shared = Arc::clone(&self.shared).lock_owned();
        let shared = tokio::time::timeout(patience, shared)
            .await
            .map_err(|_| Error::timeout("no turn to write in time"))?;
        let finished = self.finished.clone();
        let mut turn = Turn { shared, finished, has_savepoint: false, is_long: false };
        turn.shared.begin().await?;
        Ok(turn)
    }

    /// Commits what is open and closes the connection; who begins later gets [`Error::Unavailable`].
    pub(crate) async fn close(&self) {
        let mut shared = self.shared.lock().await;
        aside(|| {
            shared.end();
            shared.connection = None;
        });
    }
}

impl Turn {
    /// What follows may take long.
    pub(crate) fn long(mut self) -> Self {
        self.is_long = true;
        self
    }

    /// Keeps what was written, and waits until it is durable.
    pub(crate) async fn commit(mut self) -> Result<()> {
        let connection = self.shared.connection()?;
        if connection.is_idle() {
            return Err(given_up());
        }
        if self.has_savepoint {
            connection.simple("RELEASE turn")?;
            self.has_savepoint = false;
        }
        let (done, committed) = oneshot::channel();
        self.shared.open.as_mut().ok_or_else(closing)?.waiting.push(done);
        drop(self);
        committed.await.unwrap_or_else(|_| Err(closing()))
    }

    fn with<T>(&self, values: usize, work: impl FnOnce(&mut Connection) -> Answer<T>) -> Answer<T> {
        let closed = || DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::ConnectionClosed);
        let connection = self.shared.connection.as_ref().ok_or_else(closed)?;
        let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_long || values > limits::SQLITE_VALUES_SHORT {
            aside(|| work(&mut connection))
        } else {
            work(&mut connection)
        }
    }

    fn run<T>(
        &self,
        statement: &Statement,
        work: impl FnOnce(&mut Connection, &Statement) -> Answer<T>,
    ) -> Answer<T> {
        let values = statement.values.as_ref().map_or(0, |values| values.0.len());
        self.with(values, |connection| work(connection, statement))
    }
}

#[async_trait]
impl ConnectionTrait for Turn {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Answer<ExecResult> {
        self.run(&statement, Connection::execute)
    }

    async fn execute_unprepared(&self, sql: &str) -> Answer<ExecResult> {
        self.with(0, |connection| connection.execute_unprepared(sql))
    }

    async fn query_one_raw(&self, statement: Statement) -> Answer<Option<QueryResult>> {
        self.run(&statement, Connection::query_one)
    }

    async fn query_all_raw(&self, statement: Statement) -> Answer<Vec<QueryResult>> {
        self.run(&statement, Connection::query_all)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.has_savepoint {
            self.shared.undo();
        }
        // If a call waits already, its commit comes after this turn and is enough.
        let _ = self.finished.try_send(());
    }
}

fn closing() -> Error {
    Error::timeout("the store is closing")
}

/// As when the disk is full.
fn given_up() -> Error {
    Error::timeout("SQLite gave the transaction up")
}

impl Shared {
    fn connection(&mut self) -> Result<&mut Connection> {
        let connection = self.connection.as_mut().ok_or_else(closing)?;
        Ok(connection.get_mut().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begins a transaction if none is open.
    async fn begin(&mut self) -> Result<()> {
        if self.open.is_some() {
            if !self.connection()?.is_idle() {
                return Ok(());
            }
            // SQLite undid it by itself.
            self.end();
        }
        let started = Instant::now();
        let mut pause = limits::SQLITE_PAUSE_FIRST;
        loop {
            let connection = self.connection()?;
            connection.rolled_back()?;
            // One that starts as a reader and then writes fails as "locked" whenever somebody else wrote in between, and
            // no timeout helps: the transaction takes the write lock at once.
            match connection.simple("BEGIN IMMEDIATE") {
                Err(error)
                    if sqlite::is_busy(&error) && started.elapsed() < limits::SQLITE_BUSY =>
                {
                    sleep(pause).await;
                    pause = (pause * 2).min(limits::SQLITE_PAUSE_MAX);
                }
                begun => {
                    begun?;
                    self.open = Some(Open::default());
                    return Ok(());
                }
            }
        }
    }

    /// Undoes what was written since the savepoint.
    fn undo(&mut self) {
        let undone = self.connection().and_then(|connection| {
            connection.simple("ROLLBACK TO turn")?;
            Ok(connection.simple("RELEASE turn")?)
        });
        if let (Some(open), Err(_)) = (&mut self.open, undone) {
            open.is_doubtful = true;
        }
    }

    /// Ends the open transaction, and answers those who wait for that.
    fn end(&mut self) {
        let Some(Open { is_doubtful, waiting }) = self.open.take() else { return };
        let error = self.ended(is_doubtful, waiting.is_empty()).err().map(Arc::new);
        for done in waiting {
            let answer = match &error {
                None => Ok(()),
                Some(error) => Err(Error::Unavailable(Box::new(Arc::clone(error)))),
            };
            // Who does not wait any more does not need the answer.
            let _ = done.send(answer);
        }
    }

    fn ended(&mut self, is_doubtful: bool, is_unwanted: bool) -> Result<()> {
        let connection = self.connection()?;
        if connection.is_idle() {
            return Err(given_up());
        }
        if is_doubtful || is_unwanted {
            connection.rolled_back()?;
        }
        if is_doubtful {
            return Err(Error::timeout("another writer's savepoint failed"));
        }
        if !is_unwanted {
            let committed = connection.simple("COMMIT");
            // Whatever is left of one that failed must not become part of the next.
            connection.rolled_back()?;
            committed?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sea_orm::{ConnectionTrait, Statement};

    use super::{Group, Turn};
    use crate::{Config, limits, sqlite::Sqlite};

    const PATIENCE: Duration = Duration::from_secs(10);

    async fn world() -> (tempfile::TempDir, Group, Sqlite) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("shop.db");
        let group = Group::open(&path).await.unwrap();
        let turn = group.turn(PATIENCE).await.unwrap();
        turn.execute_unprepared("CREATE TABLE rows (number integer UNIQUE) STRICT").await.unwrap();
        turn.commit().await.unwrap();
        (dir, group, Sqlite::connect(&path, Config::default()).await.unwrap())
    }

    async fn insert(turn: &Turn, number: i64) {
        let sql = "INSERT INTO rows VALUES ($1)";
        let backend = turn.get_database_backend();
        let insert = Statement::from_sql_and_values(backend, sql, [number.into()]);
        turn.execute_raw(insert).await.unwrap();
    }

    async fn numbers(db: &impl ConnectionTrait) -> Vec<i64> {
        let sql = "SELECT number FROM rows ORDER BY number";
        let rows = Statement::from_string(db.get_database_backend(), sql);
        let rows = db.query_all_raw(rows).await.unwrap();
        rows.iter().map(|row| row.try_get_by(0).unwrap()).collect()
    }

    #[tokio::test]
    async fn what_is_dropped_is_undone_and_what_others_wrote_stays() {
        let (_dir, group, readers) = world().await;
        let first = group.begin(PATIENCE).await.unwrap();
        insert(&first, 1).await;
        // Both queue for their turn before the first one's commit.
        let (kept, (), dropped) = tokio::join!(
            first.commit(),
            async {
                let dropped = group.begin(PATIENCE).await.unwrap();
                insert(&dropped, 2).await;
            },
            async {
                let kept = group.begin(PATIENCE).await.unwrap();
                insert(&kept, 3).await;
                kept.commit().await
            },
        );
        kept.unwrap();
        dropped.unwrap();
        assert_eq!(numbers(&readers).await, [1, 3]);
    }

    #[tokio::test]
    async fn a_transaction_that_sqlite_gives_up_is_nobody_s_success() {
        let (_dir, group, readers) = world().await;
        let unlucky = group.begin(PATIENCE).await.unwrap();
        insert(&unlucky, 1).await;
        // As SQLite does by itself when the disk is full.
        unlucky.execute_unprepared("ROLLBACK").await.unwrap();
        assert!(unlucky.commit().await.unwrap_err().is_retryable());
        let next = group.begin(PATIENCE).await.unwrap();
        insert(&next, 2).await;
        next.commit().await.unwrap();
        assert_eq!(numbers(&readers).await, [2]);
    }

    #[tokio::test]
    async fn readers_see_what_is_committed_and_change_nothing() {
        let (_dir, group, readers) = world().await;
        let turn = group.turn(PATIENCE).await.unwrap();
        insert(&turn, 1).await;
        assert!(numbers(&readers).await.is_empty());
        turn.commit().await.unwrap();
        assert_eq!(numbers(&readers).await, [1]);
        assert!(readers.execute_unprepared("DELETE FROM rows").await.is_err());
        // What one snapshot saw is over when it is dropped, for the connection's next user, too.
        let snapshot = readers.snapshot().await.unwrap();
        assert_eq!(numbers(&snapshot).await, [1]);
        let turn = group.turn(PATIENCE).await.unwrap();
        insert(&turn, 2).await;
        turn.commit().await.unwrap();
        assert_eq!(numbers(&snapshot).await, [1]);
        drop(snapshot);
        assert_eq!(numbers(&readers).await, [1, 2]);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn what_takes_long_lets_the_other_tasks_of_its_thread_go_on() {
        let (finish, finished) = std::sync::mpsc::channel();
        let long = tokio::spawn(async move {
            // Queued on the thread that waits for it.
            tokio::spawn(async move { finish.send(()) });
            super::aside(|| finished.recv_timeout(limits::SQLITE_BUSY))
        });
        long.await.unwrap().unwrap();
    }
}
