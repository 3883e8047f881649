//! A fan's way through the shop, from the arrival to the tickets or home.
//!
//! The steps of both doors, the pages and the API, stand in `fan/pages.rs` and `fan/api.rs`; the bank is the same for
//! both. What a fan does follows from the fan and the shop's answers alone.

mod api;
mod bank;
mod choose;
mod pages;
mod room;
mod room_door;
mod story;

use std::time::Duration;

use bytes::Bytes;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tokio::time::{Instant, sleep, sleep_until};

pub use story::{End, HoldEnd, HoldName, HoldStory, Money, OrderStory, Story};

use room::Way;

use crate::{
    browser::{Answer, Ask, Jar, Lost},
    crowd::{Door, Fan, Habit, think},
    limits::TRIES_MAX,
    pages::Tokens,
    tally::{Event, Step},
    target::Status,
    world::World,
};

/// Somebody on their way.
pub(crate) struct Journey<'w> {
    world: &'w World,
    fan: Fan,
    rng: SmallRng,
    jar: Jar,
    /// When they wanted what they ask for next.
    wanted: Instant,
    came: Instant,
    /// What they know of the map.
    status: Status,
    email: String,
    name: String,
    tries: u32,
    /// Something was sent whose answer was never heard: it may have happened, or happen still.
    unheard: bool,
    /// They hold something, or have not gone home since.
    holds: bool,
    /// When what they hold lapses, as far as they were told.
    lapses: Option<Instant>,
    /// What joining a waiting room answered.
    receipt: Option<String>,
    /// What the forms of its page carry.
    room_tokens: Option<Tokens>,
    /// An app's right to hold and to pay, and what it is bound to. A browser keeps both as cookies.
    pass: Option<String>,
    device: String,
    /// They are in the shop: by which of their stories.
    inside: Option<usize>,
    story: Story,
}

/// What came of asking for places.
enum Asked {
    /// They are held.
    Held,
    /// Somebody was faster, or a rule forbids it.
    Refused,
    /// Nothing is offered any more.
    SoldOut,
    /// People wait, and so must they.
    Room,
    /// They waited in vain.
    Home(End),
}

/// Lives through a fan's day.
pub(crate) async fn live(world: &World, fan: Fan) -> Story {
    let came = world.start + fan.arrives;
    sleep_until(came).await;
    // Who has not come yet costs little more than a timer, however many are to come.
    Box::pin(day(world, fan, came)).await
}

async fn day(world: &World, fan: Fan, came: Instant) -> Story {
    world.tally.count(Event::Arrived);
    let greedy = fan.habit == Habit::Greedy;
    let mut journey = Journey::new(world, fan, came);
    let mut end = journey.visit().await;
    if greedy && matches!(end, Ok(End::Bought)) {
        // A fresh browser and the same mail address: the shop's limit must hold all the same.
        journey.takes_another_browser();
        end = journey.visit().await.map(|_| End::Bought);
    }
    journey.lets_go();
    world.tally.count(Event::Left);
    journey.story.end = end.unwrap_or(End::Lost);
    journey.story
}

impl<'w> Journey<'w> {
    fn new(world: &'w World, fan: Fan, came: Instant) -> Self {
        let email = format!("fan-{:x}-{}@rehearsal.example", world.seed, fan.number);
        Self {
            rng: SmallRng::seed_from_u64(fan.seed),
            jar: Jar::default(),
            wanted: came,
            came,
            status: Status::new(world.target.drawing.seats()),
            name: format!("Žofie Příkladová {}", fan.number),
            tries: 0,
            unheard: false,
            holds: false,
            lapses: None,
            receipt: None,
            room_tokens: None,
            pass: None,
            device: format!("device-{:016x}", fan.seed),
            inside: None,
            story: Story::new(fan.number, email.clone()),
            email,
            world,
            fan,
        }
    }

    async fn visit(&mut self) -> Result<End, Lost> {
        let end = match self.fan.door {
            Door::Pages => self.visit_pages().await,
            Door::Api => self.visit_api().await,
        }?;
        self.leave_shop(end == End::Bought).await?;
        Ok(end)
    }

    /// Nothing of what was done before is known there.
    fn takes_another_browser(&mut self) {
        // Or they would wait there for what they have themselves.
        self.lets_go();
        self.jar = Jar::default();
        self.status = Status::new(self.world.target.drawing.seats());
        self.tries = 0;
        (self.receipt, self.room_tokens, self.pass, self.inside) = (None, None, None, None);
        self.device.push_str("-other");
    }

    /// Asks for places again and again until they are held, there are none, or the fan has had enough.
    /// `shown` is the page that they look at already.
    async fn until_held(&mut self, mut shown: Option<Bytes>) -> Result<Asked, Lost> {
        loop {
            let asked = match self.fan.door {
                Door::Pages => self.hold_by_page(shown.take()).await?,
                Door::Api => self.hold_by_api().await?,
            };
            match asked {
                Asked::Held => return Ok(Asked::Held),
                Asked::Refused => {
                    self.world.tally.count(Event::Refused);
                    self.tries += 1;
                    if self.tries >= TRIES_MAX {
                        return Ok(Asked::Refused);
                    }
                    self.think(think::AGAIN).await;
                }
                Asked::Room => {
                    self.tries += 1;
                    match self.through_room().await? {
                        Way::In if self.tries >= TRIES_MAX => return Ok(Asked::Refused),
                        Way::In => {}
                        Way::Home(end) => return Ok(Asked::Home(end)),
                    }
                }
                home @ Asked::Home(_) => return Ok(home),
                Asked::SoldOut if !self.fan.stays || !self.await_returns().await? => {
                    return Ok(Asked::SoldOut);
                }
                Asked::SoldOut => {}
            }
        }
    }

