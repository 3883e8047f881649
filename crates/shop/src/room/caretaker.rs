//! Sees to it that turns come: asks each room for its ticks, draws when it is time, and writes what everybody polls.
//!
//! Every replica does this. The one whose tick was heard last goes on; the others listen, and take over when it has been
//! silent for a moment. If two speak at once, the ledger hears one of them. Whoever speaks tells how it feels, and
//! nobody else does; so a speaker that is well leaves a gap now and then, which a replica takes that suffers.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use frontrow_ledger::{
    Time,
    limits::{OFFER_CATEGORIES_MAX, TICK_MS},
    room::{
        self, Command, Line, Offer, Phase, Refusal, Status,
        admission::{Gauges, Provider},
    },
    sale::{Book, Totals},
};
use frontrow_log::{Handle, Stream};
use frontrow_store::room_samples::RoomSample;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Door, board::Board, history, pulse::Beat, wishes::Called};
use crate::{
    Error, Result, Shop,
    limits::{
        CATCH_UP, ROOM_ENDED_MS, ROOM_ERRORS_PPM_MAX, ROOM_GAP_MS, ROOM_LOOK, ROOM_OFFER_MS,
        ROOM_P99_MS_MAX, ROOM_TICK_PATIENCE_MS, ROOM_TICKS_BETWEEN_GAPS, ROOMS_INTERVAL,
    },
};

/// What a replica remembers of a room from one look to the next.
#[derive(Default)]
pub(super) struct Care {
    /// What we told with our last tick that was heard.
    told: Option<Gauges>,
    /// Ticks of ours that were heard without a gap.
    spoken: u32,
    /// When we last told what is left to buy.
    offered: Option<Time>,
    /// A draw is being made.
    drawing: Option<tokio::task::JoinHandle<()>>,
    /// What the board says.
    written: Option<Status>,
    /// When it was last noted how the room stands.
    noted: Option<Time>,
    /// How far we are with mail.
    pub(super) called: Called,
    board: Option<Board>,
    /// When it was first not among the rooms any more.
    gone: Option<Time>,
}

