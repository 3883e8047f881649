//! Asks the shop about everything that it acknowledged.

use std::{sync::Arc, time::Duration};

use serde::Deserialize;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    browser::{Ask, Browser, Jar, Lost},
    fan::{End, HoldEnd, HoldName, Money, Story},
    limits::{SETTLE_WITHIN, SWEEP_AT_ONCE},
    pages,
    tally::Step,
    target::Target,
};

/// Everything that is judged.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Every order that was acknowledged.
    pub orders: Vec<SeenOrder>,
    /// Every hold that was acknowledged and did not become a paid order.
    pub holds: Vec<SeenHold>,
    /// Places that nobody had at the start and now.
    pub free: (u64, u64),
    /// The same now, as the API counts them.
    pub free_by_api: i64,
    /// Places of an order at most.
    pub per_order: u16,
    /// Places of a buyer at most, if there is such a limit.
    pub per_buyer: Option<u16>,
    /// Nobody else bought.
    pub alone: bool,
    /// Fans to whom a request was never answered: they may hold what nobody acknowledged.
    pub lost: u64,
    /// What fans saw themselves.
    pub sightings: Vec<String>,
    /// Fans.
    pub fans: u64,
}

/// An order as its fan knows it, and as the shop does.
#[derive(Debug, Clone)]
pub struct SeenOrder {
    /// Whose.
    pub fan: u32,
    /// Bought as.
    pub email: String,
    /// What was acknowledged.
    pub places: u16,
    /// What the bank was told.
    pub money: Money,
    /// Whether the fan saw tickets.
    pub seen_tickets: bool,
    /// What the shop says now; nothing if it does not know the order.
    pub now: Option<OrderNow>,
}

/// An order as the API shows it.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct OrderNow {
    /// How far it is.
    pub state: String,
    /// Its places.
    pub positions: Vec<PositionNow>,
    /// Its tickets, valid or not.
    pub tickets: Vec<TicketNow>,
}

/// A place of an order.
#[derive(Debug, Clone, Deserialize)]
pub struct PositionNow {
    /// Where.
    pub place: PlaceNow,
}

/// Where.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PlaceNow {
    /// A numbered seat.
    Seat {
        /// Section.
        section: String,
        /// Row.
        row: String,
        /// Seat.
        seat: String,
    },
    /// A place of a standing area; which one is told by the order.
    Area {},
}

/// A ticket of an order.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct TicketNow {
    /// Unique.
    pub id: String,
    /// Whether it lets in.
    pub valid: bool,
    /// What is scanned.
    pub barcode: Option<String>,
}

/// A hold as its fan knows it, and as the shop does.
#[derive(Debug, Clone)]
pub struct SeenHold {
    /// Whose.
    pub fan: u32,
    /// What was acknowledged.
    pub places: u16,
    /// How it ended for the fan.
    pub end: HoldEnd,
    /// What the shop says now.
    pub now: HoldNow,
}

/// A hold as the shop shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldNow {
    /// These many places are held.
    Live(u64),
    /// It lapsed.
    Lapsed,
    /// It was given back, or never was.
    Unknown,
}

impl OrderNow {
    /// Whether nothing more will happen to it by itself.
    fn is_settled(&self) -> bool {
        match self.state.as_str() {
            "paid" => self.valid() == self.positions.len(),
            "refunded" | "refunding" | "cancelled" => true,
            _ => false,
        }
    }

    /// Tickets that let in.
    pub fn valid(&self) -> usize {
        self.tickets.iter().filter(|ticket| ticket.valid).count()
    }
}

/// Asks about everything. What cannot be asked counts as not known.
pub(super) async fn gather(
    browser: &Arc<Browser>,
    target: &Arc<Target>,
    stories: &[Story],
    before: u64,
    alone: bool,
) -> Seen {
    let orders = orders(browser, stories).await;
    let mut seen = Seen {
        orders,
        per_order: target.per_order,
        per_buyer: target.per_buyer,
        alone,
        lost: stories.iter().filter(|story| story.end == End::Lost).count() as u64,
        sightings: stories.iter().flat_map(sightings).collect(),
        fans: stories.len() as u64,
        ..Seen::default()
    };
    // Holds lapse while they are asked about: the counts belong together if nothing moved meanwhile.
    let deadline = Instant::now() + SETTLE_WITHIN;
    while Instant::now() < deadline {
        let Ok(first) = target.status(browser).await else { break };
        seen.holds = holds(browser, target, stories).await;
        let (Ok(now), Ok(last)) =
            (Target::now(browser, target.performance).await, target.status(browser).await)
        else {
            break;
        };
        seen.free = (before, last.left());
        seen.free_by_api = now.left();
        if first.version == last.version {
            break;
        }
        sleep(Duration::from_secs(1)).await;
    }
    seen
}

