//! Through the waiting room: a place, the wait, the turn. As the room's page and its script do, or an app.

use std::time::Duration;

use frontrow_ledger::{
    limits::SOLD_OUT_NEAR,
    room::{
        Phase, Status,
        draw::{Permutation, unhex_array},
    },
};
use rand::RngExt as _;
use serde_json::Value;
use tokio::time::{Instant, sleep_until};

use super::{
    End, Journey,
    room_door::{Entering, Stand},
};
use crate::{
    browser::{Ask, Lost},
    crowd::think,
    limits::{ROOM_TRIES_MAX, SNEAKS_AHEAD_MS},
    pages,
    room::{Comes, Heard, Promise, WaitStory, read_status},
    tally::{Event, Step},
    whole::whole,
};

/// Where a waiting room leads.
pub(super) enum Way {
    /// Into the shop.
    In,
    /// Home.
    Home(End),
}

/// What one fan knows of the room while they wait.
struct Watching {
    /// The newest that they were told.
    status: Option<Status>,
    /// They have not asked yet.
    first: bool,
    /// Until when their phone had no net, in milliseconds of the drill.
    online_ms: u64,
}

/// How often a waiting fan does something else than polling, in a thousand polls.
mod odds {
    /// The phone has no net for a while.
    pub(super) const OFFLINE: u32 = 10;
    /// The page is loaded again.
    pub(super) const RELOADS: u32 = 15;
    /// Of a thousand fans so many ask for their place twice, with the same key.
    pub(super) const JOINS_AGAIN: u32 = 60;
    /// Of a thousand fans so many try to get past the room.
    pub(super) const SNEAKS: u32 = 30;
    /// Of a hundred who leave without tickets so many say so; the others just close the window.
    pub(super) const SAYS_GOODBYE: u32 = 60;
}

