//! What happened: counts, latencies by step, and a timeline. Cheap enough to be told of every request.

mod load;
mod recovery;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hdrhistogram::Histogram;
use serde::Serialize;
use tokio::time::Instant;

pub use load::{Comparison, Under};
pub use recovery::Recovery;

use self::load::Load;
use crate::limits::{LATENCY_US_MAX, MARKS_MAX, TICK_MS, TICKS_MAX};

/// A step of a purchase, as latencies are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The page of the performance.
    Page,
    /// The drawing of the hall.
    Drawing,
    /// What is free.
    Status,
    /// Places into the cart.
    Hold,
    /// The cart.
    Cart,
    /// The checkout's form.
    Form,
    /// Sending it: order and payment.
    Order,
    /// The bank's page.
    Bank,
    /// Paying there.
    Pay,
    /// The order's page.
    OrderPage,
    /// A ticket.
    Ticket,
    /// The page of a waiting room.
    Room,
    /// Taking a place there.
    Join,
    /// Asking how it stands.
    Poll,
    /// What was published of the draw.
    Draw,
    /// Coming in.
    Enter,
    /// Leaving the shop.
    Leave,
}

impl Step {
    /// All of them, in the order of a purchase.
    pub const ALL: [Self; 17] = [
        Self::Page,
        Self::Drawing,
        Self::Status,
        Self::Hold,
        Self::Cart,
        Self::Form,
        Self::Order,
        Self::Bank,
        Self::Pay,
        Self::OrderPage,
        Self::Ticket,
        Self::Room,
        Self::Join,
        Self::Poll,
        Self::Draw,
        Self::Enter,
        Self::Leave,
    ];

    /// In the report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Drawing => "drawing",
            Self::Status => "status",
            Self::Hold => "hold",
            Self::Cart => "cart",
            Self::Form => "checkout form",
            Self::Order => "order",
            Self::Bank => "bank page",
            Self::Pay => "pay",
            Self::OrderPage => "order page",
            Self::Ticket => "ticket",
            Self::Room => "room's page",
            Self::Join => "join",
            Self::Poll => "room's status",
            Self::Draw => "draw",
            Self::Enter => "enter",
            Self::Leave => "leave",
        }
    }

    /// Whether the shop cannot answer it without having written something down.
    const fn decides(self) -> bool {
        matches!(self, Self::Hold | Self::Order | Self::Pay | Self::Join | Self::Enter)
    }
}

/// Something that is counted over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A fan came.
    Arrived,
    /// A request was answered.
    Answered,
    /// Places were held.
    Held,
    /// The shop said no: somebody was faster, over a limit.
    Refused,
    /// An order has its tickets.
    Ordered,
    /// A request failed, the retry too.
    Failed,
    /// A request failed and the retry did not.
    Retried,
    /// Told to come back later, and did.
    ToldToWait,
    /// A fan went home.
    Left,
    /// Somebody has a place in the waiting room.
    Joined,
    /// Somebody who waits asked how it stands.
    Polled,
    /// Somebody came into the shop.
    Entered,
}

/// Counts of one moment, or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Fans who came.
    pub arrivals: u64,
    /// Requests answered.
    pub requests: u64,
    /// Holds acknowledged.
    pub holds: u64,
    /// Times that the shop said no.
    pub refusals: u64,
    /// Orders with their tickets.
    pub orders: u64,
    /// Requests that failed for good.
    pub errors: u64,
    /// Requests that worked the second time.
    pub retries: u64,
    /// Times that a fan was told to come back later.
    pub waits: u64,
    /// Fans who went home.
    pub left: u64,
    /// Places taken in the waiting room.
    pub joins: u64,
    /// Times that somebody who waits asked how it stands.
    pub polls: u64,
    /// Times that somebody came into the shop.
    pub entries: u64,
}