fn sightings(story: &Story) -> impl Iterator<Item = String> {
    story.violations.iter().map(|what| format!("fan {}: {what}", story.fan))
}

async fn orders(browser: &Arc<Browser>, stories: &[Story]) -> Vec<SeenOrder> {
    let deadline = Instant::now() + SETTLE_WITHIN;
    let told: Vec<(SeenOrder, String)> = stories
        .iter()
        .flat_map(|story| {
            story.orders.iter().map(|order| {
                let seen = SeenOrder {
                    fan: story.fan,
                    email: story.email.clone(),
                    places: order.places,
                    money: order.money,
                    seen_tickets: order.seen_tickets,
                    now: None,
                };
                (seen, order.token.clone())
            })
        })
        .collect();
    let browser = Arc::clone(browser);
    each(told, move |(mut seen, token)| {
        let browser = Arc::clone(&browser);
        async move {
            loop {
                seen.now = order(&browser, &token).await.ok();
                let settled = seen.now.as_ref().is_some_and(OrderNow::is_settled);
                if settled || seen.money == Money::None || Instant::now() > deadline {
                    return seen;
                }
                sleep(Duration::from_secs(1)).await;
            }
        }
    })
    .await
}

async fn order(browser: &Browser, token: &str) -> Result<OrderNow, Lost> {
    let ask = Ask::get(Step::OrderPage, format!("/api/v1/orders/{token}"));
    let answer = browser.ask(&mut Jar::default(), Instant::now(), &ask).await?;
    serde_json::from_slice(&answer.body).map_err(|_| browser.odd(Step::OrderPage, &answer))
}

async fn holds(browser: &Arc<Browser>, target: &Arc<Target>, stories: &[Story]) -> Vec<SeenHold> {
    let told: Vec<(SeenHold, HoldName)> = stories
        .iter()
        .flat_map(|story| {
            story.unpaid().map(|hold| {
                let seen = SeenHold {
                    fan: story.fan,
                    places: hold.places,
                    end: hold.end,
                    now: HoldNow::Unknown,
                };
                (seen, hold.name.clone())
            })
        })
        .collect();
    let (browser, target) = (Arc::clone(browser), Arc::clone(target));
    each(told, move |(mut seen, name)| {
        let (browser, target) = (Arc::clone(&browser), Arc::clone(&target));
        async move {
            let now = match name {
                HoldName::Cart(mut jar) => cart(&browser, &mut jar).await,
                HoldName::Id(id) => hold(&browser, &target, &id).await,
            };
            seen.now = now.unwrap_or(HoldNow::Unknown);
            seen
        }
    })
    .await
}

/// A cart that has one hold at most, as a fan's has.
async fn cart(browser: &Browser, jar: &mut Jar) -> Result<HoldNow, Lost> {
    let answer = browser.ask(jar, Instant::now(), &Ask::get(Step::Cart, "/cart")).await?;
    let page = &answer.body;
    let places = pages::places(page) as u64;
    Ok(match pages::attribute(page, "data-countdown") {
        Some(_) => HoldNow::Live(places),
        None if places > 0 => HoldNow::Lapsed,
        None => HoldNow::Unknown,
    })
}

#[derive(Deserialize)]
struct HoldBody {
    state: String,
    positions: Vec<serde::de::IgnoredAny>,
}

async fn hold(browser: &Browser, target: &Target, id: &str) -> Result<HoldNow, Lost> {
    let path = format!("/api/v1/performances/{}/holds/{id}", target.performance);
    let answer =
        browser.ask(&mut Jar::default(), Instant::now(), &Ask::get(Step::Cart, path)).await?;
    if answer.status.as_u16() == 404 {
        return Ok(HoldNow::Unknown);
    }
    let body: HoldBody =
        serde_json::from_slice(&answer.body).map_err(|_| browser.odd(Step::Cart, &answer))?;
    Ok(match body.state.as_str() {
        "live" | "paying" => HoldNow::Live(body.positions.len() as u64),
        "expired" => HoldNow::Lapsed,
        _ => HoldNow::Unknown,
    })
}

/// Does something about each, so many at once; the order stays.
async fn each<T, S, F>(all: Vec<T>, ask: impl Fn(T) -> F) -> Vec<S>
where
    F: Future<Output = S> + Send + 'static,
    S: Send + 'static,
{
    let mut waiting = all.into_iter().enumerate();
    let mut done: Vec<(usize, S)> = Vec::new();
    let mut running = JoinSet::new();
    loop {
        while running.len() < SWEEP_AT_ONCE {
            let Some((index, one)) = waiting.next() else { break };
            let asked = ask(one);
            running.spawn(async move { (index, asked.await) });
        }
        match running.join_next().await {
            Some(Ok(one)) => done.push(one),
            Some(Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the sweep fell over");
            }
            None => break,
        }
    }
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, one)| one).collect()
}