impl Journey<'_> {
    /// Waits until they may come in, where people wait.
    pub(super) async fn through_room(&mut self) -> Result<Way, Lost> {
        let (place, digest) = match self.take_place().await? {
            Taken::Place(place, digest) => (place, digest),
            Taken::Way(way) => return Ok(way),
        };
        self.world.tally.count(Event::Joined);
        let comes = self.comes();
        let mut wait = WaitStory::new(place, digest, self.world.tally.now_ms(), comes);
        let way = self.wait_and_enter(&mut wait).await;
        self.story.waits.push(wait);
        way
    }

    async fn wait_and_enter(&mut self, wait: &mut WaitStory) -> Result<Way, Lost> {
        let home = self.wait_for_turn(wait).await;
        wait.waited_until_ms = Some(self.world.tally.now_ms());
        if let Some(home) = home? {
            return Ok(home);
        }
        match wait.comes {
            Comes::Never => return Ok(Way::Home(End::NoShow)),
            Comes::InTime => self.think(think::TURN).await,
            Comes::Late => {
                let turn = self.world.room.as_ref().map_or(Duration::ZERO, |room| room.plan.turn);
                let more = self.rng.random_range(1.0..10.0);
                self.wanted = Instant::now() + turn + Duration::from_secs_f64(more);
                sleep_until(self.wanted).await;
            }
        }
        self.enter_when_possible(wait).await
    }

    fn comes(&mut self) -> Comes {
        let Some(room) = &self.world.room else { return Comes::InTime };
        let share: f64 = self.rng.random();
        match share {
            share if share < room.plan.no_shows => Comes::Never,
            share if share < room.plan.no_shows + room.plan.late => Comes::Late,
            _ => Comes::InTime,
        }
    }

    /// A place in the room, if one is needed.
    async fn take_place(&mut self) -> Result<Taken, Lost> {
        for _ in 0..ROOM_TRIES_MAX {
            match self.look_at_room().await? {
                Stand::Open | Stand::Inside => return Ok(Taken::Way(Way::In)),
                Stand::SoldOut | Stand::Ended => return Ok(Taken::Way(Way::Home(End::SoldOut))),
                Stand::Over => return Ok(Taken::Way(Way::Home(End::Refused))),
                Stand::Closed => self.pause(2.0..6.0).await,
                Stand::Stranger => {
                    if self.join_room().await? {
                        self.look_at_room().await?;
                    }
                }
                Stand::Waits | Stand::Turn => {}
            }
            if let Some((place, digest)) = self.receipt() {
                if self.rng.random_range(0..1_000_u32) < odds::JOINS_AGAIN {
                    self.joins_again(place).await?;
                }
                return Ok(Taken::Place(place, digest));
            }
            if self.world.is_over() {
                break;
            }
        }
        Ok(Taken::Way(Way::Home(End::Refused)))
    }

    /// The same key once more: the same place.
    async fn joins_again(&mut self, place: u32) -> Result<(), Lost> {
        self.join_room().await?;
        match self.receipt() {
            Some((again, _)) if again != place => {
                self.violation(format!("the same key has the places {place} and {again}"));
            }
            _ => {}
        }
        Ok(())
    }

    /// Polls until it is their turn; answers where they go if it never comes.
    async fn wait_for_turn(&mut self, wait: &mut WaitStory) -> Result<Option<Way>, Lost> {
        let mut watching = Watching { status: None, first: true, online_ms: 0 };
        let mut sneaks = self.rng.random_range(0..1_000_u32) < odds::SNEAKS;
        loop {
            self.until_next_poll(&mut watching, wait).await;
            if self.world.is_over() {
                return Ok(Some(Way::Home(End::Queueing)));
            }
            watching.first = false;
            let ask = Ask::get(Step::Poll, self.world.target.board_path());
            let answer = self.ask(&ask).await?;
            self.world.tally.count(Event::Polled);
            let Some(status) = read_status(&answer) else {
                wait.blind += 1;
                continue;
            };
            // Another replica may be a little behind: what was said is not taken back.
            if watching.status.as_ref().is_some_and(|before| status.at < before.at) {
                continue;
            }
            self.find_position(wait, &status).await?;
            let way = match status.phase {
                Phase::Off | Phase::Ended => Some(Way::In),
                Phase::SoldOut => {
                    if watching.status.as_ref().is_none_or(|it| it.phase != Phase::SoldOut) {
                        let (at_ms, online_ms) = (self.world.tally.now_ms(), watching.online_ms);
                        wait.sold_out.push(Heard { at_ms, online_ms });
                    }
                    self.goes_without().then_some(Way::Home(End::SoldOut))
                }
                _ => None,
            };
            if way.is_some() {
                return Ok(way);
            }
            let Some(position) = wait.position.filter(|_| status.phase == Phase::Queue) else {
                watching.status = Some(status);
                continue;
            };
            let now_ms = self.world.tally.now_ms();
            if position < status.cursor {
                wait.turn_ms = Some(now_ms);
                return Ok(None);
            }
            if !status.paused {
                let told = status.pace.wait(position - status.cursor + 1);
                let (from_ms, to_ms) = (told.from_ms, told.to_ms);
                wait.told.push(Promise { at_ms: now_ms, from_ms, to_ms });
            }
            let is_far = status.pace.wait(position - status.cursor).from_ms > SNEAKS_AHEAD_MS;
            watching.status = Some(status);
            if is_far && std::mem::take(&mut sneaks) {
                self.sneaks_past(position).await?;
            } else if self.rng.random_range(0..1_000_u32) < odds::RELOADS {
                self.look_at_room().await?;
                if self.receipt().is_some_and(|(place, _)| place != wait.place) {
                    self.violation(format!("place {} is another one after a reload", wait.place));
                }
            }
        }
    }

    /// As the page's script has it: the status says how often, a fifth at random.
    async fn until_next_poll(&mut self, watching: &mut Watching, wait: &WaitStory) {
        let jitter = 1.0 + self.rng.random_range(0.0..0.2);
        let mut seconds = match &watching.status {
            None if watching.first => self.rng.random_range(2.0..10.0),
            None => 6.0 * jitter,
            Some(status) => f64::from(pause(status, wait)) * jitter,
        };
        // The page asks as soon as the phone is in the net again.
        if self.rng.random_range(0..1_000_u32) < odds::OFFLINE {
            let offline: f64 = self.rng.random_range(5.0..40.0);
            if offline > seconds {
                seconds = offline;
                watching.online_ms = self.world.tally.now_ms() + whole(offline * 1_000.0);
            }
        }
        self.wanted = Instant::now() + Duration::from_secs_f64(seconds);
        // The page counts down to the start, and asks soon after it.
        if let Some(room) = self.world.room.as_ref().filter(|_| wait.position.is_none()) {
            let soon = room.starts + Duration::from_secs_f64(self.rng.random_range(0.0..8.0));
            if room.starts > Instant::now() {
                self.wanted = self.wanted.min(soon);
            }
        }
        let is_sold_out =
            watching.status.as_ref().is_some_and(|status| status.phase == Phase::SoldOut);
        tokio::select! {
            () = sleep_until(self.wanted) => {}
            () = self.world.over.cancelled() => {}
            () = self.nothing_returns(), if is_sold_out => {}
        }
    }

    /// Nobody waits for what cannot come back; fans of a drill know that.
    async fn nothing_returns(&self) {
        while self.world.may_return() {
            sleep_until(Instant::now() + Duration::from_secs(2)).await;
        }
    }

    /// After the draw everybody finds their own position from what was published.
    async fn find_position(&mut self, wait: &mut WaitStory, status: &Status) -> Result<(), Lost> {
        if wait.position.is_some() || !matches!(status.phase, Phase::Queue | Phase::SoldOut) {
            return Ok(());
        }
        if wait.place >= status.drawn {
            wait.position = Some(wait.place.into());
            return Ok(());
        }
        let ask = Ask::get(Step::Draw, self.world.target.draw_path());
        let answer = self.ask(&ask).await?;
        let draw: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let key = draw["key"].as_str().and_then(unhex_array::<32>);
        let order = key.zip(draw["places"].as_u64());
        let order = order.and_then(|(key, places)| Permutation::new(&key, places));
        // A replica that has not heard of the draw yet: asked again with the next status.
        wait.position = order.and_then(|order| order.position(wait.place.into()));
        Ok(())
    }

    /// Everything is sold: most go home, some hope for what comes back.
    fn goes_without(&self) -> bool {
        !self.fan.stays || !self.world.may_return()
    }

    /// Tries to get by without a turn: into the shop, and straight to the places.
    async fn sneaks_past(&mut self, position: u64) -> Result<(), Lost> {
        if matches!(self.enter_room().await?, Entering::In) {
            // It may have come meanwhile.
            let ask = Ask::get(Step::Poll, self.world.target.board_path());
            let status = read_status(&self.ask(&ask).await?);
            if status.is_none_or(|status| position >= status.cursor) {
                self.violation("let in before it was their turn".to_owned());
            }
        }
        if self.is_at_pages() && self.hold_past_room().await? {
            self.violation("holds places without a pass".to_owned());
        }
        Ok(())
    }

    /// It is their turn: comes in, as soon as the shop has room for one more.
    async fn enter_when_possible(&mut self, wait: &mut WaitStory) -> Result<Way, Lost> {
        for _ in 0..ROOM_TRIES_MAX {
            let asked_ms = self.world.tally.now_ms();
            match self.enter_room().await? {
                Entering::In => {
                    self.world.tally.count(Event::Entered);
                    wait.asked_ms = Some(asked_ms);
                    wait.entered_ms = Some(self.world.tally.now_ms());
                    self.inside = Some(self.story.waits.len());
                    return Ok(Way::In);
                }
                Entering::Full => wait.full += 1,
                Entering::No => match self.look_at_room().await? {
                    Stand::Open | Stand::Inside => return Ok(Way::In),
                    Stand::Over => return Ok(Way::Home(End::Refused)),
                    Stand::Ended => return Ok(Way::Home(End::SoldOut)),
                    Stand::SoldOut if self.goes_without() => {
                        return Ok(Way::Home(End::SoldOut));
                    }
                    Stand::Waits => {
                        self.violation(format!("place {}: told to come, sent back", wait.place));
                    }
                    _ => {}
                },
            }
            if self.world.is_over() {
                return Ok(Way::Home(End::Queueing));
            }
            self.pause(2.0..6.0).await;
        }
        Ok(Way::Home(End::Refused))
    }

    /// Goes out of the shop; many just close the window, and their pass ends by itself.
    pub(super) async fn leave_shop(&mut self, bought: bool) -> Result<(), Lost> {
        let Some(inside) = self.inside.take() else { return Ok(()) };
        let left_ms = self.world.tally.now_ms();
        let says = self.rng.random_range(0..100_u32) < odds::SAYS_GOODBYE;
        // The order's page has said goodbye for them.
        let by_itself = bought && self.is_at_pages();
        if by_itself || says || bought {
            if let Some(wait) = self.story.waits.get_mut(inside) {
                wait.left_ms.get_or_insert(left_ms);
            }
            if !by_itself {
                self.say_goodbye().await?;
            }
        }
        Ok(())
    }

    /// Who has ordered may be out of the shop before they have seen the tickets.
    pub(super) fn may_be_out(&mut self) {
        let now_ms = self.world.tally.now_ms();
        if let Some(wait) = self.inside.and_then(|inside| self.story.waits.get_mut(inside)) {
            wait.left_ms.get_or_insert(now_ms);
        }
    }

    async fn pause(&mut self, seconds: std::ops::Range<f64>) {
        let seconds = self.rng.random_range(seconds);
        self.wanted = Instant::now() + Duration::from_secs_f64(seconds);
        sleep_until(self.wanted).await;
    }

    /// Whether a page sends them to the room.
    pub(super) fn is_sent_to_room(&self, page: &[u8]) -> bool {
        self.world.room.is_some()
            && self.inside.is_none()
            && pages::links_to(page, &self.world.target.room_path())
    }
}

/// What came of asking for a place.
enum Taken {
    Place(u32, [u8; 16]),
    Way(Way),
}

/// Seconds until the next question, before chance.
fn pause(status: &Status, wait: &WaitStory) -> u8 {
    let polls = status.polls;
    match (status.phase, wait.position) {
        (Phase::Draw | Phase::Queue, None) => polls.middle,
        (Phase::Queue, Some(position)) => {
            let ahead = position.saturating_sub(status.cursor);
            match status.pace.wait(ahead) {
                told if told.to_ms.is_none() => polls.middle,
                told if told.from_ms < 120_000 => polls.near,
                told if told.from_ms < 600_000 => polls.middle,
                _ => polls.far,
            }
        }
        (Phase::SoldOut, Some(position))
            if position.saturating_sub(status.cursor) < SOLD_OUT_NEAR =>
        {
            polls.near
        }
        _ => polls.far,
    }
}
