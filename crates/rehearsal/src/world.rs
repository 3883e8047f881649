//! What all fans of a drill share.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{browser::Browser, room::RoomWorld, tally::Tally, target::Target};

/// After a hold lapses, until everybody sees it.
const LAPSE_MARGIN_MS: u64 = 3_000;

/// What all fans of a drill share.
#[derive(Debug)]
pub struct World {
    /// Their browsers' connections.
    pub browser: Browser,
    /// What they want.
    pub target: Arc<Target>,
    /// Where it is counted.
    pub tally: Arc<Tally>,
    /// When the first may come.
    pub start: Instant,
    /// When the sale opens.
    pub opening: Instant,
    /// How many times faster than life.
    pub compression: f64,
    /// Of the crowd.
    pub seed: u64,
    /// The waiting room in front of the sale, if the drill set one up.
    pub room: Option<RoomWorld>,
    /// Set when everybody is to go home.
    pub over: CancellationToken,
    /// The latest moment at which something that fans left behind comes back, in milliseconds of the drill.
    returns_ms: AtomicU64,
    /// Fans on their way who hold something.
    holding: AtomicU64,
}

impl World {
    /// Nobody is there yet.
    pub fn new(
        browser: Browser,
        target: Arc<Target>,
        tally: Arc<Tally>,
        plan: &crate::Plan,
        start: Instant,
    ) -> Self {
        Self {
            opening: start + plan.crowd.opening(),
            compression: plan.crowd.compression,
            seed: plan.crowd.seed,
            room: plan.room.as_ref().map(|room| RoomWorld {
                plan: room.clone(),
                starts: start + room.starts(&plan.crowd),
            }),
            over: CancellationToken::new(),
            returns_ms: AtomicU64::new(0),
            holding: AtomicU64::new(0),
            browser,
            target,
            tally,
            start,
        }
    }

    /// Whether everybody is to go home.
    pub fn is_over(&self) -> bool {
        self.over.is_cancelled()
    }

    /// Something that was left behind comes back at a moment.
    pub fn returns_at(&self, at: Instant) {
        let ms = u64::try_from((at - self.start).as_millis()).unwrap_or(u64::MAX);
        self.returns_ms.fetch_max(ms.saturating_add(LAPSE_MARGIN_MS), Ordering::Relaxed);
    }

    /// A fan holds something from now on.
    pub fn holds_something(&self) {
        self.holding.fetch_add(1, Ordering::Relaxed);
    }

    /// A fan who held something has let go of it.
    pub fn holds_nothing(&self) {
        self.holding.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether something that fans hold or left behind may still come back.
    pub fn may_return(&self) -> bool {
        self.holding.load(Ordering::Relaxed) > 0
            || self.tally.now_ms() < self.returns_ms.load(Ordering::Relaxed)
    }
}
