//! Where each engine lives during one test, alone.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use frontrow_log::{Log, MemoryLog, PostgresConfig, PostgresLog, SqliteLog};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

#[async_trait]
pub trait World: Send + Sync {
    /// The log as another process would open it; always the same one.
    async fn open(&self) -> Arc<dyn Log>;
    /// A log that was closed.
    async fn closed(&self) -> Option<Arc<dyn Log>>;
    async fn destroy(&self);
}

pub struct Memory(Arc<MemoryLog>);

impl Memory {
    pub fn new(_name: &str) -> Self {
        Self(Arc::default())
    }
}

#[async_trait]
impl World for Memory {
    async fn open(&self) -> Arc<dyn Log> {
        Arc::clone(&self.0) as Arc<dyn Log>
    }

    async fn closed(&self) -> Option<Arc<dyn Log>> {
        None
    }

    async fn destroy(&self) {}
}

pub struct Sqlite(tempfile::TempDir);

impl Sqlite {
    pub fn new(_name: &str) -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().join("log.db")
    }

    async fn log(&self) -> Arc<SqliteLog> {
        Arc::new(SqliteLog::open(&self.path()).await.unwrap())
    }
}

#[async_trait]
impl World for Sqlite {
    async fn open(&self) -> Arc<dyn Log> {
        self.log().await
    }

    async fn closed(&self) -> Option<Arc<dyn Log>> {
        let log = self.log().await;
        log.close().await;
        Some(log)
    }

    async fn destroy(&self) {}
}

/// A schema of its own.
pub struct Postgres {
    server: String,
    schema: String,
}

impl Postgres {
    pub async fn new(name: &str) -> Self {
        #[expect(clippy::disallowed_methods, reason = "where the tests' database is")]
        let server = std::env::var("TEST_DATABASE_URL").expect(
            "TEST_DATABASE_URL is not set, so the log is not tested on PostgreSQL. \
             `cargo xtask test` starts a server and sets it",
        );
        let schema = format!("log_{}_{}", std::process::id(), &name[..name.len().min(40)]);
        let world = Self { server, schema };
        world.run(format!("DROP SCHEMA IF EXISTS {} CASCADE", world.schema)).await;
        world.run(format!("CREATE SCHEMA {}", world.schema)).await;
        world
    }

    pub async fn run(&self, sql: String) {
        let mut connection = PgConnection::connect(&self.server).await.unwrap();
        connection.execute(AssertSqlSafe(sql)).await.unwrap();
        connection.close().await.unwrap();
    }

    pub fn url(&self) -> String {
        let separator = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{separator}options[search_path]={}", self.server, self.schema)
    }

    async fn log(&self) -> Arc<PostgresLog> {
        let config = PostgresConfig { connections: 4, ..PostgresConfig::default() };
        Arc::new(PostgresLog::connect(&self.url(), &config).await.unwrap())
    }
}

#[async_trait]
impl World for Postgres {
    async fn open(&self) -> Arc<dyn Log> {
        self.log().await
    }

    async fn closed(&self) -> Option<Arc<dyn Log>> {
        let log = self.log().await;
        log.close().await;
        Some(log)
    }

    async fn destroy(&self) {
        self.run(format!("DROP SCHEMA {} CASCADE", self.schema)).await;
    }
}
