//! What is drilled: one performance of a running shop, as its API describes it.

mod drawing;
mod status;

use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use tokio::time::Instant;
use uuid::Uuid;

pub use drawing::{Access, Category, Drawing, DrawnArea, Row, Shape};
pub use status::{BadStatus, Status};

use crate::{
    browser::{Answer, Ask, Browser, Jar, Lost},
    pages::{self, Field, FieldKind},
    tally::Step,
};

/// One performance, with all that does not change during a drill.
#[derive(Debug)]
pub struct Target {
    /// Which.
    pub performance: Uuid,
    /// Of what, in English.
    pub title: String,
    /// Where.
    pub venue: String,
    /// Places of an order at most.
    pub per_order: u16,
    /// Places of one buyer at most, if there is such a limit.
    pub per_buyer: Option<u16>,
    /// Places altogether, whoever has them.
    pub capacity: i64,
    /// Address of the drawing.
    pub drawing_path: String,
    /// Address of what is free.
    pub status_path: String,
    /// The drawing.
    pub drawing: Drawing,
    /// By category: what an app sells it as.
    pub sold_as: Vec<SoldAs>,
    /// By area.
    pub areas: Vec<AreaOffer>,
}

/// A category as an app sees it.
#[derive(Debug)]
pub struct SoldAs {
    /// In the API.
    pub key: String,
    /// Keys of its ticket types, by the order of the shop.
    pub types: Vec<String>,
    /// Ticket types as the pages number them.
    pub type_numbers: Vec<u16>,
}

/// A standing area as an app sees it.
#[derive(Debug)]
pub struct AreaOffer {
    /// In the API.
    pub key: String,
    /// Index of its category.
    pub category: usize,
    /// Sold in multiples of this.
    pub multiple: u16,
}

/// Which performance.
#[derive(Debug, Clone, Default)]
pub enum Wanted {
    /// The one with the most places left.
    #[default]
    Largest,
    /// The first one of an event.
    Event(String),
    /// This one.
    Performance(Uuid),
}

/// Why there is nothing to drill.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The shop did not answer.
    #[error("the shop at {base} does not answer: {lost}")]
    Lost {
        /// Where.
        base: String,
        /// What happened.
        lost: Lost,
    },
    /// The shop has no such thing.
    #[error("the shop has no {0}")]
    NotFound(String),
    /// The shop answers in a way that this drill does not know.
    #[error("the shop's {0} is not as this drill knows it")]
    Unknown(&'static str),
    /// The shop does not set up the waiting room.
    #[error("the shop sets up no waiting room (status {status}): {why}")]
    NoRoom {
        /// The answer's.
        status: u16,
        /// As it says.
        why: String,
    },
    /// Payments are real.
    #[error("the shop takes real money: a drill needs one in demo mode (`--mode demo`)")]
    Live,
}

#[derive(Deserialize)]
struct EventsBody {
    items: Vec<EventItem>,
}

#[derive(Deserialize)]
struct EventItem {
    slug: String,
    places_left: i64,
}

#[derive(Deserialize)]
struct EventBody {
    performances: Vec<PerformanceItem>,
}

#[derive(Deserialize)]
struct PerformanceItem {
    id: Uuid,
    capacity: i64,
}

/// What a performance says of itself and of what it sells at this moment.
#[derive(Debug, Deserialize)]
pub struct PerformanceBody {
    event: String,
    title: Text,
    venue: String,
    geometry_url: String,
    status_url: String,
    per_order: u16,
    #[serde(default)]
    per_buyer: Option<u16>,
    categories: Vec<CategoryBody>,
    areas: Vec<AreaBody>,
}

#[derive(Debug, Deserialize)]
struct Text {
    en: String,
}

#[derive(Debug, Deserialize)]
struct CategoryBody {
    key: String,
    seats_left: u32,
    prices: Vec<PriceBody>,
}

#[derive(Debug, Deserialize)]
struct PriceBody {
    ticket_type: String,
    on_sale: bool,
}

#[derive(Debug, Deserialize)]
struct AreaBody {
    key: String,
    category: String,
    multiple: u16,
    left: u32,
}

#[derive(Deserialize)]
struct Island {
    prices: Vec<Vec<(u16, i64)>>,
}

impl PerformanceBody {
    /// Places that nobody has.
    pub fn left(&self) -> i64 {
        let seats: i64 =
            self.categories.iter().map(|category| i64::from(category.seats_left)).sum();
        seats + self.areas.iter().map(|area| i64::from(area.left)).sum::<i64>()
    }
}

