//! The shop: everything that a page, the API, the worker or the command line asks for, in one value.

use std::{collections::BTreeMap, sync::Arc};

use frontrow_ledger::{CommandId, Time, room::Room, sale::Sale};
use frontrow_log::{Clock, Log, Registry};
use frontrow_payments::{provider::Provider, test_provider::TestProvider};
use frontrow_store::{Store, replicas::StreamLag};
use tokio::sync::Semaphore;

use crate::{
    Error, Result,
    facts::FactsCache,
    heads::Heads,
    keys::{Keys, half},
    limits::DRAWN_AT_ONCE,
    mail::Mailer,
    projector::{Dirty, Projected},
    random::{self, Random},
    room::Rooms,
    status::StatusCache,
    worker::{Every, Work},
};

/// What a shop is made of.
pub struct Parts {
    /// Who decides.
    pub log: Arc<dyn Log>,
    /// The sequencers over it.
    pub sales: Registry<Sale>,
    /// The same for waiting rooms.
    pub rooms: Registry<Room>,
    /// What is shown.
    pub store: Store,
    /// Who takes money; by their names.
    pub providers: Vec<Arc<dyn Provider>>,
    /// The built-in bank, in demonstrations and tests only; also one of the providers.
    pub test_bank: Option<TestProvider>,
    /// How mail leaves.
    pub mailer: Mailer,
    /// Derived from the master secret.
    pub keys: Keys,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Settings.
    pub config: ShopConfig,
}

/// Settings of the shop.
#[derive(Debug, Clone)]
pub struct ShopConfig {
    /// Where the shop is found: `https://tickets.example.com`, without a slash at the end.
    pub base_url: String,
    /// Name of the provider that new payments go to. Without one, only what costs nothing can be ordered.
    pub provider: Option<String>,
}

/// The shop. Cheap to clone; every clone is the same shop.
#[derive(Clone)]
pub struct Shop {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) log: Arc<dyn Log>,
    pub(crate) sales: Registry<Sale>,
    pub(crate) rooms: Rooms,
    pub(crate) store: Store,
    pub(crate) providers: BTreeMap<&'static str, Arc<dyn Provider>>,
    pub(crate) test_bank: Option<TestProvider>,
    pub(crate) mailer: Mailer,
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) config: ShopConfig,
    pub(crate) facts: FactsCache,
    pub(crate) heads: Heads,
    pub(crate) statuses: StatusCache,
    pub(crate) dirty: Dirty,
    pub(crate) projected: Projected,
    pub(crate) work: Work,
    /// Turns to draw a PDF.
    pub(crate) drawing: Semaphore,
    pub(crate) events_due: Every,
    pub(crate) unload_due: Every,
    pub(crate) purge_due: Every,
}

impl Shop {
    /// Brings the parts together. Nothing runs yet.
    pub fn new(parts: Parts) -> Self {
        let providers = parts.providers.into_iter().map(|provider| (provider.name(), provider));
        Self {
            inner: Arc::new(Inner {
                log: parts.log,
                sales: parts.sales,
                rooms: Rooms::new(parts.rooms),
                store: parts.store,
                providers: providers.collect(),
                test_bank: parts.test_bank,
                mailer: parts.mailer,
                keys: parts.keys,
                clock: parts.clock,
                random: parts.random,
                config: parts.config,
                facts: FactsCache::default(),
                heads: Heads::default(),
                statuses: StatusCache::default(),
                dirty: Dirty::default(),
                projected: Projected::default(),
                work: Work::default(),
                drawing: Semaphore::new(DRAWN_AT_ONCE),
                events_due: Every::default(),
                unload_due: Every::default(),
                purge_due: Every::default(),
            }),
        }
    }

    /// This moment.
    pub fn now(&self) -> Time {
        self.inner.clock.now()
    }

    /// The tables, for reading what is on.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The shop's keys.
    pub fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    /// Settings.
    pub fn config(&self) -> &ShopConfig {
        &self.inner.config
    }

    /// The built-in bank, in demonstrations and tests.
    pub fn test_bank(&self) -> Option<&TestProvider> {
        self.inner.test_bank.as_ref()
    }

    /// Sales that this replica has in memory.
    pub fn sales_loaded(&self) -> usize {
        self.inner.sales.loaded()
    }

    /// A command id for something that nobody will ask for twice.
    pub fn new_command_id(&self) -> CommandId {
        CommandId(random::number(&*self.inner.random))
    }

    /// A command id that follows from what is asked and from the client's idempotency key: a retry gets the same.
    pub fn command_id(&self, purpose: &str, parts: &[&[u8]]) -> CommandId {
        CommandId(self.derive("command", purpose, parts))
    }

    /// Whether the shop can serve: the tables and the log answer.
    pub async fn ready(&self) -> Result<()> {
        self.inner.store.ping().await?;
        let streams = self.inner.log.streams(None, 1).await;
        streams.map(|_| ()).map_err(|error| Error::Log(error.into()))
    }

    /// How far this replica is with the streams that were asked for last, and how far the tables are.
    pub async fn lags(&self, limit: usize) -> Result<Vec<StreamLag>> {
        let mut lags = Vec::new();
        for (stream, position) in self.inner.sales.positions(limit) {
            let head = self.inner.log.head(stream).await;
            let head = head.map_err(|error| Error::Log(error.into()))?;
            let shown = self.inner.store.checkpoint(stream).await?;
            lags.push(StreamLag {
                stream: stream.to_string(),
                position: position.0,
                behind: head.0.saturating_sub(position.0),
                unprojected: head.0.saturating_sub(shown.0),
            });
        }
        Ok(lags)
    }

    /// Answers what waits, then closes: nothing is asked of this shop afterwards.
    pub async fn stop(&self) {
        self.inner.sales.shutdown().await;
        self.inner.rooms.shutdown().await;
        if let Err(error) = self.inner.store.close().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the tables were not closed");
        }
    }

    pub(crate) fn derive(&self, kind: &str, purpose: &str, parts: &[&[u8]]) -> u128 {
        let parts: Vec<&[u8]> =
            [kind.as_bytes(), purpose.as_bytes()].iter().chain(parts).copied().collect();
        half(&self.inner.keys.id_mac(&parts))
    }
}

impl std::fmt::Debug for Shop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shop").field("config", &self.inner.config).finish_non_exhaustive()
    }
}
