//! Ours: the sale ledger behind the real sequencer on a real log.

use std::{path::Path, sync::Arc};

use anyhow::{anyhow, bail};
use async_trait::async_trait;
use frontrow_ledger::{
    AreaId, CategoryId, ChannelId, CommandId, HoldId, Request, TicketTypeId,
    sale::{
        Access, Area, Category, Command, Currency, HoldTimes, OrderLimits, Point, Price, Record,
        Sale, Terms, Want,
    },
};
use frontrow_log::{
    Handle, Log, Sequencer, SequencerConfig, SqliteLog, Stream, Unavailable,
    postgres::{PostgresConfig, PostgresLog},
};

use super::{
    load::{Ask, Contender},
    postgres::Scratch,
};
use crate::system::SystemClock;

/// What one standing area takes at most; a round of a second does not sell it out.
const CAPACITY: u32 = frontrow_ledger::limits::AREA_CAPACITY_MAX;

/// How often a caller asks again when a sequencer is busy.
const ATTEMPTS_MAX: u32 = 100;

/// Of one replica to PostgreSQL: one appends, one reads.
pub(crate) const LOG_CONNECTIONS: u32 = 2;

/// Where a log is kept.
#[derive(Clone, Copy)]
pub(crate) enum Storage<'a> {
    /// A file in this directory.
    Sqlite(&'a Path),
    /// This schema.
    Postgres(&'a Scratch),
}

impl Storage<'_> {
    /// What the report calls it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// The log, as one replica opens it.
    pub(crate) async fn open(self) -> anyhow::Result<Arc<dyn Log>> {
        Ok(match self {
            Self::Sqlite(directory) => Arc::new(SqliteLog::open(&directory.join("log.db")).await?),
            Self::Postgres(scratch) => {
                let config =
                    PostgresConfig { connections: LOG_CONNECTIONS, ..PostgresConfig::default() };
                Arc::new(PostgresLog::connect(&scratch.url, &config).await?)
            }
        })
    }
}

/// A standing area that is on sale, and nothing else.
pub(crate) fn terms() -> Terms {
    Terms {
        currency: Currency(*b"CZK"),
        categories: vec![Category { access: Access::Everyone }],
        ticket_types: 1,
        prices: vec![Price {
            category: CategoryId(0),
            ticket_type: TicketTypeId(0),
            amount_minor: 159_000,
        }],
        rows: Vec::new(),
        areas: vec![Area { category: CategoryId(0), capacity: CAPACITY, multiple: 1 }],
        focus: Point { x: 0, y: 0 },
        allocations: Vec::new(),
        windows: Vec::new(),
        limits: OrderLimits { per_order: 6, per_buyer: Some(6) },
        hold: HoldTimes {
            hold_ms: 600_000,
            jitter_ms: 60_000,
            extension_ms: 300_000,
            extensions: 1,
            payment_ms: 900_000,
            ceiling_ms: 3_600_000,
        },
    }
}

/// One sale and the replicas that sell it; callers are spread over them.
pub(crate) struct Engine {
    replicas: Vec<Handle<Sale>>,
}

impl Engine {
    /// Defines and opens a new sale, served by a replica for each log.
    pub(crate) async fn open(logs: &[Arc<dyn Log>], stream: Stream) -> anyhow::Result<Self> {
        let mut replicas = Vec::new();
        for (log, jitter_seed) in logs.iter().zip(1..) {
            let config = SequencerConfig { jitter_seed, ..SequencerConfig::default() };
            let log = Arc::clone(log);
            replicas.push(Sequencer::start(log, stream, Arc::new(SystemClock), config).await?);
        }
        let engine = Self { replicas };
        for (command, id) in [(Command::Define(Arc::new(terms())), 1), (Command::Open, 2)] {
            engine.submit(0, CommandId(id), command).await?;
        }
        Ok(engine)
    }

    /// Ends the replicas; whoever drops the storage afterwards pulls it from under nobody.
    pub(crate) async fn close(&self) {
        for replica in &self.replicas {
            replica.shutdown().await;
        }
    }

    async fn submit(&self, hint: usize, id: CommandId, command: Command) -> anyhow::Result<Record> {
        let replica = self.replicas.get(hint % self.replicas.len().max(1));
        let replica = replica.ok_or_else(|| anyhow!("there is no replica"))?;
        let request = Request { id, fingerprint: id.0 as u64, command };
        for _ in 0..ATTEMPTS_MAX {
            match replica.submit(request.clone()).await {
                Ok(Ok(record)) => return Ok(record),
                Ok(Err(refusal)) => bail!("refused: {refusal}"),
                // Other replicas were faster too often; whoever is told so asks again.
                Err(Unavailable::Busy) => {}
                Err(reason) => return Err(reason.into()),
            }
        }
        bail!("busy {ATTEMPTS_MAX} times")
    }
}

#[async_trait]
impl Contender for Engine {
    async fn hold(&self, ask: Ask) -> anyhow::Result<()> {
        let ticket_types = vec![TicketTypeId(0); usize::from(ask.places)];
        let command = Command::Hold {
            hold: HoldId(ask.hold),
            channel: ChannelId::WEB,
            wants: vec![Want::Area { area: AreaId(0), ticket_types }],
        };
        self.submit(ask.caller, CommandId(ask.hold), command).await.map(drop)
    }
}