impl Counts {
    const fn add(&mut self, event: Event) {
        *match event {
            Event::Arrived => &mut self.arrivals,
            Event::Answered => &mut self.requests,
            Event::Held => &mut self.holds,
            Event::Refused => &mut self.refusals,
            Event::Ordered => &mut self.orders,
            Event::Failed => &mut self.errors,
            Event::Retried => &mut self.retries,
            Event::ToldToWait => &mut self.waits,
            Event::Left => &mut self.left,
            Event::Joined => &mut self.joins,
            Event::Polled => &mut self.polls,
            Event::Entered => &mut self.entries,
        } += 1;
    }
}

/// Something that was done to the shop, for the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// From the start of the drill.
    pub at_ms: u64,
    /// In a few words.
    pub what: String,
}

/// Everything that was counted.
#[derive(Debug)]
pub struct Tally {
    start: Instant,
    kept: Mutex<Kept>,
}

/// What a tally holds.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Of the whole drill.
    pub total: Counts,
    /// One per [`TICK_MS`].
    pub ticks: Vec<Counts>,
    /// Microseconds by [`Step`], in the order of [`Step::ALL`].
    pub steps: Vec<Histogram<u64>>,
    /// Of all steps.
    pub all: Histogram<u64>,
    /// From the fan's arrival to the tickets on the screen, thinking included.
    pub purchases: Histogram<u64>,
    /// Of all steps since the last look.
    pub lately: Histogram<u64>,
    /// Of all steps by the second in which they were wanted, and which seconds were disturbed.
    load: Load,
    /// Every second: milliseconds of the drill, median and 99th percentile of that second in microseconds.
    pub seconds: Vec<(u64, u64, u64)>,
    /// What failed for good: step and cause, with how often.
    pub failures: Vec<(Step, String, u64)>,
    /// What was done to the shop.
    pub marks: Vec<Mark>,
    /// For each mark: when the next hold, order or payment was answered, in milliseconds of the drill.
    served: Vec<u64>,
}

impl Tally {
    /// Nothing yet.
    pub fn new(start: Instant) -> Self {
        let kept = Kept {
            total: Counts::default(),
            ticks: Vec::new(),
            steps: Step::ALL.iter().map(|_| histogram()).collect(),
            all: histogram(),
            purchases: histogram(),
            lately: histogram(),
            load: Load::default(),
            seconds: Vec::new(),
            failures: Vec::new(),
            marks: Vec::new(),
            served: Vec::new(),
        };
        Self { start, kept: Mutex::new(kept) }
    }

    /// Every method changes what is kept in one go, so that it is whole even after a panic elsewhere.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From when everything counts.
    pub const fn start(&self) -> Instant {
        self.start
    }

    /// Milliseconds of the drill so far.
    pub fn now_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Counts something that happened now.
    pub fn count(&self, event: Event) {
        let tick = self.tick();
        self.kept().count(tick, event);
    }

    /// Counts an answer; the latency is from the moment at which the fan wanted it.
    pub fn answered(&self, step: Step, took: Duration) {
        let now_ms = self.now_ms();
        let us = micros(took);
        let mut kept = self.kept();
        kept.count(tick(now_ms), Event::Answered);
        if let Some(histogram) = kept.steps.get_mut(step as usize) {
            histogram.saturating_record(us);
        }
        kept.all.saturating_record(us);
        kept.lately.saturating_record(us);
        kept.load.answered(now_ms.saturating_sub(us / 1_000), us);
        if step.decides() {
            let marks = kept.marks.len();
            kept.served.resize(marks, now_ms);
        }
    }

    /// Counts an order that has its tickets, and how long all of it took.
    pub fn bought(&self, took: Duration) {
        let tick = self.tick();
        let mut kept = self.kept();
        kept.count(tick, Event::Ordered);
        kept.purchases.saturating_record(micros(took));
    }

    /// Counts a request that failed for good.
    pub fn failed(&self, step: Step, cause: &str) {
        let tick = self.tick();
        let mut kept = self.kept();
        kept.count(tick, Event::Failed);
        match kept.failures.iter_mut().find(|(of, why, _)| *of == step && why == cause) {
            Some((.., count)) => *count += 1,
            None => kept.failures.push((step, cause.to_owned(), 1)),
        }
    }

