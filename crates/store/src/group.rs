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
//! Callers hang up at any moment. Setting and releasing a savepoint therefore happen in tasks of their own: half done,
//! they would leave the next rollback to undo what belongs to somebody else. A statement whose caller has hung up is
//! done or not done, as a whole; nobody was told.

use std::{sync::Arc, time::Duration};

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::sync::{Mutex, OwnedMutexGuard, mpsc, oneshot};

use crate::{Error, Result};

/// Whose turn it is to write. Turns and commits are taken in the order in which they were asked for.
#[derive(Clone)]
pub(crate) struct Group {
    shared: Arc<Mutex<Shared>>,
    finished: mpsc::Sender<()>,
}

struct Shared {
    db: DatabaseConnection,
    open: Option<Open>,
}

/// A transaction that is not committed yet, and who waits for that.
struct Open {
    tx: DatabaseTransaction,
    /// A savepoint could not be set or released, so nobody knows what the transaction contains.
    is_doubtful: bool,
    waiting: Vec<oneshot::Sender<Result<()>>>,
}

/// The right to write, until it is dropped.
pub(crate) struct Turn {
    shared: OwnedMutexGuard<Shared>,
    finished: mpsc::Sender<()>,
}

impl Group {
    /// Writes through `db`, a connection that nobody else uses. Must be called on a tokio runtime: the commits are a
    /// task on it, for as long as the group or a turn lives.
    pub(crate) fn new(db: DatabaseConnection) -> Self {
        let shared = Arc::new(Mutex::new(Shared { db, open: None }));
        let (finished, mut calls) = mpsc::channel(1);
        let of_task = Arc::clone(&shared);
        tokio::spawn(async move {
            while calls.recv().await.is_some() {
                of_task.lock().await.end().await;
            }
        });
        Self { shared, finished }
    }

    /// Waits for a turn, at most `patience`, and sets a savepoint, which must be dropped before the turn.
    pub(crate) async fn begin(&self, patience: Duration) -> Result<(DatabaseTransaction, Turn)> {
        let mut turn = self.wait(patience).await?;
        let begun = tokio::spawn(async move {
            let savepoint = turn.shared.savepoint().await?;
            Ok((savepoint, turn))
        });
        begun.await.unwrap_or_else(|_| Err(closing()))
    }

    /// Waits for a turn, at most `patience`, to change something by one statement, on [`Turn::tx`].
    pub(crate) async fn turn(&self, patience: Duration) -> Result<Turn> {
        let mut turn = self.wait(patience).await?;
        if turn.shared.open.is_some() {
            return Ok(turn);
        }
        let begun = tokio::spawn(async move {
            turn.shared.open().await?;
            Ok(turn)
        });
        begun.await.unwrap_or_else(|_| Err(closing()))
    }

    async fn wait(&self, patience: Duration) -> Result<Turn> {
        let shared = Arc::clone(&self.shared).lock_owned();
        let shared = tokio::time::timeout(patience, shared)
            .await
            .map_err(|_| Error::timeout("no turn to write in time"))?;
        Ok(Turn { shared, finished: self.finished.clone() })
    }

    /// Commits what is open and closes the connection; who begins later gets [`Error::Unavailable`].
    pub(crate) async fn close(&self) -> Result<()> {
        let mut shared = self.shared.lock().await;
        shared.end().await;
        Ok(shared.db.clone().close().await?)
    }
}

impl Turn {
    /// The transaction of the group.
    pub(crate) fn tx(&self) -> &DatabaseTransaction {
        let open = self.shared.open.as_ref();
        &open.expect("it was opened before the turn was given, and is ended only between turns").tx
    }

    /// Keeps the one statement, and waits until it is durable.
    pub(crate) async fn keep(mut self) -> Result<()> {
        let (done, committed) = oneshot::channel();
        if let Some(open) = &mut self.shared.open {
            open.waiting.push(done);
        }
        drop(self);
        committed.await.unwrap_or_else(|_| Err(closing()))
    }

    /// Keeps what was written since [`Group::begin`], and waits until it is durable.
    pub(crate) async fn commit(mut self, savepoint: DatabaseTransaction) -> Result<()> {
        let (done, committed) = oneshot::channel();
        tokio::spawn(async move {
            let released = savepoint.commit().await.map_err(Error::from);
            match (&mut self.shared.open, released) {
                (Some(open), Ok(())) => open.waiting.push(done),
                (open, released) => {
                    if let Some(open) = open {
                        open.is_doubtful = true;
                    }
                    let _ = done.send(released.and(Err(closing())));
                }
            }
        });
        committed.await.unwrap_or_else(|_| Err(closing()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // If a call waits already, its commit comes after this turn and is enough.
        let _ = self.finished.try_send(());
    }
}

fn closing() -> Error {
    Error::timeout("the store is closing")
}

impl Shared {
    async fn open(&mut self) -> Result<&mut Open> {
        Ok(match &mut self.open {
            Some(open) => open,
            closed => {
                // One that starts as a reader and then writes fails as "locked" whenever somebody else wrote in
                // between, and no timeout helps: the transaction takes the write lock at once.
                let options = TransactionOptions {
                    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                    ..TransactionOptions::default()
                };
                let tx = self.db.begin_with_options(options).await?;
                closed.insert(Open { tx, is_doubtful: false, waiting: Vec::new() })
            }
        })
    }

    async fn savepoint(&mut self) -> Result<DatabaseTransaction> {
        let open = self.open().await?;
        let savepoint = open.tx.begin().await;
        open.is_doubtful |= savepoint.is_err();
        Ok(savepoint?)
    }

    async fn end(&mut self) {
        let Some(Open { tx, is_doubtful, waiting }) = self.open.take() else { return };
        let ended =
            if is_doubtful || waiting.is_empty() { tx.rollback().await } else { tx.commit().await };
        let ended = match ended {
            Ok(()) if is_doubtful => Err(Error::timeout("another writer's savepoint failed")),
            ended => ended.map_err(Error::from),
        };
        let error = ended.err().map(Arc::new);
        for done in waiting {
            let answer = match &error {
                None => Ok(()),
                Some(error) => Err(Error::Unavailable(Box::new(Arc::clone(error)))),
            };
            // Who does not wait any more does not need the answer.
            let _ = done.send(answer);
        }
    }
}
