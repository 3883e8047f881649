//! A schema of our own in somebody's PostgreSQL, and pools that see only it.

use std::str::FromStr;

use anyhow::Context;
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// Connections that a benchmark leaves to others.
const CONNECTIONS_SPARED: u32 = 10;

/// A fresh schema; [`Scratch::remove`] drops it with all that is in it.
pub(crate) struct Scratch {
    options: PgConnectOptions,
    schema: String,
    /// For those who connect by themselves and see only the schema, too.
    pub(crate) url: String,
    /// The server's own words.
    pub(crate) version: String,
    /// `synchronous_commit` as every contender runs with it.
    pub(crate) synchronous_commit: String,
    connections_max: u32,
}

impl Scratch {
    /// Creates the schema. The number makes its name unique.
    pub(crate) async fn create(url: &str, unique: u64) -> anyhow::Result<Self> {
        let schema = format!("frontrow_bench_{unique:016x}");
        let options = PgConnectOptions::from_str(url).context("the PostgreSQL URL is malformed")?;
        let mut connection =
            PgConnection::connect_with(&options).await.context("PostgreSQL does not answer")?;
        connection.execute(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).await?;
        let version = show(&mut connection, "SHOW server_version").await?;
        let synchronous_commit = show(&mut connection, "SHOW synchronous_commit").await?;
        let connections_max = show(&mut connection, "SHOW max_connections").await?.parse()?;
        connection.close().await?;
        let options = options.options([("search_path", schema.as_str())]);
        let separator = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{separator}options[search_path]={schema}");
        Ok(Self { options, schema, url, version, synchronous_commit, connections_max })
    }

    /// A pool that sees only the schema, with all of its connections open.
    pub(crate) async fn pool(&self, connections: u32) -> anyhow::Result<PgPool> {
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(self.options.clone())
            .await?;
        let mut warm = Vec::new();
        for _ in 0..connections {
            warm.push(pool.acquire().await?);
        }
        drop(warm);
        Ok(pool)
    }

    /// The sizes of a pool that are worth trying on this server.
    pub(crate) fn pool_sizes(&self) -> impl Iterator<Item = u32> {
        let most = self.connections_max.saturating_sub(CONNECTIONS_SPARED).max(1);
        [2, 4, 8, 16, 32, 64].into_iter().filter(move |size| *size <= most)
    }

    /// One connection that sees only the schema.
    pub(crate) async fn connect(&self) -> anyhow::Result<PgConnection> {
        Ok(PgConnection::connect_with(&self.options).await?)
    }

    /// Drops the schema.
    pub(crate) async fn remove(&self) -> anyhow::Result<()> {
        let mut connection = self.connect().await?;
        let drop = format!("DROP SCHEMA {} CASCADE", self.schema);
        connection.execute(AssertSqlSafe(drop)).await?;
        Ok(connection.close().await?)
    }
}

async fn show(connection: &mut PgConnection, sql: &'static str) -> anyhow::Result<String> {
    Ok(sqlx::query_scalar(sql).fetch_one(connection).await?)
}
