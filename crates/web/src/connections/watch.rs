//! Whether a connection gets on.
//!
//! | phase | from | to | at most |
//! |---|---|---|---|
//! | head | it is opened, or the first byte of a request | the whole head was read | [`HEAD_TIMEOUT`] |
//! | asked | then | there is an answer | what handlers may take (`REQUEST_TIMEOUT`), bodies included |
//! | rest | then; every byte that the client takes | the first byte of the next request | [`REST_TIMEOUT`] |
//!
//! So a client that sends half a head, that takes nothing of its answer, or that just stays, goes. The connection's task
//! looks now and then; a request itself starts and stops no timer.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::Bytes;
use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::time::Instant;

use crate::limits::{HEAD_TIMEOUT, REST_TIMEOUT};

const HEAD: u64 = 0;
const ASKED: u64 = 1;
const REST: u64 = 2;
/// Bits of the phase; above them is when it began.
const PHASE_BITS: u32 = 2;

/// What one connection is doing, and since when. Written by its own task alone.
#[derive(Debug)]
pub(super) struct Progress {
    opened: Instant,
    /// The phase, and its beginning in milliseconds after [`Self::opened`].
    state: AtomicU64,
}

impl Progress {
    /// Of a connection that is new: it has to ask something.
    pub(super) fn new(now: Instant) -> Self {
        Self { opened: now, state: AtomicU64::new(HEAD) }
    }

    /// A request was read.
    pub(super) fn asked(&self) {
        self.state.store(ASKED, Ordering::Relaxed);
    }

    /// It has an answer, which is being sent.
    pub(super) fn answered(&self, now: Instant) {
        self.set(REST, now);
    }

    /// The client sent something.
    pub(super) fn read(&self, now: impl FnOnce() -> Instant) {
        if self.get().0 == REST {
            self.set(HEAD, now());
        }
    }

    /// The client took something.
    pub(super) fn written(&self, now: impl FnOnce() -> Instant) {
        let (phase, _) = self.get();
        if phase != ASKED {
            self.set(phase, now());
        }
    }

    /// It has not got on for longer than it may.
    pub(super) fn is_stuck(&self, now: Instant) -> bool {
        let (phase, since) = self.get();
        let longest = match phase {
            HEAD => HEAD_TIMEOUT,
            ASKED => return false,
            _ => REST_TIMEOUT,
        };
        now.saturating_duration_since(since) >= longest
    }

    /// For how long nothing is asked.
    pub(super) fn rests_for(&self, now: Instant) -> Duration {
        let (phase, since) = self.get();
        if phase == REST { now.saturating_duration_since(since) } else { Duration::ZERO }
    }

    fn get(&self) -> (u64, Instant) {
        let state = self.state.load(Ordering::Relaxed);
        let since = self.opened + Duration::from_millis(state >> PHASE_BITS);
        (state & ((1 << PHASE_BITS) - 1), since)
    }

    fn set(&self, phase: u64, now: Instant) {
        let since = now.saturating_duration_since(self.opened).as_millis();
        let since = u64::try_from(since).unwrap_or(u64::MAX);
        self.state.store(since << PHASE_BITS | phase, Ordering::Relaxed);
    }
}

/// A connection whose [`Progress`] is known.
#[derive(Debug)]
pub(super) struct Watched<Io> {
    io: Io,
    /// Was read before, and comes first.
    begun: Bytes,
    progress: Arc<Progress>,
}

impl<Io> Watched<Io> {
    pub(super) fn new(io: Io, begun: Bytes, progress: Arc<Progress>) -> Self {
        Self { io, begun, progress }
    }

    fn written(&self, bytes: usize) -> usize {
        if bytes > 0 {
            self.progress.written(Instant::now);
        }
        bytes
    }
}

impl<Io: Read + Unpin> Read for Watched<Io> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut to: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.begun.is_empty() {
            to.put_slice(&this.begun.split_to(this.begun.len().min(to.remaining())));
            return Poll::Ready(Ok(()));
        }
        ready!(Pin::new(&mut this.io).poll_read(context, to))?;
        this.progress.read(Instant::now);
        Poll::Ready(Ok(()))
    }
}

impl<Io: Write + Unpin> Write for Watched<Io> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        from: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let bytes = ready!(Pin::new(&mut this.io).poll_write(context, from))?;
        Poll::Ready(Ok(this.written(bytes)))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        from: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let bytes = ready!(Pin::new(&mut this.io).poll_write_vectored(context, from))?;
        Poll::Ready(Ok(this.written(bytes)))
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::Progress;
    use crate::limits::{HEAD_TIMEOUT, REST_TIMEOUT};

    #[test]
    fn each_phase_has_its_own_patience() {
        let opened = Instant::now();
        let progress = Progress::new(opened);
        assert!(!progress.is_stuck(opened + HEAD_TIMEOUT / 2));
        progress.read(|| opened + HEAD_TIMEOUT / 2);
        assert!(progress.is_stuck(opened + HEAD_TIMEOUT), "a byte now and then is no progress");

        progress.asked();
        progress.read(|| opened);
        assert!(!progress.is_stuck(opened + 10 * REST_TIMEOUT), "handlers have their own");
        assert!(progress.rests_for(opened + 10 * REST_TIMEOUT).is_zero());

        progress.answered(opened);
        assert!(!progress.is_stuck(opened + HEAD_TIMEOUT));
        let later = opened + REST_TIMEOUT / 2;
        progress.written(|| later);
        assert!(!progress.is_stuck(opened + REST_TIMEOUT), "it still takes the answer");
        assert!(progress.is_stuck(later + REST_TIMEOUT));
        assert_eq!(progress.rests_for(later + HEAD_TIMEOUT), HEAD_TIMEOUT);

        progress.read(|| later);
        assert!(progress.is_stuck(later + HEAD_TIMEOUT), "the next head has begun");
    }
}
