//! What the log decided, brought into the tables: at once after a purchase here, and by a sweep for the rest.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use frontrow_log::{Position, Stream, entries::read_page};
use frontrow_store::{page::PageRequest, projection as store};
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

/// What somebody set out to project. Unless they did it to the end, the projector does it: also when they hung up.
struct LeftOver<'a> {
    dirty: &'a Dirty,
    performance: Uuid,
}

impl LeftOver<'_> {
    fn nothing(self) {
        std::mem::forget(self);
    }
}

impl Drop for LeftOver<'_> {
    fn drop(&mut self) {
        self.dirty.mark(self.performance);
    }
}

/// How far the tables are, as far as this replica knows. Whoever projects a stream locks it: those who buy at the same
/// moment wait in line, and the first brings the others' purchases along.
#[derive(Debug, Default)]
pub(crate) struct Projected {
    streams: Mutex<HashMap<Uuid, Arc<tokio::sync::Mutex<Position>>>>,
}

impl Projected {
    fn of(&self, performance: Uuid) -> Arc<tokio::sync::Mutex<Position>> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(streams.entry(performance).or_default())
    }
}

impl Shop {
    /// Brings a stream into the tables up to its end.
    pub async fn project(&self, performance: Uuid) -> Result<()> {
        let reached = self.inner.projected.of(performance);
        let mut reached = reached.lock().await;
        // Not what this replica knows: the tables may have been restored from an older copy.
        let stream = Stream::sale(performance.as_u128());
        *reached = self.project_after(stream, self.inner.store.checkpoint(stream).await?).await?;
        Ok(())
    }

    async fn project_after(&self, stream: Stream, mut after: Position) -> Result<Position> {
        loop {
            let page = read_page(&*self.inner.log, stream, after)
                .await
                .map_err(|error| Error::Log(error.into()))?;
            let Some((last, _)) = page.entries.last() else { return Ok(after) };
            after = match self.inner.store.project(stream, after, &page.entries).await? {
                store::Projected::Done(position) if position == *last && !page.more => {
                    return Ok(position);
                }
                store::Projected::Done(position) | store::Projected::Moved(position) => position,
                store::Projected::Orphan => return Ok(after),
            };
        }
    }

    /// Projects what was just decided, so that the next page shows it; gives up soon, for then the projector does it.
    pub(crate) async fn show(&self, performance: Uuid) {
        let left_over = LeftOver { dirty: &self.inner.dirty, performance };
        match tokio::time::timeout(PROJECT_WAIT, self.project_decided(performance)).await {
            Ok(Ok(())) => left_over.nothing(),
            Ok(Err(error)) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(performance.id = %performance, error, "not projected yet");
            }
            Err(_) => {}
        }
        self.wake();
    }

    async fn project_decided(&self, performance: Uuid) -> Result<()> {
        let decided = self.sale(performance).await?.read(|_, position| position)?;
        let reached = self.inner.projected.of(performance);
        let mut reached = reached.lock().await;
        if *reached < decided {
            let stream = Stream::sale(performance.as_u128());
            *reached = self.project_after(stream, *reached).await?;
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Dirty, LeftOver};

    #[test]
    fn what_nobody_projected_to_the_end_is_left_to_the_projector() {
        let (dirty, performance) = (Dirty::default(), Uuid::from_u128(1));
        LeftOver { dirty: &dirty, performance }.nothing();
        assert!(dirty.take().is_empty());
        drop(LeftOver { dirty: &dirty, performance });
        assert_eq!(dirty.take(), [performance].into());
    }
}
