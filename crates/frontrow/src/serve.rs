//! `frontrow serve`: opens the shop, sells, and closes in order.

use std::{future::IntoFuture as _, net::SocketAddr};

use anyhow::{Context, Result};
use frontrow_web::{LegalTexts, WebConfig};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    config::{Config, Mode, PaymentProvider},
    open, samples,
    system::stop_requested,
};

/// Serves until somebody asks it to stop, then finishes what is in flight.
///
/// The order of stopping: not ready (a balancer looks elsewhere), no new connections, requests in
/// flight, background work, sequencers. What does not end within the grace time is cut off; nothing
/// that was acknowledged is lost by that, for it was durable before.
pub async fn run(config: &Config) -> Result<()> {
    let shop = open::shop(config).await?;
    let imported = match config.mode {
        Mode::Demo => samples::import_into_empty(&shop).await?,
        Mode::Live => 0,
    };
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    let stopping = CancellationToken::new();
    let background = CancellationToken::new();
    let worker = tokio::spawn({
        let (shop, end) = (shop.clone(), background.clone());
        async move { shop.run(end).await }
    });
    greet(config, imported, listener.local_addr()?);

    let router = frontrow_web::router(shop.clone(), pages(config))
        .into_make_service_with_connect_info::<SocketAddr>();
    let server =
        axum::serve(listener, router).with_graceful_shutdown(stopping.clone().cancelled_owned());
    let server = tokio::spawn(server.into_future());
    stop_requested().await.context("cannot wait for signals")?;
    tracing::info!("stopping: finishing what is in flight");
    stopping.cancel();
    let finished = tokio::time::timeout(config.grace, async {
        server.await.context("the server failed")?.context("the server failed")?;
        background.cancel();
        worker.await.context("the worker failed")?;
        shop.stop().await;
        anyhow::Ok(())
    });
    match finished.await {
        Ok(result) => result?,
        Err(_) => tracing::warn!("the grace time is over; what is left is cut off"),
    }
    tracing::info!("stopped");
    Ok(())
}

/// What the pages need to know.
fn pages(config: &Config) -> WebConfig {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    WebConfig {
        shop_name: "Frontrow".to_owned(),
        demo: config.mode == Mode::Demo,
        secure: config.public_url.starts_with("https://"),
        outbox: config.smtp_url.is_none().then(|| config.data.join("outbox")),
        payment_origins: Vec::new(),
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
