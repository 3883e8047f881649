//! The log in PostgreSQL, and whatever speaks its protocol: for many replicas.
//!
//! The primary key is the arbiter: of several that insert at one position, all but one violate it.
//! An append is one prepared statement that commits by itself, so it costs one round trip and one
//! sync, and PostgreSQL groups the syncs of several streams by itself. `synchronous_commit` is on,
//! whatever the server's default is; a cluster that must survive the loss of its primary sets
//! `synchronous_standby_names`.

mod connections;
mod outcome;
mod schema;

use std::{str::FromStr, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use sqlx::{
    PgConnection, Row,
    postgres::{PgConnectOptions, PgRow},
};
use tokio::time::timeout;

use crate::{
    AppendError, Log, LogError, Position, Stored, Stream, StreamKind,
    limits::{
        FRAME_BYTES_MAX, POSTGRES_ANSWER, POSTGRES_CONNECTIONS, POSTGRES_STATEMENT, READ_BYTES_MAX,
        READ_ENTRIES_MAX, SNAPSHOT_BYTES_MAX, SNAPSHOTS_KEPT, STREAMS_PAGE_MAX,
    },
};
use connections::{Connections, Leased};

/// How a log talks to its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresConfig {
    /// Appends and reads at the same time; also bounded by the server's `max_connections`.
    pub connections: u32,
    /// The server gives up on a statement after this.
    pub statement_timeout: Duration,
    /// We give up on the server after this: longer than a statement may take, for a network that
    /// swallows answers.
    pub answer_timeout: Duration,
    /// Whether to bring the tables up to date; without it, tables of an older release are an error.
    pub migrate: bool,
}

impl Default for PostgresConfig {
    fn default() -> Self {
        Self {
            connections: POSTGRES_CONNECTIONS,
            statement_timeout: POSTGRES_STATEMENT,
            answer_timeout: POSTGRES_ANSWER,
            migrate: true,
        }
    }
}

/// A log in one database.
pub struct PostgresLog {
    connections: Connections,
    answer_timeout: Duration,
}

impl PostgresLog {
    /// Connects, and creates the tables if they do not exist and it may.
    pub async fn connect(url: &str, config: &PostgresConfig) -> Result<Self, LogError> {
        let statement_timeout = config.statement_timeout.as_millis().to_string();
        let mut options = PgConnectOptions::from_str(url)?.options([
            ("statement_timeout", statement_timeout.as_str()),
            ("idle_in_transaction_session_timeout", statement_timeout.as_str()),
            ("synchronous_commit", "on"),
            // Planned once on each connection and not six times.
            ("plan_cache_mode", "force_generic_plan"),
            ("jit", "off"),
        ]);
        if options.get_application_name().is_none() {
            options = options.application_name("frontrow-log");
        }
        let log = Self {
            connections: Connections::new(options, config.connections),
            answer_timeout: config.answer_timeout,
        };
        let mut leased = log.connections.lease().await?;
        if !schema::is_current(&mut leased.connection).await? {
            if !config.migrate {
                return Err(LogError::Behind);
            }
            schema::migrate(&mut leased.connection).await?;
        }
        leased.keep();
        Ok(log)
    }

    /// Closes all connections. Appends afterwards fail.
    pub async fn close(&self) {
        self.connections.close().await;
    }

    /// Runs a query. A connection that does not answer in time is not used again.
    async fn ask<T>(
        &self,
        query: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, LogError> {
        let mut leased = self.connections.lease().await?;
        let answer = timeout(self.answer_timeout, query(&mut leased.connection)).await;
        let answer = answer.map_err(|_| LogError::TimedOut)?;
        self.give_back(leased, answer.as_ref().err());
        Ok(answer?)
    }

    fn give_back(&self, leased: Leased<'_>, error: Option<&sqlx::Error>) {
        if error.is_some_and(outcome::is_lost_connection) {
            self.connections.forget();
        } else {
            leased.keep();
        }
    }
}

#[async_trait]
impl Log for PostgresLog {
    async fn append(&self, stream: Stream, at: Position, bytes: Bytes) -> Result<(), AppendError> {
        if bytes.len() > FRAME_BYTES_MAX {
            return Err(AppendError::Failed(LogError::TooLarge { bytes: bytes.len() }));
        }
        // Without a connection nothing was sent.
        let mut leased = self.connections.lease().await.map_err(AppendError::Failed)?;
        let append = sqlx::query(
            "INSERT INTO log_entries (stream_kind, stream_id, position, body)
            SELECT $1, $2, $3, $4
            WHERE $3 = 1 OR EXISTS (
                SELECT 1 FROM log_entries
                WHERE stream_kind = $1 AND stream_id = $2 AND position = $3 - 1
            )",
        )
        .bind(i16::from(stream.kind.code()))
        .bind(stream.id.to_be_bytes())
        .bind(number(at.0))
        .bind(&bytes[..]);
        let answer = timeout(self.answer_timeout, append.execute(&mut leased.connection)).await;
        let answer = answer.map_err(|_| AppendError::Doubtful(LogError::TimedOut))?;
        self.give_back(leased, answer.as_ref().err());
        match answer {
            Ok(done) if done.rows_affected() == 1 => Ok(()),
            Ok(_) => Err(AppendError::Gap),
            Err(error) => Err(outcome::of_append(error)),
        }
    }

