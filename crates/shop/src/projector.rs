//! What the log decided, brought into the tables: at once after a purchase here, and by a sweep for the rest.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use frontrow_log::{Stream, entries::read_page};
use frontrow_store::{page::PageRequest, projection::Projected};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    Error, Result, Shop,
    limits::{PROJECT_WAIT, SWEEP_INTERVAL},
};

/// Streams that have something new for the tables.
#[derive(Debug, Default)]
pub(crate) struct Dirty {
    streams: Mutex<BTreeSet<Uuid>>,
    news: Notify,
}

impl Dirty {
    pub(crate) fn mark(&self, performance: Uuid) {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner).insert(performance);
        self.news.notify_one();
    }

    fn take(&self) -> BTreeSet<Uuid> {
        std::mem::take(&mut self.streams.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shop {
    /// Brings a stream into the tables up to its end.
    pub async fn project(&self, performance: Uuid) -> Result<()> {
        let stream = Stream::sale(performance.as_u128());
        let mut after = self.inner.store.checkpoint(stream).await?;
        loop {
            let page = read_page(&*self.inner.log, stream, after)
                .await
                .map_err(|error| Error::Log(error.into()))?;
            if page.entries.is_empty() {
                return Ok(());
            }
            after = match self.inner.store.project(stream, after, &page.entries).await? {
                Projected::Done(position) | Projected::Moved(position) => position,
                Projected::Orphan => return Ok(()),
            };
        }
    }

    /// Projects what was just decided, so that the next page shows it; gives up soon, for the projector does it
    /// anyway.
    pub(crate) async fn show(&self, performance: Uuid) {
        self.inner.dirty.mark(performance);
        let shown = tokio::time::timeout(PROJECT_WAIT, self.project(performance)).await;
        if let Ok(Err(error)) = shown {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(performance.id = %performance, error, "not projected yet");
        }
        self.wake();
    }

    /// Keeps the tables up to date until it is told to stop.
    pub(crate) async fn run_projector(&self, stop: CancellationToken) {
        let mut sweep = tokio::time::interval(SWEEP_INTERVAL);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.inner.dirty.news.notified() => {}
                _ = sweep.tick() => {
                    if let Err(error) = self.mark_all().await {
                        tracing::warn!(error = &error as &dyn std::error::Error, "sweep failed");
                    }
                }
            }
            for performance in self.inner.dirty.take() {
                if let Err(error) = self.project(performance).await {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(performance.id = %performance, error, "not projected yet");
                }
                if stop.is_cancelled() {
                    return;
                }
            }
            self.wake();
        }
    }

    /// Every performance may have something new.
    async fn mark_all(&self) -> Result<()> {
        let mut page = PageRequest::default();
        loop {
            let performances = self.inner.store.performances(page).await?;
            for performance in &performances.items {
                self.inner.dirty.mark(performance.id);
            }
            if performances.next.is_none() {
                return Ok(());
            }
            page.after = performances.next;
        }
    }
}
