//! What replicas tell each other, and `frontrow status`, which shows it.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use frontrow_ledger::Time;
use frontrow_store::{Store, replicas::Replica};
use serde_json::{Value, json};

use crate::system::SystemClock;
use frontrow_log::Clock as _;

/// What this binary was built from.
pub const BUILD: &str = env!("FRONTROW_BUILD");
/// A replica that has not said for so long that it is there is taken for dead.
pub const STALE_MS: i64 = 15_000;
/// Streams that a replica reports on: the ones used last, which are the ones that matter.
pub const STREAMS_REPORTED: usize = 16;

/// Shows the replicas that are there. Returns whether the fleet can sell: there is a live one, and
/// all of them have one secret.
pub async fn status(store: &Store, as_json: bool) -> Result<bool> {
    let now = SystemClock.now();
    // Those that died lately are shown too: somebody may look for one.
    let replicas = store.replicas(Time(0)).await.context("cannot read the fleet")?;
    let live: Vec<&Replica> = replicas.iter().filter(|replica| is_live(replica, now)).collect();
    let secrets: BTreeSet<&str> =
        live.iter().map(|replica| replica.secret_print.as_str()).collect();
    let writable = live.iter().map(|replica| replica.knows).min();
    if as_json {
        let replicas: Vec<Value> = replicas.iter().map(|replica| entry(replica, now)).collect();
        println!(
            "{:#}",
            json!({
                "live": live.len(),
                "writable_version": writable,
                "one_secret": secrets.len() <= 1,
                "replicas": replicas,
            })
        );
    } else {
        print(&replicas, now);
        if let Some(version) = writable {
            println!("{} live; records up to version {version} are written", live.len());
        } else {
            println!("no replica is live");
        }
        if secrets.len() > 1 {
            println!("FAULT: the replicas have different secrets: give all of them one (`secret`)");
        }
    }
    Ok(secrets.len() == 1)
}

fn is_live(replica: &Replica, now: Time) -> bool {
    now.ms_since(replica.seen_at) < STALE_MS
}

fn entry(replica: &Replica, now: Time) -> Value {
    json!({
        "id": replica.id,
        "build": replica.build,
        "roles": replica.roles,
        "address": replica.address,
        "state": if is_live(replica, now) { replica.state.as_str() } else { "silent" },
        "knows": replica.knows,
        "secret": replica.secret_print,
        "started_ms_ago": now.ms_since(replica.started_at),
        "seen_ms_ago": now.ms_since(replica.seen_at),
        "streams": replica.streams,
    })
}

fn print(replicas: &[Replica], now: Time) {
    println!(
        "{:<22} {:<9} {:<28} {:<5} {:>6} {:>8} {:>7} {:>7}  SECRET",
        "ADDRESS", "STATE", "BUILD", "ROLES", "SEEN", "UP", "BEHIND", "TABLES"
    );
    for replica in replicas {
        let behind: u64 = replica.streams.iter().map(|stream| stream.behind).sum();
        let unprojected: u64 = replica.streams.iter().map(|stream| stream.unprojected).sum();
        println!(
            "{:<22} {:<9} {:<28} {:<5} {:>6} {:>8} {:>7} {:>7}  {}",
            replica.address,
            if is_live(replica, now) { replica.state.as_str() } else { "silent" },
            replica.build,
            replica.roles,
            seconds(now.ms_since(replica.seen_at)),
            seconds(now.ms_since(replica.started_at)),
            behind,
            unprojected,
            replica.secret_print,
        );
    }
}

fn seconds(ms: i64) -> String {
    format!("{} s", ms / 1_000)
}
