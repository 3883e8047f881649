//! Many connections that ask the same server again and again, over plain sockets: a client that costs little, the same
//! for every contender.
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    runtime::Runtime,
    task::JoinSet,
};

use crate::bench::load::{Sample, new_histogram};

/// Writes the request of a number.
type Request = Box<dyn Fn(u64, &mut Vec<u8>) + Send + Sync>;

/// How to speak to a server.
pub(super) struct Protocol {
    /// Where it is.
    pub(super) address: SocketAddr,
    /// The request of a number that is never used twice.
    pub(super) request: Request,
    /// How many bytes the answer at the front has, once it is whole; an error if it is not the expected one.
    pub(super) whole: fn(&[u8]) -> Result<Option<usize>>,
}

/// Longest answer.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// Threads that ask: half of the smallest machine that we measure on.
const THREADS: usize = 2;

static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// As much as the server can: every connection asks again as soon as all have their answers.
pub(super) fn flood(protocol: &Protocol, connections: usize, time: Duration) -> Result<Sample> {
    let start = Instant::now();
    let samples: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| scope.spawn(|| ask_until(protocol, connections / THREADS, start + time)))
            .collect();
        threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let mut latencies = new_histogram();
    for sample in samples {
        let Ok(sample) = sample else { bail!("a client panicked") };
        latencies.add(sample?)?;
    }
    Ok(Sample::of(latencies, start.elapsed()))
}

fn ask_until(
    protocol: &Protocol,
    connections: usize,
    deadline: Instant,
) -> Result<hdrhistogram::Histogram<u64>> {
    let connect = |_| -> Result<TcpStream> {
        let stream = TcpStream::connect(protocol.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(stream)
    };
    let mut streams = (0..connections).map(connect).collect::<Result<Vec<_>>>()?;
    let mut latencies = new_histogram();
    let mut buffer = vec![0; ANSWER_BYTES_MAX];
    let mut request = Vec::new();
    while Instant::now() < deadline {
        let mut asked = Vec::with_capacity(streams.len());
        for stream in &mut streams {
            request.clear();
            (protocol.request)(NUMBERS.fetch_add(1, Ordering::Relaxed), &mut request);
            asked.push(Instant::now());
            stream.write_all(&request)?;
        }
        for (stream, asked) in streams.iter_mut().zip(asked) {
            let mut filled = 0;
            loop {
                let read =
                    stream.read(buffer.get_mut(filled..).context("the answer is too long")?)?;
                ensure!(read > 0, "the server hung up");
                filled += read;
                if (protocol.whole)(buffer.get(..filled).unwrap_or_default())?.is_some() {
                    break;
                }
            }
            latencies.saturating_record(nanos(asked.elapsed()));
        }
    }
    Ok(latencies)
}

/// So many a second, spread evenly, each timed from the moment it was due: a server that stalls is not flattered.
pub(super) fn steady(
    protocol: &std::sync::Arc<Protocol>,
    connections: u32,
    per_second: f64,
    time: Duration,
    runtime: &Runtime,
) -> Result<Sample> {
    runtime.block_on(async {
        let start = tokio::time::Instant::now() + Duration::from_millis(200);
        let between = Duration::from_secs_f64(f64::from(connections) / per_second);
        let mut tasks = JoinSet::new();
        for connection in 0..connections {
            let protocol = std::sync::Arc::clone(protocol);
            let first = start + between * connection / connections;
            tasks.spawn(async move { ask_every(&protocol, first, between, start + time).await });
        }
        let mut latencies = new_histogram();
        while let Some(done) = tasks.join_next().await {
            latencies.add(done??)?;
        }
        Ok(Sample::of(latencies, time))
    })
}

async fn ask_every(
    protocol: &Protocol,
    first: tokio::time::Instant,
    between: Duration,
    deadline: tokio::time::Instant,
) -> Result<hdrhistogram::Histogram<u64>> {
    let mut stream = tokio::net::TcpStream::connect(protocol.address).await?;
    stream.set_nodelay(true)?;
    let mut latencies = new_histogram();
    let mut buffer = vec![0; ANSWER_BYTES_MAX];
    let mut request = Vec::new();
    let mut due = first;
    while due < deadline {
        tokio::time::sleep_until(due).await;
        request.clear();
        (protocol.request)(NUMBERS.fetch_add(1, Ordering::Relaxed), &mut request);
        // The timer's own delay is the client's, not the server's.
        let asked = tokio::time::Instant::now().max(due);
        let late = asked - due;
        let begun = if late > Duration::from_millis(2) { due } else { asked };
        stream.write_all(&request).await?;
        let mut filled = 0;
        loop {
            let rest = buffer.get_mut(filled..).context("the answer is too long")?;
            let read = stream.read(rest).await?;
            ensure!(read > 0, "the server hung up");
            filled += read;
            if (protocol.whole)(buffer.get(..filled).unwrap_or_default())?.is_some() {
                break;
            }
        }
        latencies.saturating_record(nanos(begun.elapsed()));
        due += between;
    }
    Ok(latencies)
}

fn nanos(duration: Duration) -> u64 {
    crate::bench::report::nanos(duration)
}

/// An HTTP answer with a length that says 200 or 201.
pub(super) fn http(answer: &[u8]) -> Result<Option<usize>> {
    let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = std::str::from_utf8(answer.get(..head).unwrap_or_default())?;
    ensure!(text.starts_with("HTTP/1.1 20"), "the server said: {text}");
    let length = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok())
        .context("an answer without a length")?;
    let whole = head + 4 + length;
    Ok((answer.len() >= whole).then_some(whole))
}

/// A number as Redis says it.
pub(super) fn redis(answer: &[u8]) -> Result<Option<usize>> {
    if answer.is_empty() {
        return Ok(None);
    }
    ensure!(answer.starts_with(b":"), "Redis said: {}", String::from_utf8_lossy(answer));
    Ok(answer.ends_with(b"\r\n").then_some(answer.len()))
}
