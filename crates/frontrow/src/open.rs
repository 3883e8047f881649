//! Puts a shop together from its configuration: databases, keys, bank, mail.

use std::sync::Arc;

use anyhow::{Context, Result};
use frontrow_ledger::sale::Sale;
use frontrow_log::{
    Clock, Log, Registry,
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

use crate::{
    config::{Config, PaymentProvider},
    secret,
    system::{SystemClock, SystemRandom},
};

/// Connections that the log keeps for appends and reads; the rest of the budget is the tables'.
const LOG_CONNECTIONS: u32 = 8;

/// Opens the databases, brings their tables up to date and puts the shop together. Nothing runs yet.
pub async fn shop(config: &Config) -> Result<Shop> {
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("cannot create {}", config.data.display()))?;
    let log = log(config).await?;
    let store = store(config).await?;
    store.migrate().await.context("cannot migrate the tables")?;
    let random = SystemRandom;
    let keys = Keys::derive(&secret::master(config, &random)?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut seed = [0; 8];
    random.fill(&mut seed);
    let sequencer =
        SequencerConfig { jitter_seed: u64::from_le_bytes(seed), ..SequencerConfig::default() };
    let registry = RegistryConfig { sequencer, ..RegistryConfig::default() };
    let sales = Registry::<Sale>::new(Arc::clone(&log), Arc::clone(&clock), registry);
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
        store,
        test_bank,
        mailer: mailer(config)?,
        keys,
        clock,
        random: Arc::new(random),
        config: ShopConfig { base_url: config.public_url.clone(), provider },
    }))
}

/// Opens the log, creating its tables if need be.
pub async fn log(config: &Config) -> Result<Arc<dyn Log>> {
    Ok(match &config.database_url {
        Some(url) => {
            let limits =
                PostgresConfig { connections: LOG_CONNECTIONS, ..PostgresConfig::default() };
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

/// Opens the tables as they are.
async fn store(config: &Config) -> Result<Store> {
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
