//! The door to the tables: connecting, migrating, and whose turn it is to write.

mod engines;

use std::{path::Path, sync::Arc, time::Duration};

use crate::{
    Config, Result,
    group::{Group, Turn},
    migrations,
    postgres::{self, Postgres},
    sqlite::{self, Sqlite},
};

/// The tables. Cheap to clone; every clone shares the connections.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    acquire_timeout: Duration,
}

/// What the tables are in. As a connection it is for reading.
pub(crate) enum Db {
    Sqlite {
        readers: Sqlite,
        /// SQLite has one writer: those of this process queue here, in order, instead of polling the file's lock.
        group: Group,
    },
    Postgres(Postgres),
}

/// Statements that belong together. Dropping it undoes what they did.
pub(crate) enum Tx {
    /// SQLite, to read.
    Snapshot(sqlite::Snapshot),
    /// SQLite, in the transaction of all who write at the same time.
    Turn(Turn),
    Postgres(postgres::Transaction),
}

/// For reads that may take long, as lists and searches do.
pub(crate) enum Long<'a> {
    Sqlite(sqlite::Long<'a>),
    Postgres(&'a Postgres),
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
    pub(crate) tx: Tx,
}

impl Write {
    /// What follows may take long.
    pub(crate) fn long(self) -> Self {
        Self {
            tx: match self.tx {
                Tx::Turn(turn) => Tx::Turn(turn.long()),
                tx => tx,
            },
        }
    }

    /// Returns when it is durable.
    pub(crate) async fn commit(self) -> Result<()> {
        match self.tx {
            // There is nothing to keep.
            Tx::Snapshot(_) => Ok(()),
            Tx::Turn(turn) => turn.commit().await,
            Tx::Postgres(tx) => Ok(tx.commit().await?),
        }
    }
}

/// The right to change something by one statement, which is executed on it and is done or not done as a whole: there is
/// nothing around it that dropping could undo. Others that only look may be executed on it, too.
pub(crate) enum WriteOne<'a> {
    /// PostgreSQL, which commits a statement by itself.
    Alone(&'a Postgres),
    /// SQLite, in the transaction of all who write at the same time.
    Together(Turn),
}

impl WriteOne<'_> {
    /// What follows may take long.
    pub(crate) fn long(self) -> Self {
        match self {
            Self::Together(turn) => Self::Together(turn.long()),
            Self::Alone(postgres) => Self::Alone(postgres),
        }
    }

    /// Returns when it is durable.
    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            // It was when the statement was answered.
            Self::Alone(_) => Ok(()),
            Self::Together(turn) => turn.commit().await,
        }
    }
}

impl Store {
    /// Opens the tables at `postgres://...` or in the file of `sqlite:PATH`, which is created if it is missing.
    pub async fn connect(url: &str, config: Config) -> Result<Self> {
        let db = match url.strip_prefix("sqlite:") {
            Some(path) => {
                let path = Path::new(path.strip_prefix("//").unwrap_or(path));
                let group = Group::open(path).await?;
                Db::Sqlite { readers: Sqlite::connect(path, config).await?, group }
            }
            None => Db::Postgres(Postgres::connect(url, config).await?),
        };
        Ok(Self { inner: Arc::new(Inner { db, acquire_timeout: config.acquire_timeout }) })
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
        match self.db() {
            Db::Sqlite { readers, .. } => readers.ping().await?,
            Db::Postgres(postgres) => postgres.ping().await?,
        }
        Ok(())
    }

    /// Closes every connection; calls that come later are answered with [`Error::Unavailable`](crate::Error::Unavailable).
    pub async fn close(&self) -> Result<()> {
        match self.db() {
            Db::Sqlite { readers, group } => {
                group.close().await;
                readers.close();
            }
            Db::Postgres(postgres) => postgres.close().await,
        }
        Ok(())
    }

    pub(crate) fn engine(&self) -> Engine {
        match self.db() {
            Db::Sqlite { .. } => Engine::Sqlite,
            Db::Postgres(_) => Engine::Postgres,
        }
    }

    /// For reading.
    pub(crate) fn db(&self) -> &Db {
        &self.inner.db
    }

    /// For reading what may take long: lists, searches, sweeps.
    pub(crate) fn long(&self) -> Long<'_> {
        match self.db() {
            Db::Sqlite { readers, .. } => Long::Sqlite(sqlite::Long(readers)),
            Db::Postgres(postgres) => Long::Postgres(postgres),
        }
    }

    /// For several reads that have to agree: they see one moment.
    pub(crate) async fn snapshot(&self) -> Result<Tx> {
        Ok(match self.db() {
            // On SQLite every transaction sees one moment.
            Db::Sqlite { readers, .. } => Tx::Snapshot(readers.snapshot().await?),
            Db::Postgres(postgres) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
                Tx::Postgres(postgres.begin(begin).await?)
            }
        })
    }

    /// For writing: everything that changes rows goes through here, or through [`Store::write_one`].
    pub(crate) async fn write(&self) -> Result<Write> {
        Ok(match self.db() {
            Db::Sqlite { group, .. } => {
                Write { tx: Tx::Turn(group.begin(self.inner.acquire_timeout).await?) }
            }
            Db::Postgres(postgres) => Write { tx: Tx::Postgres(postgres.begin("BEGIN").await?) },
        })
    }

    /// For writing by one statement: a third of the work of [`Store::write`].
    pub(crate) async fn write_one(&self) -> Result<WriteOne<'_>> {
        Ok(match self.db() {
            Db::Sqlite { group, .. } => {
                WriteOne::Together(group.turn(self.inner.acquire_timeout).await?)
            }
            Db::Postgres(postgres) => WriteOne::Alone(postgres),
        })
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, Statement};

    use super::Store;
    use crate::Config;

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
        assert!(is_on.try_get_by::<i64, _>(0).unwrap() == 1, ".cargo/config.toml was not read");
    }
}