impl Target {
    /// Asks a shop for a performance and everything about it.
    pub async fn find(browser: &Browser, wanted: &Wanted) -> Result<Self, TargetError> {
        let performance = match wanted {
            Wanted::Performance(id) => *id,
            Wanted::Event(slug) => first_of(browser, slug).await?.id,
            Wanted::Largest => {
                let events: EventsBody =
                    json(&get(browser, "/api/v1/events?limit=100").await?, "list of events")?;
                let largest = events.items.into_iter().max_by_key(|event| event.places_left);
                let largest =
                    largest.ok_or_else(|| TargetError::NotFound("event on sale".into()))?;
                first_of(browser, &largest.slug).await?.id
            }
        };
        let body = Self::now(browser, performance).await?;
        let of_event = performances_of(browser, &body.event).await?;
        let capacity =
            of_event.iter().find(|one| one.id == performance).map_or(0, |one| one.capacity);
        let drawing = get(browser, &body.geometry_url).await?;
        let drawing = Drawing::parse(&drawing).ok_or(TargetError::Unknown("drawing"))?;
        let page = get(browser, &format!("/performances/{performance}")).await?;
        let island = pages::island(&page, "map-data").ok_or(TargetError::Unknown("page"))?;
        let island: Island = json(island, "page")?;
        if !pages::links_to(&page, "/dev/outbox") {
            return Err(TargetError::Live);
        }
        let areas = body.areas.iter().map(|area| area_offer(&body.categories, area)).collect();
        let sold_as = body.categories.iter().enumerate().map(|(index, category)| SoldAs {
            key: category.key.clone(),
            types: on_sale(category),
            type_numbers: numbers(&island, index),
        });
        Ok(Self {
            performance,
            title: body.title.en.clone(),
            venue: body.venue.clone(),
            per_order: body.per_order,
            per_buyer: body.per_buyer,
            capacity,
            sold_as: sold_as.collect(),
            areas,
            drawing_path: body.geometry_url,
            status_path: body.status_url,
            drawing,
        })
    }

    /// What a performance sells at this moment.
    pub async fn now(browser: &Browser, performance: Uuid) -> Result<PerformanceBody, TargetError> {
        let path = format!("/api/v1/performances/{performance}");
        json(&get(browser, &path).await?, "performance")
    }

    /// What is free at this moment.
    pub async fn status(&self, browser: &Browser) -> Result<Status, TargetError> {
        let mut status = Status::new(self.drawing.seats());
        let body = get(browser, &self.status_path).await?;
        status.update(&body).map_err(|BadStatus| TargetError::Unknown("status"))?;
        Ok(status)
    }

    /// What to ask of a field for a party, and how many places that takes.
    pub fn places(&self, field: Field, party: u16) -> (u16, u16) {
        let party = party.clamp(1, self.per_order.max(1));
        match field.kind {
            // Each is a place and the companion's.
            FieldKind::Best if self.drawing.access(field.of) == Access::Wheelchair => (1, 2),
            FieldKind::Best => (party, party),
            FieldKind::Area => {
                let multiple =
                    self.areas.get(usize::from(field.of)).map_or(1, |area| area.multiple);
                let count = party.next_multiple_of(multiple.max(1));
                (count, count)
            }
        }
    }

    /// Address of its page.
    pub fn page_path(&self) -> String {
        format!("/performances/{}", self.performance)
    }

    /// Where places are asked for.
    pub fn hold_path(&self) -> String {
        format!("/performances/{}/hold", self.performance)
    }

    /// The page of its waiting room, and below it what the room's forms ask for.
    pub fn room_path(&self) -> String {
        format!("/performances/{}/room", self.performance)
    }

    /// What everybody who waits polls.
    pub fn board_path(&self) -> String {
        format!("/rooms/{}/status", self.performance)
    }

    /// What was published of the draw.
    pub fn draw_path(&self) -> String {
        format!("/rooms/{}/draw", self.performance)
    }

    /// The name of a cookie that is about its waiting room.
    pub fn cookie(&self, kind: &str) -> String {
        format!("{kind}-{}", self.performance.simple())
    }

    /// Where what is held is bought.
    pub fn checkout_path(&self) -> String {
        format!("/checkout/{}", self.performance)
    }
}

fn on_sale(category: &CategoryBody) -> Vec<String> {
    let sold = category.prices.iter().filter(|price| price.on_sale);
    sold.map(|price| price.ticket_type.clone()).collect()
}

fn numbers(island: &Island, category: usize) -> Vec<u16> {
    let prices = island.prices.get(category).map(Vec::as_slice).unwrap_or_default();
    prices.iter().map(|(number, _)| *number).collect()
}

fn area_offer(categories: &[CategoryBody], area: &AreaBody) -> AreaOffer {
    let category = categories.iter().position(|category| category.key == area.category);
    AreaOffer {
        key: area.key.clone(),
        category: category.unwrap_or_default(),
        multiple: area.multiple,
    }
}

async fn first_of(browser: &Browser, slug: &str) -> Result<PerformanceItem, TargetError> {
    let first = performances_of(browser, slug).await?.into_iter().next();
    first.ok_or_else(|| TargetError::NotFound(format!("performance of {slug:?}")))
}

async fn performances_of(
    browser: &Browser,
    slug: &str,
) -> Result<Vec<PerformanceItem>, TargetError> {
    let slug: String = form_urlencoded::byte_serialize(slug.as_bytes()).collect();
    let body: EventBody = json(&get(browser, &format!("/api/v1/events/{slug}")).await?, "event")?;
    Ok(body.performances)
}

async fn get(browser: &Browser, path: &str) -> Result<Bytes, TargetError> {
    let ask = Ask::get(Step::Page, path);
    let answer = browser.ask(&mut Jar::default(), Instant::now(), &ask).await;
    let answer: Answer =
        answer.map_err(|lost| TargetError::Lost { base: browser.base().to_owned(), lost })?;
    match answer.status {
        StatusCode::OK => Ok(answer.body),
        _ => Err(TargetError::NotFound(path.to_owned())),
    }
}

fn json<'b, T: Deserialize<'b>>(bytes: &'b [u8], what: &'static str) -> Result<T, TargetError> {
    serde_json::from_slice(bytes).map_err(|_| TargetError::Unknown(what))
}
