//! Puts a shop together from its configuration: databases, keys, bank, mail.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use frontrow_ledger::sale::Sale;
use frontrow_log::{
    Clock, Log, Registry, Writable,
    postgres::{PostgresConfig, PostgresLog},
    registry::RegistryConfig,
    sequencer::SequencerConfig,
    sqlite::SqliteLog,
};
use frontrow_payments::{provider::Provider, test_provider::TestProvider};
use frontrow_shop::{
    Parts, Shop, ShopConfig, bank::StoreBank, keys::Keys, mail::Mailer, random::Random,
};
use frontrow_store::{Config as StoreConfig, Store};
use secrecy::ExposeSecret;
use tokio::time::Instant;

use crate::{
    config::{Config, PaymentProvider},
    secret,
    system::{SystemClock, SystemRandom},
};

/// How long a replica that starts waits for a database that is away.
const START_PATIENCE: Duration = Duration::from_mins(1);
/// How long it pauses between two tries.
const START_PAUSE: Duration = Duration::from_millis(500);

/// Opens the databases, brings their tables up to date and puts the shop together. Nothing runs yet.
pub async fn shop(config: &Config) -> Result<Shop> {
    assemble(config, true, Writable::default()).await
}

/// The same for a replica: waits for a database that is away, and leaves tables as they are where
/// `frontrow migrate` looks after them.
pub async fn shop_for_serving(config: &Config, writable: Writable) -> Result<Shop> {
    assemble(config, config.migrate, writable).await
}

async fn assemble(config: &Config, migrate: bool, writable: Writable) -> Result<Shop> {
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("cannot create {}", config.data.display()))?;
    let store = store_patiently(config).await?;
    if migrate {
        store.migrate().await.context("cannot migrate the tables")?;
    } else {
        let current = store.is_current().await.context("cannot read the tables")?;
        ensure!(current, "the tables are of an older release: run `frontrow migrate` first");
    }
    let log = log(config, migrate).await?;
    let random = SystemRandom;
    let keys = Keys::derive(&secret::master(config, &store, &random).await?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut seed = [0; 8];
    random.fill(&mut seed);
    let sequencer =
        SequencerConfig { jitter_seed: u64::from_le_bytes(seed), writable, ..Default::default() };
    let registry = RegistryConfig { sequencer, ..RegistryConfig::default() };
    let sales = Registry::<Sale>::new(Arc::clone(&log), Arc::clone(&clock), registry.clone());
    let rooms = Registry::new(Arc::clone(&log), Arc::clone(&clock), registry);
    let test_bank = (config.payment_provider == PaymentProvider::Test).then(|| {
        let page = format!("{}/pay/test", config.public_url);
        TestProvider::new(Arc::new(StoreBank(store.clone())), keys.webhook(), &page)
    });
    let provider = test_bank.as_ref().map(|bank| bank.name().to_owned());
    let providers = test_bank.iter().map(|bank| Arc::new(bank.clone()) as Arc<dyn Provider>);
    Ok(Shop::new(Parts {
        providers: providers.collect(),
        log,
        sales,
        rooms,
        store,
        test_bank,
        mailer: mailer(config)?,
        keys,
        clock,
        random: Arc::new(random),
        config: ShopConfig { base_url: config.public_url.clone(), provider },
    }))
}

/// Opens the log, creating its tables if need be and if it may.
pub async fn log(config: &Config, migrate: bool) -> Result<Arc<dyn Log>> {
    Ok(match &config.database_url {
        Some(url) => {
            let limits = PostgresConfig {
                connections: config.log_connections,
                migrate,
                ..PostgresConfig::default()
            };
            let log = PostgresLog::connect(url.expose_secret(), &limits).await;
            Arc::new(log.context("cannot open the log on PostgreSQL")?)
        }
        None => {
            let path = config.data.join("log.db");
            let log = SqliteLog::open(&path).await;
            Arc::new(log.with_context(|| format!("cannot open {}", path.display()))?)
        }
    })
}

/// Opens the tables, waiting for a database that is away: a replica that starts during a failover is
/// worth more than one that has given up.
async fn store_patiently(config: &Config) -> Result<Store> {
    let deadline = Instant::now() + START_PATIENCE;
    loop {
        match store(config).await {
            Err(error) if is_away(&error) && Instant::now() < deadline => {
                tracing::warn!(error = format!("{error:#}"), "waiting for the database");
                tokio::time::sleep(START_PAUSE).await;
            }
            opened => return opened,
        }
    }
}

fn is_away(error: &anyhow::Error) -> bool {
    let store = error.downcast_ref::<frontrow_store::Error>();
    store.is_some_and(frontrow_store::Error::is_retryable)
}

/// Opens the tables as they are.
pub async fn store(config: &Config) -> Result<Store> {
    let limits =
        StoreConfig { connections_max: config.database_connections, ..StoreConfig::default() };
    match &config.database_url {
        Some(url) => Store::connect(url.expose_secret(), limits)
            .await
            .context("cannot open the tables on PostgreSQL"),
        None => {
            let path = config.data.join("shop.db");
            let store = Store::connect(&format!("sqlite:{}", path.display()), limits).await;
            store.with_context(|| format!("cannot open {}", path.display()))
        }
    }
}

fn mailer(config: &Config) -> Result<Mailer> {
    let mailer = match &config.smtp_url {
        Some(url) => Mailer::smtp(&config.mail_from, url.expose_secret()),
        None => Mailer::outbox(&config.mail_from, config.data.join("outbox")),
    };
    mailer.context("mail cannot be sent with this configuration")
}
