//! The door to the tables: connecting, migrating, and whose turn it is to write.

use std::{path::Path, sync::Arc, time::Duration};

use sea_orm::{
    AccessMode, ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    IsolationLevel, TransactionOptions, TransactionTrait,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use crate::{
    Error, Result,
    group::{Group, Turn},
    limits, migrations,
};

/// How many connections, and how long to wait for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Connections at once, at least one. On SQLite these are readers; there is one writer.
    pub connections_max: u32,
    /// How long a call waits for a connection, or for its turn to write, before it answers
    /// [`Error::Unavailable`].
    pub acquire_timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self { connections_max: 16, acquire_timeout: Duration::from_secs(10) }
    }
}

/// The tables. Cheap to clone; every clone shares the connections.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    db: DatabaseConnection,
    /// SQLite has one writer: those of this process queue here, in order, instead of polling the file's lock.
    group: Option<Group>,
    acquire_timeout: Duration,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("engine", &self.engine()).finish_non_exhaustive()
    }
}

/// What is underneath, for logs and for messages to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// A transaction that may write. Dropping it undoes it.
pub(crate) struct Write {
    pub(crate) tx: DatabaseTransaction,
    /// Declared last: what is undone is undone before somebody else's turn.
    turn: Option<Turn>,
}

impl Write {
    /// Returns when it is durable.
    pub(crate) async fn commit(self) -> Result<()> {
        match self.turn {
            Some(turn) => turn.commit(self.tx).await,
            None => Ok(self.tx.commit().await?),
        }
    }
}

/// The right to change something by one statement, which is done or not done as a whole. On SQLite there is nothing
/// around it that dropping could undo.
pub(crate) enum WriteOne {
    /// PostgreSQL. It would commit a statement by itself, but not on a connection that a caller who hung up has left in a
    /// transaction: only a commit of our own is known to be one.
    Alone(DatabaseTransaction),
    /// SQLite, in the transaction of all who write at the same time.
    Together(Turn),
}

impl WriteOne {
    /// What the statement is executed on. Others that only look may be, too.
    pub(crate) fn tx(&self) -> &DatabaseTransaction {
        match self {
            Self::Alone(tx) => tx,
            Self::Together(turn) => turn.tx(),
        }
    }

    /// Returns when it is durable.
    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Self::Alone(tx) => Ok(tx.commit().await?),
            Self::Together(turn) => turn.keep().await,
        }
    }
}

impl Store {
    /// Opens the tables at `postgres://...` or in the file of `sqlite:PATH`, which is created if it is missing.
    pub async fn connect(url: &str, config: Config) -> Result<Self> {
        let db = pool(url, config, config.connections_max.max(1)).await?;
        let group = match db.get_database_backend() {
            // A connection of its own: in the readers' pool it would wait behind every page of a busy moment.
            DbBackend::Sqlite => Some(Group::new(pool(url, config, 1).await?)),
            _ => None,
        };
        let acquire_timeout = config.acquire_timeout;
        Ok(Self { inner: Arc::new(Inner { db, group, acquire_timeout }) })
    }

    /// Brings the tables to the shape that this code knows; changes nothing, and needs no rights to, if they have it
    /// already. Safe to call from several replicas at once, and from an
    /// older replica on newer tables: migrations only ever add.
    pub async fn migrate(&self) -> Result<()> {
        migrations::run(self).await
    }

    /// Whether the tables have the shape that this code knows, or a newer one.
    pub async fn is_current(&self) -> Result<bool> {
        migrations::is_current(self).await
    }