    async fn read(
        &self,
        stream: Stream,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Stored>, LogError> {
        // The page ends with the first entry at which the sum of sizes reaches the bound.
        let query = sqlx::query(
            "WITH sized AS (
                SELECT position, octet_length(body) AS size,
                    sum(octet_length(body)) OVER (ORDER BY position) AS total
                FROM (
                    SELECT position, body FROM log_entries
                    WHERE stream_kind = $1 AND stream_id = $2 AND position > $3
                    ORDER BY position LIMIT $4
                ) AS page
            )
            SELECT position, body FROM log_entries
            WHERE stream_kind = $1 AND stream_id = $2 AND position > $3
                AND position <= (SELECT max(position) FROM sized WHERE total - size < $5)
            ORDER BY position",
        )
        .bind(i16::from(stream.kind.code()))
        .bind(stream.id.to_be_bytes())
        .bind(number(after.0))
        .bind(number(limit.min(READ_ENTRIES_MAX) as u64))
        .bind(number(READ_BYTES_MAX as u64));
        let rows = self.ask(async |connection| query.fetch_all(connection).await).await?;
        rows.iter().map(stored).collect()
    }

    async fn head(&self, stream: Stream) -> Result<Position, LogError> {
        // Not `max(position)`: on a table that was never analysed it reads the whole stream.
        let query = sqlx::query_scalar(
            "SELECT position FROM log_entries WHERE stream_kind = $1 AND stream_id = $2
            ORDER BY position DESC LIMIT 1",
        )
        .bind(i16::from(stream.kind.code()))
        .bind(stream.id.to_be_bytes());
        let head = self.ask(async |connection| query.fetch_optional(connection).await).await?;
        head.map_or(Ok(Position::START), position)
    }

    async fn streams(&self, after: Option<Stream>, limit: usize) -> Result<Vec<Stream>, LogError> {
        let (kind, id) = after.map_or((0, [0; 16]), |stream| {
            (i16::from(stream.kind.code()), stream.id.to_be_bytes())
        });
        let query = sqlx::query(
            "SELECT stream_kind, stream_id FROM log_entries
            WHERE position = 1 AND (stream_kind, stream_id) > ($1, $2)
            ORDER BY stream_kind, stream_id LIMIT $3",
        )
        .bind(kind)
        .bind(id)
        .bind(number(limit.min(STREAMS_PAGE_MAX) as u64));
        let rows = self.ask(async |connection| query.fetch_all(connection).await).await?;
        rows.iter().map(stream).collect()
    }

    async fn save_snapshot(
        &self,
        stream: Stream,
        at: Position,
        bytes: Bytes,
    ) -> Result<(), LogError> {
        if bytes.len() > SNAPSHOT_BYTES_MAX {
            return Err(LogError::TooLarge { bytes: bytes.len() });
        }
        let (kind, id) = (i16::from(stream.kind.code()), stream.id.to_be_bytes());
        let save = sqlx::query(
            "INSERT INTO log_snapshots (stream_kind, stream_id, position, body)
            VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(kind)
        .bind(id)
        .bind(number(at.0))
        .bind(&bytes[..]);
        self.ask(async |connection| save.execute(connection).await).await?;
        let prune = sqlx::query(
            "DELETE FROM log_snapshots
            WHERE stream_kind = $1 AND stream_id = $2 AND position < (
                SELECT position FROM log_snapshots WHERE stream_kind = $1 AND stream_id = $2
                ORDER BY position DESC LIMIT 1 OFFSET $3
            )",
        )
        .bind(kind)
        .bind(id)
        .bind(number(SNAPSHOTS_KEPT as u64 - 1));
        self.ask(async |connection| prune.execute(connection).await).await?;
        Ok(())
    }

    async fn latest_snapshot(
        &self,
        stream: Stream,
        before: Option<Position>,
    ) -> Result<Option<Stored>, LogError> {
        let query = sqlx::query(
            "SELECT position, body FROM log_snapshots
            WHERE stream_kind = $1 AND stream_id = $2 AND position < $3
            ORDER BY position DESC LIMIT 1",
        )
        .bind(i16::from(stream.kind.code()))
        .bind(stream.id.to_be_bytes())
        .bind(before.map_or(i64::MAX, |before| number(before.0)));
        let row = self.ask(async |connection| query.fetch_optional(connection).await).await?;
        row.as_ref().map(stored).transpose()
    }

    async fn delete_snapshot(&self, stream: Stream, at: Position) -> Result<(), LogError> {
        let query = sqlx::query(
            "DELETE FROM log_snapshots
            WHERE stream_kind = $1 AND stream_id = $2 AND position = $3",
        )
        .bind(i16::from(stream.kind.code()))
        .bind(stream.id.to_be_bytes())
        .bind(number(at.0));
        self.ask(async |connection| query.execute(connection).await).await?;
        Ok(())
    }
}

fn stored(row: &PgRow) -> Result<Stored, LogError> {
    let bytes: Vec<u8> = row.try_get(1)?;
    Ok(Stored { position: position(row.try_get(0)?)?, bytes: bytes.into() })
}

fn stream(row: &PgRow) -> Result<Stream, LogError> {
    let corrupt = LogError::Corrupt { what: "stream" };
    let kind: i16 = row.try_get(0)?;
    let kind = u8::try_from(kind).ok().and_then(StreamKind::from_code).ok_or(corrupt.clone())?;
    let id: Vec<u8> = row.try_get(1)?;
    let id = id.try_into().map_err(|_| corrupt)?;
    Ok(Stream { kind, id: u128::from_be_bytes(id) })
}

fn position(stored: i64) -> Result<Position, LogError> {
    u64::try_from(stored).map(Position).map_err(|_| LogError::Corrupt { what: "position" })
}

/// Positions and counts stay far below 2^63; whatever does not is as good as infinite.
fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