    /// Marks a moment on the timeline.
    pub fn mark(&self, what: impl Into<String>) {
        let at_ms = self.now_ms();
        let mut kept = self.kept();
        if kept.marks.len() < MARKS_MAX {
            kept.marks.push(Mark { at_ms, what: what.into() });
        }
    }

    /// Something is being done to the shop from now on, or no more.
    pub fn disturb(&self, begins: bool) {
        let now_ms = self.now_ms();
        self.kept().load.disturb(now_ms, begins);
    }

    /// Counts so far, and the latencies since the last such look.
    pub fn look(&self) -> (Counts, Histogram<u64>) {
        let at_ms = self.now_ms();
        let mut kept = self.kept();
        let lately = std::mem::replace(&mut kept.lately, histogram());
        if !lately.is_empty() {
            let at = |percent| lately.value_at_percentile(percent);
            kept.seconds.push((at_ms, at(50.0), at(99.0)));
        }
        (kept.total, lately)
    }

    /// All of it.
    pub fn all(&self) -> Kept {
        self.kept().clone()
    }

    fn tick(&self) -> usize {
        tick(self.now_ms())
    }
}

impl Kept {
    /// How the shop took each mark.
    pub fn recoveries(&self) -> Vec<Recovery> {
        let tick = |ms| tick(ms).min(self.ticks.len());
        let ends = self.marks.iter().skip(1).map(|mark| tick(mark.at_ms));
        let ends = ends.chain(std::iter::once(self.ticks.len()));
        let served = self.served.iter().copied().map(Some).chain(std::iter::repeat(None));
        let marks = self.marks.iter().zip(ends).zip(served);
        marks
            .map(|((mark, end), served)| {
                Recovery::of(mark, &self.ticks[tick(mark.at_ms).min(end)..end], served)
            })
            .collect()
    }

    /// What fans waited while the shop was disturbed, against quiet seconds under the same load. Nothing if nothing was
    /// done to it.
    pub fn comparison(&self) -> Option<Comparison> {
        self.load.compare()
    }

    fn count(&mut self, tick: usize, event: Event) {
        self.total.add(event);
        if self.ticks.len() <= tick {
            self.ticks.resize(tick + 1, Counts::default());
        }
        if let Some(counts) = self.ticks.get_mut(tick) {
            counts.add(event);
        }
    }
}

fn tick(ms: u64) -> usize {
    usize::try_from(ms / TICK_MS).unwrap_or(usize::MAX).min(TICKS_MAX - 1)
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

/// An empty one, with the bounds that all have.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LATENCY_US_MAX, 3).expect("the bounds are those of limits.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_served_by_the_next_answer_that_needs_a_decision() {
        let tally = Tally::new(Instant::now());
        tally.mark("the database is back");
        tally.answered(Step::Page, Duration::ZERO);
        assert_eq!(tally.all().recoveries()[0].served_ms, None);
        tally.answered(Step::Hold, Duration::ZERO);
        tally.mark("another");
        let recoveries = tally.all().recoveries();
        assert!(recoveries[0].served_ms.is_some() && recoveries[1].served_ms.is_none());
    }

    #[test]
    fn what_happens_is_counted_once_and_in_its_tick() {
        let tally = Tally::new(Instant::now());
        tally.answered(Step::Hold, Duration::from_millis(3));
        tally.disturb(true);
        tally.answered(Step::Hold, Duration::from_millis(900));
        tally.disturb(false);
        tally.failed(Step::Pay, "status 500");
        tally.failed(Step::Pay, "status 500");
        let kept = tally.all();
        assert_eq!((kept.total.requests, kept.total.errors), (2, 2));
        assert_eq!(kept.failures, [(Step::Pay, "status 500".to_owned(), 2)]);
        assert_eq!(kept.all.len(), 2);
        let (counts, lately) = tally.look();
        assert_eq!((counts.requests, lately.len(), tally.look().1.len()), (2, 2, 0));
        let in_ticks: u64 = kept.ticks.iter().map(|tick| tick.requests).sum();
        assert_eq!(in_ticks, 2);
    }
}