impl Shop {
    /// Looks after all waiting rooms until it is told to stop.
    pub(crate) async fn run_rooms(&self, stop: CancellationToken) {
        let mut looks = tokio::time::interval(ROOM_LOOK);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut lists = tokio::time::interval(ROOMS_INTERVAL);
        lists.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = lists.tick() => {
                    // While the tables are away, the rooms that are known go on.
                    if let Err(error) = self.learn_rooms().await {
                        let error: &dyn std::error::Error = &error;
                        tracing::warn!(error, "the waiting rooms are not listed");
                    }
                }
                _ = looks.tick() => self.look_after_rooms().await,
            }
        }
    }

    /// Does once what is due in every room that is known.
    pub async fn look_after_rooms(&self) {
        let rooms = &self.inner.rooms;
        let known: HashSet<Uuid> =
            rooms.known.read().map(|known| known.keys().copied().collect()).unwrap_or_default();
        let mut cares = rooms.cares.lock().await;
        let (before, now) = (cares.len(), self.now());
        for (performance, care) in cares.iter_mut() {
            care.gone = (!known.contains(performance)).then_some(care.gone.unwrap_or(now));
        }
        // Whoever waits is told for a while that a room has ended.
        cares.retain(|_, care| care.gone.is_none_or(|gone| now.ms_since(gone) < ROOM_ENDED_MS));
        let mut changed = cares.len() != before;
        for performance in &known {
            cares.entry(*performance).or_default();
        }
        for (&performance, care) in cares.iter_mut() {
            match self.look_after(performance, care).await {
                Ok(written) => changed |= written,
                Err(error) => {
                    care.told = None;
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(performance.id = %performance, error, "a waiting room waits");
                }
            }
        }
        if changed {
            let boards = cares.iter().filter_map(|(id, care)| Some((*id, care.board.clone()?)));
            rooms.boards.store(Arc::new(boards.collect()));
        }
    }

    /// Reads once which rooms there are, so that a replica that starts keeps its doors shut where it should.
    pub async fn learn_rooms(&self) -> Result<()> {
        let rooms = self.inner.store.rooms().await?;
        let known = rooms.into_iter().map(|room| {
            let door = room.rules.map_or_else(|| Ok(Door::default()), Door::read)?;
            Ok((room.performance_id, Arc::new(door)))
        });
        let known: HashMap<Uuid, Arc<Door>> = known.collect::<Result<_>>()?;
        if let Ok(mut rooms) = self.inner.rooms.known.write() {
            *rooms = known;
        }
        Ok(())
    }

    pub(super) fn know_room(&self, performance: Uuid, door: Door) {
        if let Ok(mut rooms) = self.inner.rooms.known.write() {
            rooms.insert(performance, Arc::new(door));
        }
    }

    /// Does what is due; answers whether the board has changed.
    async fn look_after(&self, performance: Uuid, care: &mut Care) -> Result<bool> {
        let stream = Stream::room(performance.as_u128());
        let handle = self.inner.rooms.sequencers.open(stream).await?;
        let now = self.now();
        let seen = handle.read(|room, _| room.line().map(|line| Seen::new(line, now)))?;
        let Some(seen) = seen else {
            return Ok(false);
        };
        if seen.phase == Phase::Ended && care.gone.is_none() {
            self.inner.store.room_ended(performance, now).await?;
        }
        if seen.phase == Phase::Draw {
            self.draw_once(performance, &handle, care);
        }
        if self.is_due(&seen, care, now) && self.is_silent(stream, &handle, care, now).await? {
            let gap = care.spoken >= ROOM_TICKS_BETWEEN_GAPS;
            let heard = self.tick(performance, &handle, care, now).await?;
            care.spoken = if heard && !gap { care.spoken + 1 } else { 0 };
            if heard {
                self.beside_the_tick(performance, care, &seen).await;
            }
        }
        let written = handle.read(|room, _| {
            let status = room.status()?;
            (care.written.as_ref() != Some(&status)).then_some(status)
        })?;
        let Some(status) = written else { return Ok(false) };
        care.board = Some(Board::new(performance, status.clone(), self.inner.keys.board()));
        care.written = Some(status);
        Ok(true)
    }

    /// What one replica does for all, and nobody waits for: a failure is said, and the next look tries again.
    async fn beside_the_tick(&self, performance: Uuid, care: &mut Care, seen: &Seen) {
        let noted = self.note_sample(performance, &seen.sample, &mut care.noted).await;
        let called = self.call_by_mail(performance, care).await;
        for (what, done) in [("picture", noted), ("mail", called)] {
            if let Err(error) = done {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(performance.id = %performance, what, error, "left for later");
            }
        }
    }

    /// Whether it is time for us to speak, as far as we have heard.
    fn is_due(&self, seen: &Seen, care: &mut Care, now: Time) -> bool {
        seen.ticks && seen.age_ms.is_none_or(|age| age >= self.patience(seen, care, now))
    }

    /// Whether it still is when we have heard everything. Who spoke last knows that: they would be told.
    async fn is_silent(
        &self,
        stream: Stream,
        handle: &Handle<room::Room>,
        care: &mut Care,
        now: Time,
    ) -> Result<bool> {
        let told = handle.read(|room, _| room.line().and_then(|line| line.gauges().copied()))?;
        if care.told.is_some() && care.told == told {
            return Ok(true);
        }
        let head = self.inner.heads.ask(stream, async || self.inner.log.head(stream).await).await;
        handle.reach(head.map_err(|error| Error::Log(error.into()))?, CATCH_UP).await;
        let seen = handle.read(|room, _| room.line().map(|line| Seen::new(line, now)))?;
        Ok(seen.is_some_and(|seen| self.is_due(&seen, care, now)))
    }

    /// How old the last tick must be before we speak.
    fn patience(&self, seen: &Seen, care: &mut Care, now: Time) -> i64 {
        let ours = care.told.is_some() && care.told == seen.gauges;
        let strain = strain_of(self.pulse().answers(now), self.pulse().provider(now));
        let told = seen.gauges.map_or(0, |gauges| {
            let answers = Beat { p99_ms: gauges.p99_ms, failed_ppm: gauges.errors_ppm };
            let provider = Beat { p99_ms: 0, failed_ppm: gauges.provider.errors_ppm };
            strain_of(answers, provider)
        });
        if !ours {
            care.spoken = 0;
            let suffers = strain > LIMIT && strain > told.saturating_mul(5) / 4;
            return if suffers { TICK_MS } else { TICK_MS + ROOM_TICK_PATIENCE_MS };
        }
        let leaves_gap = care.spoken >= ROOM_TICKS_BETWEEN_GAPS && strain <= LIMIT;
        if leaves_gap { TICK_MS + ROOM_GAP_MS } else { TICK_MS }
    }

    /// Asks for a tick; answers whether ours was heard.
    async fn tick(
        &self,
        performance: Uuid,
        handle: &Handle<room::Room>,
        care: &mut Care,
        now: Time,
    ) -> Result<bool> {
        let sale = self.sale(performance).await?;
        let left = sale.read(|sale, _| sale.book().map(places_left))?;
        let (free, held, left) = left.unwrap_or_default();
        let beat = self.pulse().answers(now);
        let provider = self.pulse().provider(now);
        let gauges = Gauges {
            at: now,
            p99_ms: beat.p99_ms,
            errors_ppm: beat.failed_ppm,
            provider: Provider { up: true, per_minute: None, errors_ppm: provider.failed_ppm },
            places_free: free,
            places_held: held,
        };
        let tell = care.offered.is_none_or(|told| now.ms_since(told) >= ROOM_OFFER_MS);
        let offer = if tell { Some(self.offer_of(performance, left).await?) } else { None };
        let tick = Command::Tick { gauges: Some(gauges), offer };
        match self.ask_room(handle, self.new_command_id(), tick).await {
            Ok(_) => {
                if tell {
                    care.offered = Some(now);
                }
                care.told = Some(gauges);
                Ok(true)
            }
            Err(Error::Room(Refusal::TickTooSoon)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn offer_of(&self, performance: Uuid, left: Vec<u32>) -> Result<Offer> {
        let prices = |book: &Book| {
            let prices = book.terms().prices.iter().map(|price| price.amount_minor);
            let minor = |price: i64| u32::try_from(price).unwrap_or(u32::MAX);
            Some((minor(prices.clone().min()?), minor(prices.max()?)))
        };
        Ok(Offer { prices_minor: self.look(performance, prices).await?, left })
    }

    /// Draws in a task of its own: finding the root takes seconds for millions.
    fn draw_once(&self, performance: Uuid, handle: &Handle<room::Room>, care: &mut Care) {
        if care.drawing.as_ref().is_some_and(|drawing| !drawing.is_finished()) {
            return;
        }
        let (shop, handle) = (self.clone(), handle.clone());
        care.drawing = Some(tokio::spawn(async move {
            let id = shop.new_command_id();
            let published = shop.publish_root(performance, &handle).await;
            // Whatever became of that: when its time has come, the draw does without the beacon.
            let drawn = shop.draw_with(performance, &handle, None, id).await;
            match published.and(drawn) {
                // Another replica was as quick, or the beacon is awaited.
                Ok(())
                | Err(Error::Room(
                    Refusal::AlreadyDrawn | Refusal::WrongBeacon | Refusal::FallbackLater { .. },
                )) => {}
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(performance.id = %performance, error, "not drawn yet");
                }
            }
        }));
    }
}

/// What is looked at of a room.
struct Seen {
    phase: Phase,
    /// Whether ticks do anything.
    ticks: bool,
    /// How old the last one is.
    age_ms: Option<i64>,
    /// For the picture.
    sample: RoomSample,
    /// What was told with it.
    gauges: Option<Gauges>,
}

impl Seen {
    fn new(line: &Line, now: Time) -> Self {
        let phase = line.phase(now);
        let automatic = line.terms().mode == room::Mode::Automatic;
        let age_ms = line.last_tick().map(|(at, _)| now.ms_since(at));
        let ticks = phase.is_open() || (automatic && phase == Phase::Off);
        let (gauges, sample) = (line.gauges().copied(), history::sample(line, now));
        Self { phase, ticks, age_ms, sample, gauges }
    }
}

/// As much as a room puts up with.
const LIMIT: u64 = 1_000;

/// How much a shop suffers: the worst of its measures, in thousandths of what a room puts up with.
fn strain_of(answers: Beat, provider: Beat) -> u64 {
    let share = |measured: u32, most: u32| u64::from(measured) * LIMIT / u64::from(most);
    share(answers.p99_ms, ROOM_P99_MS_MAX)
        .max(share(answers.failed_ppm, ROOM_ERRORS_PPM_MAX))
        .max(share(provider.failed_ppm, ROOM_ERRORS_PPM_MAX))
}

/// Places that are free, that are in carts, and free ones by category.
fn places_left(book: &Book) -> (u32, u32, Vec<u32>) {
    let totals = book.totals();
    let left = book.categories().iter().map(Totals::free).take(OFFER_CATEGORIES_MAX);
    (totals.free(), totals.held, left.collect())
}
