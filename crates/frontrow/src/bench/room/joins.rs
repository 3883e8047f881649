//! Durable joins over HTTP, beside the cheapest durable counter that there is: Redis, synced at each write.
#![expect(clippy::disallowed_methods, reason = "it waits for processes, on a thread of its own")]

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use frontrow_rehearsal::local::free_port;
use tokio::runtime::Runtime;

use super::wire::{self, Protocol};
use crate::bench::{
    load::Sample,
    report::{Group, Line},
};

const CONNECTIONS: u32 = 100;
/// The best of them counts, for each: a machine that is slow for a moment is slow for one of them only.
const ROUNDS: u32 = 4;

/// A process of ours that ends with this value.
pub(super) struct Served {
    child: Child,
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// Which performance has a room.
    pub(super) performance: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// In turns: the room, Redis, the room, Redis, and so on.
pub(super) fn measure(seconds: u64, directory: &Path, runtime: &Runtime) -> Result<Group> {
    let time = Duration::from_secs(seconds);
    let mut group = Group::new("Durable joins over HTTP with a receipt, 100 connections", "joins");
    let shop = serve(&directory.join("joins"), None)?;
    let redis = redis(directory)?;
    let joins = Arc::new(joins(&shop));
    let incr = redis.as_ref().map(|redis| Arc::new(incr(redis.address)));
    let (mut ours, mut theirs) = (None, None);
    for round in 1..=ROUNDS {
        eprintln!("joins: round {round} of {ROUNDS}");
        let sample = wire::flood(&joins, CONNECTIONS as usize, time)?;
        ours = Some(best(ours, sample));
        if let Some(incr) = &incr {
            theirs = Some(best(theirs, wire::flood(incr, CONNECTIONS as usize, time)?));
        }
    }
    let connections = Some(CONNECTIONS);
    let base = theirs.as_ref().map(Sample::per_second);
    if let Some(theirs) = &theirs {
        group.lines.push(Line::of("Redis INCR, appendfsync always", connections, theirs));
    } else {
        group.notes.push("redis-server is not installed here".to_owned());
    }
    let ours = ours.context("nothing was measured")?;
    group.lines.push(Line::of("Frontrow, SQLite", connections, &ours).against(base));
    let half = ours.per_second() / 2.0;
    let steady = wire::steady(&joins, CONNECTIONS, half, time, runtime)?;
    group.lines.push(Line::of("the same at half of its peak", connections, &steady));
    Ok(group)
}

fn best(before: Option<Sample>, now: Sample) -> Sample {
    match before {
        Some(before) if before.per_second() >= now.per_second() => before,
        _ => now,
    }
}

fn joins(shop: &Served) -> Protocol {
    let path = format!("/api/v1/performances/{}/room/places", shop.performance);
    let salt: u64 = rand::random();
    Protocol {
        address: shop.address,
        request: Box::new(move |number, request| {
            use std::io::Write as _;
            let _ = write!(
                request,
                "POST {path} HTTP/1.1\r\nhost: bench\r\nidempotency-key: {salt:016x}{number:016x}\r\ncontent-length: 0\r\n\r\n"
            );
        }),
        whole: wire::http,
    }
}

fn incr(address: SocketAddr) -> Protocol {
    Protocol {
        address,
        request: Box::new(|_, request| request.extend(b"*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n")),
        whole: wire::redis,
    }
}

/// Redis as durable as our log, if it is installed.
fn redis(directory: &Path) -> Result<Option<Served>> {
    let address = free_address()?;
    let folder = directory.join("redis");
    std::fs::create_dir_all(&folder)?;
    let child = Command::new("redis-server")
        .args(["--port", &address.port().to_string(), "--bind", "127.0.0.1", "--save", ""])
        .args(["--appendonly", "yes", "--appendfsync", "always", "--dir"])
        .arg(&folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(child) = child else { return Ok(None) };
    let served = Served { child, address, performance: String::new() };
    wait_for(served.address)?;
    Ok(Some(served))
}

/// This binary with sample sales, and a waiting room that is open for everybody in front of one.
pub(super) fn serve(data: &Path, processors: Option<&str>) -> Result<Served> {
    let address = free_address()?;
    let binary = std::env::current_exe()?;
    std::fs::create_dir_all(data)?;
    let mut command = match processors {
        Some(processors) => {
            let mut command = Command::new("taskset");
            command.args(["-c", processors]).arg(&binary);
            command
        }
        None => Command::new(&binary),
    };
    let data_text = data.to_str().context("the path is no text")?;
    let child = command
        .args(["serve", "--listen", &address.to_string(), "--data", data_text])
        .args(["--public-url", &format!("http://{address}")])
        .env("RUST_LOG", "warn")
        .stdout(Stdio::null())
        .spawn()
        .context("cannot start this binary again")?;
    let mut served = Served { child, address, performance: String::new() };
    wait_for(address)?;
    served.performance = performance(address)?;
    let key = Command::new(&binary)
        .args(["api-key", "create", "--data", data_text])
        .args(["--organisation", ORGANISATION, "--name", "bench"])
        .output()?;
    let key = String::from_utf8(key.stdout)?;
    let key = key.lines().last().unwrap_or_default().trim().to_owned();
    let body = r#"{"starts_in_minutes": 600, "opens_before_minutes": 601}"#;
    let put = format!(
        "PUT /api/v1/performances/{}/room HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\n\
         idempotency-key: {:032x}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        served.performance,
        rand::random::<u128>(),
        body.len()
    );
    let answer = exchange(address, &put)?;
    ensure!(answer.starts_with("HTTP/1.1 204"), "the room could not be set up: {answer}");
    // The board is written within a moment.
    std::thread::sleep(Duration::from_secs(1));
    Ok(served)
}

const ORGANISATION: &str = "Kotelna";
const EVENT: &str = "noc-v-kotelne";

fn performance(address: SocketAddr) -> Result<String> {
    let get = format!(
        "GET /api/v1/events/{EVENT} HTTP/1.1\r\nhost: bench\r\naccept-encoding: identity\r\nconnection: close\r\n\r\n"
    );
    let answer = exchange(address, &get)?;
    let (_, rest) = answer.split_once("\"performances\":[").context("no such event")?;
    let (_, rest) = rest.split_once("\"id\":\"").context("no performance")?;
    Ok(rest.chars().take(36).collect())
}

fn exchange(address: SocketAddr, request: &str) -> Result<String> {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address)?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// A port that nobody uses.
pub(super) fn free_address() -> Result<SocketAddr> {
    Ok((Ipv4Addr::LOCALHOST, free_port()?).into())
}

/// Waits until somebody listens there.
pub(super) fn wait_for(address: SocketAddr) -> Result<()> {
    for _ in 0..600 {
        if std::net::TcpStream::connect(address).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    anyhow::bail!("nobody listens on {address}")
}