    /// Answers if the database does.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.inner.db.ping().await?)
    }

    /// Closes every connection; calls that come later are answered with [`Error::Unavailable`].
    pub async fn close(&self) -> Result<()> {
        if let Some(group) = &self.inner.group {
            group.close().await?;
        }
        Ok(self.inner.db.clone().close().await?)
    }

    pub(crate) fn engine(&self) -> Engine {
        match self.inner.group {
            Some(_) => Engine::Sqlite,
            None => Engine::Postgres,
        }
    }

    /// For reading.
    pub(crate) fn db(&self) -> &DatabaseConnection {
        &self.inner.db
    }

    /// For several reads that have to agree: they see one moment.
    pub(crate) async fn snapshot(&self) -> Result<DatabaseTransaction> {
        // On SQLite every transaction sees one moment.
        let repeatable = self.engine() == Engine::Postgres;
        let options = TransactionOptions {
            isolation_level: repeatable.then_some(IsolationLevel::RepeatableRead),
            access_mode: repeatable.then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: None,
        };
        for _ in 0..limits::LEFT_BEGUN_MAX {
            match self.inner.db.begin_with_options(options).await.map_err(Error::from) {
                Err(error) if error.was_begun() => {}
                begun => return begun,
            }
        }
        Err(Error::timeout("every connection was left in a transaction"))
    }

    /// For writing: everything that changes rows goes through here, or through [`Store::write_one`].
    pub(crate) async fn write(&self) -> Result<Write> {
        let Some(group) = &self.inner.group else {
            return Ok(Write { tx: self.inner.db.begin().await?, turn: None });
        };
        let (tx, turn) = group.begin(self.inner.acquire_timeout).await?;
        Ok(Write { tx, turn: Some(turn) })
    }

    /// For writing by one statement: on SQLite a third of the work of [`Store::write`].
    pub(crate) async fn write_one(&self) -> Result<WriteOne> {
        Ok(match &self.inner.group {
            Some(group) => WriteOne::Together(group.turn(self.inner.acquire_timeout).await?),
            None => WriteOne::Alone(self.inner.db.begin().await?),
        })
    }
}

async fn pool(url: &str, config: Config, connections: u32) -> Result<DatabaseConnection> {
    let mut options = match url.strip_prefix("sqlite:") {
        Some(path) => sqlite(Path::new(path.strip_prefix("//").unwrap_or(path))),
        None => postgres(url),
    };
    options
        .max_connections(connections)
        .acquire_timeout(config.acquire_timeout)
        .connect_timeout(config.acquire_timeout)
        .test_before_acquire_if_idle_for(limits::TRUSTED_IDLE)
        .record_stmt_in_spans(false)
        .sqlx_logging(false);
    Ok(Database::connect(options).await?)
}

fn sqlite(path: &Path) -> ConnectOptions {
    // The path goes in as a path: as a part of a URL, some names would be read as something else.
    let path = path.to_owned();
    let mut options = ConnectOptions::new("sqlite:shop.db");
    options.map_sqlx_sqlite_opts(move |options| {
        options
            .filename(&path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(limits::SQLITE_BUSY)
    });
    options
}

fn postgres(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.statement_timeout(limits::STATEMENT).set_application_name("frontrow-store");
    options.map_sqlx_postgres_opts(|options| {
        let idle = limits::IDLE_IN_TRANSACTION_MS.to_string();
        options.options([("idle_in_transaction_session_timeout", idle)])
    });
    options
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, Statement};

    use super::{Config, Store};

    #[tokio::test]
    async fn every_sqlite_connection_is_durable_and_checks_references() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", dir.path().join("shop.db").display());
        let store = Store::connect(&url, Config::default()).await.unwrap();
        // Two transactions are two connections.
        for db in [store.snapshot().await.unwrap(), store.snapshot().await.unwrap()] {
            let pragma = async |name: &str| -> String {
                let sql = format!("SELECT CAST({name} AS text) FROM pragma_{name}");
                let statement = Statement::from_string(db.get_database_backend(), sql);
                db.query_one_raw(statement).await.unwrap().unwrap().try_get_by(0).unwrap()
            };
            assert_eq!(pragma("journal_mode").await, "wal");
            assert_eq!(pragma("synchronous").await, "2");
            assert_eq!(pragma("foreign_keys").await, "1");
        }
        assert!(dir.path().join("shop.db").exists());
    }

    #[tokio::test]
    async fn sqlite_keeps_the_plan_of_a_statement_whatever_it_is_given() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", dir.path().join("shop.db").display());
        let store = Store::connect(&url, Config::default()).await.unwrap();
        let sql = "SELECT sqlite_compileoption_used('ENABLE_QPSG')";
        let statement = Statement::from_string(store.db().get_database_backend(), sql);
        let is_on = store.db().query_one_raw(statement).await.unwrap().unwrap();
        assert!(is_on.try_get_by::<i32, _>(0).unwrap() == 1, ".cargo/config.toml was not read");
    }
}