    /// Looks now and then whether something comes back; `false` when nothing can any more.
    async fn await_returns(&mut self) -> Result<bool, Lost> {
        loop {
            let seconds = self.rng.random_range(3.0..6.0);
            sleep(Duration::from_secs_f64(seconds)).await;
            self.wanted = Instant::now();
            if self.world.is_over() {
                return Ok(false);
            }
            self.look_at_status().await?;
            if self.status.left() > 0 {
                return Ok(true);
            }
            if !self.world.may_return() {
                return Ok(false);
            }
        }
    }

    /// Whether the sale is not open yet.
    fn is_early(&self) -> bool {
        Instant::now() < self.world.opening
    }

    /// Waits for the sale to open, as people do: looking again and again.
    async fn await_opening(&mut self) -> Result<(), Lost> {
        while self.is_early() && !self.world.is_over() {
            let seconds = self.rng.random_range(2.0..6.0);
            self.wanted = (Instant::now() + self.scaled(seconds)).min(self.world.opening);
            sleep_until(self.wanted).await;
            if self.is_early() {
                self.look_at_status().await?;
            }
        }
        Ok(())
    }

    async fn look_at_status(&mut self) -> Result<(), Lost> {
        let path = self.status.path(&self.world.target.status_path);
        let tag = format!("\"{}\"", self.status.version);
        let ask = Ask::get(Step::Status, path).with(http::header::IF_NONE_MATCH, &tag);
        let answer = self.ask(&ask).await?;
        match answer.status.as_u16() {
            304 => Ok(()),
            200 if self.status.update(&answer.body).is_ok() => Ok(()),
            _ => Err(self.world.browser.odd(Step::Status, &answer)),
        }
    }

    /// Seconds of life in this drill.
    fn scaled(&self, seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds / self.world.compression)
    }

    /// Takes a while; what is asked next was wanted at its end, whenever the machine gets round to it.
    async fn think(&mut self, (from, to): (f64, f64)) {
        let seconds = self.rng.random_range(from..to);
        self.wanted += self.scaled(seconds);
        sleep_until(self.wanted).await;
    }

    async fn ask(&mut self, ask: &Ask) -> Result<Answer, Lost> {
        let answer = self.world.browser.ask(&mut self.jar, self.wanted, ask).await;
        self.wanted = Instant::now();
        answer
    }

    /// Sends something that must happen once, the way this fan does.
    async fn send(&mut self, ask: &Ask) -> Result<Answer, Lost> {
        let browser = &self.world.browser;
        let answer = match self.fan.habit {
            Habit::Calm | Habit::Greedy => browser.ask(&mut self.jar, self.wanted, ask).await,
            Habit::DoubleClicks => {
                let mut other = self.jar.clone();
                let first = browser.ask(&mut self.jar, self.wanted, ask);
                let (first, second) =
                    tokio::join!(first, browser.ask(&mut other, self.wanted, ask));
                // The browser shows what came last; both must be fine.
                second.and(first)
            }
            Habit::SendsAgain => {
                let patience = Duration::from_millis(self.rng.random_range(2..40));
                let first = browser.ask(&mut self.jar, self.wanted, ask);
                match tokio::time::timeout(patience, first).await {
                    Ok(answer) => answer,
                    // The connection is closed in the middle; whether it happened is not known.
                    Err(_) => {
                        self.unheard = true;
                        browser.ask(&mut self.jar, self.wanted, ask).await
                    }
                }
            }
        };
        self.wanted = Instant::now();
        answer
    }

    /// A hold was acknowledged.
    fn held(&mut self, name: HoldName, places: u16) {
        self.world.tally.count(Event::Held);
        if !std::mem::replace(&mut self.holds, true) {
            self.world.holds_something();
        }
        self.story.holds.push(HoldStory { name, places, end: HoldEnd::Left });
    }

    /// Leaves to others what is not paid.
    fn lets_go(&mut self) {
        let unpaid = self.story.orders.iter().any(|order| order.money == Money::None);
        let left = self.story.holds.iter().any(|hold| hold.end == HoldEnd::Left);
        if let Some(at) = self.lapses.filter(|_| unpaid || left) {
            self.world.returns_at(at);
        }
        if std::mem::take(&mut self.holds) {
            self.world.holds_nothing();
        }
    }

    /// Sees what is held. More than was acknowledged is no surprise to who hung up on a form: it was refused when it was
    /// sent again, and the first one came through after all.
    fn sees_held(&mut self, places: usize) {
        let Some(hold) = self.story.holds.last_mut() else { return };
        let expected = usize::from(hold.places);
        if self.unheard && places > expected {
            hold.places = u16::try_from(places).unwrap_or(u16::MAX);
        } else if places != expected {
            let what = format!("{expected} places were acknowledged, the cart shows {places}");
            self.violation(what);
        }
    }

    /// How the last hold ended.
    fn hold_ended(&mut self, end: HoldEnd) {
        if let Some(hold) = self.story.holds.last_mut() {
            hold.end = end;
        }
    }

    /// Sees something that must not be.
    fn violation(&mut self, what: String) {
        self.story.violations.push(what);
    }

    /// The tickets are on the screen.
    fn bought(&mut self) -> End {
        self.world.tally.bought(self.came.elapsed());
        End::Bought
    }
}
