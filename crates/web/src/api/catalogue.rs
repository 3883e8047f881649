//! What is on, and what it costs.

use axum::{Json, extract::State};
use frontrow_ledger::{
    ChannelId,
    sale::{Access, OnSale, Selling},
};
use frontrow_shop::{
    Shop,
    sales::{CategoryView, PerformanceView, TypeView},
};
use frontrow_store::{
    catalogue::Event,
    page::PageRequest,
    search::{EventHit, SearchQuery},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Problem,
    body::{InPath, InQuery},
    listing::Listed,
    model::{LocalText, Money, moment},
};
use crate::urls::Url;

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// Words of the title, the summary, the venue or the city.
    #[serde(default)]
    q: String,
    /// Exactly this city.
    city: Option<String>,
    /// Exactly this genre.
    genre: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// An event in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventItem {
    /// In URLs.
    slug: String,
    title: LocalText,
    summary: LocalText,
    genre: String,
    city: String,
    venue: String,
    /// Of the performances that match.
    first_starts_at: String,
    /// Of the performances that match.
    last_starts_at: String,
    performances: u64,
    /// The lowest price.
    #[serde(skip_serializing_if = "Option::is_none")]
    price_from: Option<Money>,
    places_left: i64,
}

/// An event with its performances.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventBody {
    slug: String,
    title: LocalText,
    summary: LocalText,
    description: LocalText,
    genre: String,
    /// The next ones, the first first.
    performances: Vec<PerformanceItem>,
}

/// A performance in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PerformanceItem {
    id: Uuid,
    starts_at: String,
    open: bool,
    places_left: i64,
    capacity: i64,
}

/// A performance with what it sells at this moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct PerformanceBody {
    id: Uuid,
    event: String,
    title: LocalText,
    venue: String,
    city: String,
    /// IANA time zone of the venue.
    time_zone: String,
    starts_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    doors_at: Option<String>,
    /// `now`, `later`, `over` or `closed`.
    selling: &'static str,
    /// When it starts selling, if that is later.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_sale_from: Option<String>,
    /// The drawing of the hall; never changes.
    geometry_url: String,
    /// What is free; changes all the time.
    status_url: String,
    /// Places of one order at most.
    per_order: u16,
    /// Places of one buyer at most, over all of their orders.
    #[serde(skip_serializing_if = "Option::is_none")]
    per_buyer: Option<u16>,
    names_required: bool,
    categories: Vec<CategoryBody>,
    areas: Vec<AreaBody>,
}

/// A category and its prices.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryBody {
    key: String,
    name: LocalText,
    /// `everyone`, `wheelchair` or `companion`.
    access: &'static str,
    seats_left: u32,
    prices: Vec<PriceBody>,
}

/// A price.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceBody {
    /// Key of the ticket type.
    ticket_type: String,
    name: LocalText,
    price: Money,
    on_sale: bool,
    /// Free, and within every limit.
    left: u32,
}

/// A standing area.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaBody {
    key: String,
    name: LocalText,
    /// Key of its category.
    category: String,
    /// Sold in multiples of this.
    multiple: u16,
    left: u32,
}

/// Events that are on, by their next date.
#[utoipa::path(get, path = "/events", tag = "buy", params(EventsQuery),
    responses((status = 200, body = Listed<EventItem>), (status = "4XX", body = Problem)))]
pub async fn list_events(
    State(shop): State<Shop>,
    InQuery(query): InQuery<EventsQuery>,
) -> Result<Json<Listed<EventItem>>, Problem> {
    let page = super::listing::ListQuery { after: query.after, limit: query.limit }.request()?;
    let search = SearchQuery {
        text: query.q,
        city: query.city,
        genre: query.genre,
        from: shop.now(),
        until: None,
        page,
    };
    let page = shop.store().search(&search).await.map_err(frontrow_shop::Error::from)?;
    Ok(Json(Listed::of(page, item)))
}

/// An event with its next performances.
#[utoipa::path(get, path = "/events/{slug}", tag = "buy", params(("slug" = String, Path)),
    responses((status = 200, body = EventBody), (status = "4XX", body = Problem)))]
