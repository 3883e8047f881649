//! Somebody who only looks at the seat map: how it fills.

use tokio::time::{Instant, interval};
use tokio_util::sync::CancellationToken;

use crate::{
    browser::{Ask, Browser, Jar},
    limits::WATCH_EVERY,
    tally::Step,
    target::{Status, Target},
};

/// How the hall filled.
#[derive(Debug, Clone, Default)]
pub struct Watched {
    /// Places that nobody has, over time: milliseconds of the drill and how many.
    pub left: Vec<(u64, u64)>,
    /// When each seat went, in milliseconds of the drill; nothing if it is free at the end, 0 if it was gone before.
    pub gone_ms: Vec<Option<u64>>,
    /// Places left by area, over time.
    pub areas: Vec<(u64, Vec<u32>)>,
    /// The first moment at which nothing was left.
    pub sold_out_ms: Option<u64>,
}

/// Looks until told to stop; `on_left` is told of every look.
pub(crate) async fn watch(
    browser: &Browser,
    target: &Target,
    start: Instant,
    stop: CancellationToken,
    on_left: impl Fn(u64),
) -> Watched {
    let seats = target.drawing.seats();
    let mut status = Status::new(seats);
    let mut watched = Watched { gone_ms: vec![None; seats], ..Watched::default() };
    let mut timer = interval(WATCH_EVERY);
    loop {
        // The last look comes after everybody went home.
        let last = tokio::select! {
            _ = timer.tick() => false,
            () = stop.cancelled() => true,
        };
        let ask = Ask::get(Step::Status, status.path(&target.status_path));
        let answer = browser.ask(&mut Jar::default(), Instant::now(), &ask).await;
        if let Ok(answer) = answer
            && status.update(&answer.body).is_ok()
        {
            watched.look(&status, start);
            on_left(status.left());
        }
        if last {
            return watched;
        }
    }
}

impl Watched {
    fn look(&mut self, status: &Status, start: Instant) {
        let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let first = self.left.is_empty();
        for (seat, gone) in self.gone_ms.iter_mut().enumerate() {
            match (status.is_free(seat), &gone) {
                (true, Some(_)) => *gone = None,
                (false, None) => *gone = Some(if first { 0 } else { ms }),
                _ => {}
            }
        }
        let left = status.left();
        if left == 0 && self.sold_out_ms.is_none() {
            self.sold_out_ms = Some(ms);
        }
        self.left.push((ms, left));
        self.areas.push((ms, status.areas.clone()));
    }
}
