//! `frontrow serve`: opens the shop, sells, and closes in order.

mod door;
mod heart;
mod signals;

use std::net::SocketAddr;

use anyhow::{Context, Result};
use frontrow_log::Writable;
use frontrow_web::{LegalTexts, Readiness, WebConfig, connections};
use sd_notify::NotifyState;
use tokio_util::sync::CancellationToken;

use crate::{
    config::{Config, Mode, PaymentProvider},
    open, samples, system,
};
use door::Door;
use heart::Heart;
use signals::{Signal, Signals};

/// Serves until somebody asks it to stop, then finishes what is in flight.
///
/// The order of stopping: not ready, while everything is still served (a balancer notices and looks
/// elsewhere); no new connections; requests in flight and the worker's jobs; sequencers. What does
/// not end within the grace time is cut off; nothing that was acknowledged is lost by that, for it
/// was durable before, and jobs that were cut off are done again when their leases lapse.
pub async fn run(config: &Config) -> Result<()> {
    let mut signals = Signals::new().context("cannot wait for signals")?;
    let writable = Writable::default();
    let shop = open::shop_for_serving(config, writable.clone()).await?;
    let imported = match config.mode {
        Mode::Demo => samples::import_into_empty(&shop).await?,
        Mode::Live => 0,
    };
    let readiness = Readiness::default();
    let door = Door::open(config)?;
    let address = door.address()?;
    // The others know what this replica can read before it reads anything for anybody.
    let heart = Heart::start(&shop, address, writable, readiness.clone()).await;

    shop.learn_rooms().await.context("cannot tell which sales have a waiting room")?;

    let stopping = CancellationToken::new();
    let background = CancellationToken::new();
    let worker = tokio::spawn({
        let (shop, end) = (shop.clone(), background.clone());
        async move { shop.run(end).await }
    });
    let front = frontrow_web::front(shop.clone(), pages(config, readiness.clone()));
    let (entrance, door) = door.into_parts();
    let places = system::connections_max();
    let server = tokio::spawn(connections::serve(entrance, front, places, stopping.clone()));
    greet(config, imported, address);
    tell_supervisor(&[NotifyState::Ready]);

    let signal = signals.next().await;
    tracing::info!("draining: whoever balances load looks elsewhere");
    tell_supervisor(&[NotifyState::Stopping]);
    readiness.drain();
    heart.beat_soon();
    // A person at the keyboard does not wait for a balancer; whoever asks twice is in a hurry.
    if signal == Signal::Terminate {
        let _ = tokio::time::timeout(config.drain, signals.next()).await;
    }
    tracing::info!("stopping: finishing what is in flight");
    door.leave().await;
    background.cancel();
    stopping.cancel();
    let finished = tokio::time::timeout(config.grace, async {
        server.await.context("the server failed")?;
        worker.await.context("the worker failed")?;
        heart.stop().await;
        shop.stop().await;
        anyhow::Ok(())
    });
    tokio::select! {
        result = finished => match result {
            Ok(result) => result?,
            Err(_) => tracing::warn!("the grace time is over; what is left is cut off"),
        },
        _ = signals.next() => tracing::warn!("asked again; what is left is cut off"),
    }
    tracing::info!("stopped");
    Ok(())
}

/// Says how it goes to the supervisor, if there is one that listens (`Type=notify`).
fn tell_supervisor(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the supervisor could not be told");
    }
}

/// What the pages need to know.
fn pages(config: &Config, readiness: Readiness) -> WebConfig {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    WebConfig {
        shop_name: "Frontrow".to_owned(),
        demo: config.mode == Mode::Demo,
        secure: config.public_url.starts_with("https://"),
        outbox: config.smtp_url.is_none().then(|| config.data.join("outbox")),
        payment_origins: Vec::new(),
        proxies: config.proxies.clone(),
        readiness,
        legal: LegalTexts {
            imprint: text(&config.legal.imprint),
            terms: text(&config.legal.terms),
            privacy: text(&config.legal.privacy),
        },
    }
}

/// What a person who started it by hand wants to know, on one screen.
fn greet(config: &Config, imported: usize, address: SocketAddr) {
    let database = if config.database_url.is_some() { "PostgreSQL" } else { "SQLite" };
    tracing::info!(%address, database, mode = ?config.mode, "the shop is open");
    let data = config.data.display();
    println!("\n  Frontrow is open at {}", config.public_url);
    println!("  Listening on {address}, tables and log in {database}, data in {data}");
    if imported > 0 {
        println!("  Imported {imported} sample sales");
    }
    if config.mode == Mode::Demo {
        println!("  Demo mode: no real money; mail is at {}/dev/outbox", config.public_url);
    }
    if config.payment_provider == PaymentProvider::None {
        tracing::warn!("payment_provider is `none`: only what costs nothing can be ordered");
        println!("  No payment provider: only what costs nothing can be ordered");
    }
    println!("  Ctrl-C stops it\n");
}
