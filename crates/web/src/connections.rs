//! Takes connections, serves HTTP/1.1 on each, and lets go of those that only take up a place.
//!
//! A connection costs a descriptor and some memory whether anything is asked on it or not, so their number has a bound,
//! and each has to get on: a head must come within a while, and one on which nothing moves is closed
//! ([`watch`]). On most of them nobody does anything but join and poll: [`plain`]. Whoever comes when all places are taken waits
//! in the kernel's queue, and those who rest make room.

mod plain;
mod watch;

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc};

use axum::{extract::Request, serve::Listener};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore, watch as signal},
    time::{Instant, sleep_until, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    front::Front,
    limits::{CALL_FOR_ROOM_EVERY, HEAD_BYTES_MAX, LOOK_EVERY, RESTED_ENOUGH},
};
use watch::{Progress, Watched};

/// What all connections are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    /// Nothing.
    Serve,
    /// Others wait for a place: whoever rests leaves.
    MakeRoom,
    /// Answer what was asked, and end.
    End,
}

/// Hears what all connections are told.
struct Calls(signal::Receiver<Call>);

impl Calls {
    /// Until this connection should leave, once what was asked on it is answered.
    async fn leave(&mut self, progress: &Progress) {
        while self.0.changed().await.is_ok() {
            let is_end = *self.0.borrow_and_update() == Call::End;
            if is_end || progress.rests_for(Instant::now()) >= RESTED_ENOUGH {
                return;
            }
        }
    }
}

/// Serves up to so many connections at once until it is told to stop; returns when what was asked by then is answered.
///
/// Those who come while all places are taken wait to be accepted.
pub async fn serve<L>(mut entrance: L, front: Front, places: usize, stop: CancellationToken)
where
    L: Listener<Io = TcpStream, Addr = SocketAddr>,
{
    let places = Arc::new(Semaphore::new(places));
    let (calls, _) = signal::channel(Call::Serve);
    let connections = TaskTracker::new();
    while !stop.is_cancelled() {
        let (stream, peer) = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            taken = entrance.accept() => taken,
        };
        let place = tokio::select! {
            place = place(&places, &calls) => Some(place),
            // It was taken, so it is served.
            () = stop.cancelled() => None,
        };
        let (front, calls) = (front.of(peer.ip()), Calls(calls.subscribe()));
        connections.spawn(async move {
            connection(stream, front, calls).await;
            drop(place);
        });
    }
    // Nobody waits in a queue that is not looked at any more.
    drop(entrance);
    calls.send_replace(Call::End);
    connections.close();
    connections.wait().await;
}

/// A place for one more connection, as soon as there is one. Somebody waits for it.
async fn place(places: &Arc<Semaphore>, calls: &signal::Sender<Call>) -> OwnedSemaphorePermit {
    if let Ok(place) = Arc::clone(places).try_acquire_owned() {
        return place;
    }
    tracing::warn!(
        "as many connections as there may be; those on which nothing is asked are closed"
    );
    loop {
        calls.send_replace(Call::MakeRoom);
        let next = Arc::clone(places).acquire_owned();
        if let Ok(Ok(place)) = timeout(CALL_FOR_ROOM_EVERY, next).await {
            return place;
        }
    }
}

/// Answers what is asked on one connection, until either side ends it or it does not get on.
async fn connection(stream: TcpStream, front: Front, calls: Calls) {
    let progress = Arc::new(Progress::new(Instant::now()));
    let mut answered = pin!(answer(stream, &front, calls, &progress));
    let mut look = pin!(sleep_until(Instant::now() + LOOK_EVERY));
    loop {
        tokio::select! {
            biased;
            () = answered.as_mut() => return,
            () = &mut look => {
                let now = Instant::now();
                if progress.is_stuck(now) {
                    return;
                }
                look.as_mut().reset(now + LOOK_EVERY);
            }
        }
    }
}

/// First what is plain, then whatever is asked.
async fn answer(mut stream: TcpStream, front: &Front, mut calls: Calls, progress: &Arc<Progress>) {
    // An answer of two writes is not held back for the acknowledgement of the first.
    let _ = stream.set_nodelay(true);
    let Ok(Some(begun)) = plain::answer(&mut stream, front, progress, &mut calls).await else {
        return;
    };
    // Whoever was told to leave meanwhile is told again.
    calls.0.mark_changed();
    let io = Watched::new(TokioIo::new(stream), begun.into(), Arc::clone(progress));
    let service = service_fn(async |request: Request<Incoming>| {
        progress.asked();
        let answer = front.answer(request).await;
        progress.answered(Instant::now());
        Ok::<_, Infallible>(answer)
    });
    let mut served = pin!(
        http1::Builder::new()
            .max_buf_size(HEAD_BYTES_MAX)
            // `Progress` does it for all phases of a connection, with one timer that requests leave alone.
            .header_read_timeout(None)
            .serve_connection(io, service)
    );
    tokio::select! {
        biased;
        _ = served.as_mut() => return,
        () = calls.leave(progress) => served.as_mut().graceful_shutdown(),
    }
    let _ = served.await;
}