pub async fn find_event(
    State(shop): State<Shop>,
    InPath(slug): InPath<String>,
) -> Result<Json<EventBody>, Problem> {
    let store = shop.store();
    let event = store.event_by_slug(&slug).await.map_err(frontrow_shop::Error::from)?;
    let event: Event = event.ok_or_else(|| Problem::not_found("event"))?;
    let performances = store
        .performances_of_event(event.id, shop.now(), PageRequest::default())
        .await
        .map_err(frontrow_shop::Error::from)?;
    let performances = performances.items.into_iter().map(|(performance, sale)| PerformanceItem {
        id: performance.id,
        starts_at: moment(performance.starts_at),
        open: sale.state == frontrow_store::catalogue::SaleState::Open,
        places_left: sale.places_left,
        capacity: sale.capacity,
    });
    Ok(Json(EventBody {
        title: (&event.title).into(),
        summary: (&event.summary).into(),
        description: (&event.description).into(),
        genre: event.genre.clone(),
        performances: performances.collect(),
        slug: event.slug,
    }))
}

/// A performance: prices, areas, and how much is left.
#[utoipa::path(get, path = "/performances/{performance}", tag = "buy",
    params(("performance" = Uuid, Path)),
    responses((status = 200, body = PerformanceBody), (status = "4XX", body = Problem)))]
pub async fn find_performance(
    State(shop): State<Shop>,
    InPath(performance): InPath<Uuid>,
) -> Result<Json<PerformanceBody>, Problem> {
    let view = shop.performance(performance, ChannelId::API).await?;
    Ok(Json(PerformanceBody::from(&view)))
}

fn item(hit: EventHit) -> EventItem {
    let currency = hit.currency.clone();
    EventItem {
        title: (&hit.event.title).into(),
        summary: (&hit.event.summary).into(),
        slug: hit.event.slug,
        genre: hit.event.genre,
        city: hit.venue.city,
        venue: hit.venue.name,
        first_starts_at: moment(hit.first_starts_at),
        last_starts_at: moment(hit.last_starts_at),
        performances: hit.performances,
        price_from: hit.price_from.map(|amount| Money { amount, currency }),
        places_left: hit.places_left,
    }
}

impl From<&PerformanceView> for PerformanceBody {
    fn from(view: &PerformanceView) -> Self {
        let details = &view.facts.details;
        let (selling, on_sale_from) = match view.sale.selling {
            Selling::Now => ("now", None),
            Selling::From(at) => ("later", Some(moment(at))),
            Selling::NoLonger => ("over", None),
            Selling::Closed => ("closed", None),
        };
        let id = view.facts.id();
        Self {
            id,
            event: details.event.slug.clone(),
            title: (&details.event.title).into(),
            venue: details.venue.name.clone(),
            city: details.venue.city.clone(),
            time_zone: details.venue.zone.clone(),
            starts_at: moment(details.performance.starts_at),
            doors_at: details.performance.doors_at.map(moment),
            selling,
            on_sale_from,
            geometry_url: Url::Geometry(view.facts.offer.geometry.clone()).to_string(),
            status_url: Url::Status(id).to_string(),
            per_order: view.sale.limits.per_order,
            per_buyer: view.sale.limits.per_buyer,
            names_required: view.facts.offer.names_required,
            categories: view.sale.categories.iter().map(|one| category(view, one)).collect(),
            areas: view.sale.areas.iter().filter_map(|one| area(view, one)).collect(),
        }
    }
}

fn category(view: &PerformanceView, category: &CategoryView) -> CategoryBody {
    let label = view.facts.offer.category(category.id);
    let price = |one: &TypeView| {
        let label = view.facts.offer.ticket_type(one.id)?;
        Some(PriceBody {
            ticket_type: label.key.clone(),
            name: (&label.name).into(),
            price: Money::new(one.price_minor, view.sale.currency),
            on_sale: one.on_sale == OnSale::Now,
            left: one.left,
        })
    };
    CategoryBody {
        key: label.map(|label| label.key.clone()).unwrap_or_default(),
        name: label.map_or_else(
            || LocalText { cs: String::new(), en: String::new() },
            |label| (&label.name).into(),
        ),
        access: match category.access {
            Access::Everyone => "everyone",
            Access::Wheelchair => "wheelchair",
            Access::Companion => "companion",
        },
        seats_left: category.seats_left,
        prices: category.types.iter().filter_map(price).collect(),
    }
}

fn area(view: &PerformanceView, area: &frontrow_shop::sales::AreaView) -> Option<AreaBody> {
    let label = view.facts.offer.area(area.id)?;
    let category = view.facts.offer.category(area.category)?;
    Some(AreaBody {
        key: label.key.clone(),
        name: (&label.name).into(),
        category: category.key.clone(),
        multiple: area.multiple,
        left: area.left,
    })
}
