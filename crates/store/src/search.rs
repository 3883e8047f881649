//! Finding an event: by words, city, genre and date.
//!
//! Words are looked for in a column that was folded when it was written, so `zlutoucky` finds `Žluťoučký`. They match
//! anywhere in a word and so use no index; what is on at one time is a few thousand rows.

use std::collections::HashMap;

use frontrow_ledger::Time;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef, Select,
    sea_query::{Expr, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    Error, Result, Store,
    catalogue::{Event, SaleState, Venue},
    entity::{events, performances, venues},
    limits,
    page::{Cursor, Page, PageRequest},
    rows,
    texts::fold,
};

/// What somebody looks for. What is not asked for does not narrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    /// Words of the title, the summary, the venue or the city; all must be there.
    pub text: String,
    /// Exactly this city.
    pub city: Option<String>,
    /// Exactly this genre.
    pub genre: Option<String>,
    /// A performance starts then or later: usually now.
    pub from: Time,
    /// A performance starts before then.
    pub until: Option<Time>,
    /// Which part of the list.
    pub page: PageRequest,
}

/// An event that was found, with a summary of those of its performances that match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventHit {
    /// The event.
    pub event: Event,
    /// Where the first of them is.
    pub venue: Venue,
    /// The first of them.
    pub performance_id: Uuid,
    /// When the first of them starts.
    pub first_starts_at: Time,
    /// When the last of them starts.
    pub last_starts_at: Time,
    /// How many they are.
    pub performances: u64,
    /// How many places all of them have left.
    pub places_left: i64,
    /// The lowest price of all.
    pub price_from: Option<i64>,
    /// ISO 4217, of the first of them.
    pub currency: String,
    /// Whether any of them is being sold, as [`EventHit::on_sale_from`] comes.
    pub open: bool,
    /// When the first of those that are open sells; `None` if one sells from the start.
    pub on_sale_from: Option<Time>,
}

/// What the filters offer: each value with how many events it would find.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// Cities, by name.
    pub cities: Vec<(String, u64)>,
    /// Genres, by word.
    pub genres: Vec<(String, u64)>,
}

#[derive(FromQueryResult)]
struct Found {
    event_id: Uuid,
    first_starts_at: i64,
    last_starts_at: i64,
    performances: i64,
    places_left: i64,
    price_from: Option<i64>,
    on_sale_from: Option<i64>,
}

#[derive(FromQueryResult)]
struct Facet {
    value: String,
    events: i64,
}

impl Store {
    /// Events that match, soonest first. Performances that the ledger does not know yet are not found.
    pub async fn search(&self, query: &SearchQuery) -> Result<Page<EventHit>> {
        let db = self.snapshot().await?;
        let found: Vec<Found> = grouped(query).into_model().all(&db).await?;
        let page = query
            .page
            .page(found, |found| Cursor { at: Time(found.first_starts_at), id: found.event_id });
        let ids: Vec<Uuid> = page.items.iter().map(|found| found.event_id).collect();
        let events = events::Entity::find().filter(events::Column::Id.is_in(ids));
        let mut events: HashMap<Uuid, events::Model> =
            events.all(&db).await?.into_iter().map(|row| (row.id, row)).collect();
        let mut firsts: HashMap<Uuid, (performances::Model, Option<venues::Model>)> =
            firsts(query, &page.items)
                .all(&db)
                .await?
                .into_iter()
                // Of two that start at once, the one with the smaller id.
                .rev()
                .map(|(row, venue)| (row.event_id, (row, venue)))
                .collect();
        let hit = |found: Found| {
            let event = events.remove(&found.event_id);
            let (first, venue) =
                firsts.remove(&found.event_id).ok_or(Error::corrupt("performances", "event_id"))?;
            hit(
                &found,
                event.ok_or(Error::corrupt("performances", "event_id"))?,
                first,
                venue.ok_or(Error::corrupt("performances", "venue_id"))?,
            )
        };
        let items = page.items.into_iter().map(hit).collect::<Result<_>>()?;
        Ok(Page { items, next: page.next })
    }

    /// Cities and genres of what is on from a moment.
    pub async fn facets(&self, from: Time) -> Result<Facets> {
        let query = SearchQuery {
            text: String::new(),
            city: None,
            genre: None,
            from,
            until: None,
            page: PageRequest::default(),
        };
        let facet = |column: SimpleExpr| {
            matching(&query)
                .select_only()
                .expr_as(column.clone(), "value")
                .expr_as(
                    Expr::col(performances::Column::EventId.as_column_ref()).count_distinct(),
                    "events",
                )
                .group_by(column.clone())
                .order_by_asc(column)
                .limit(limits::FACET_MAX)
                .into_model::<Facet>()
        };
        let values = |facets: Vec<Facet>| {
            let value = |facet: Facet| (facet.value, u64::try_from(facet.events).unwrap_or(0));
            facets.into_iter().map(value).collect()
        };
        let cities = facet(Expr::col(venues::Column::City.as_column_ref()));
        let genres = facet(Expr::col(events::Column::Genre.as_column_ref()));
        Ok(Facets {
            cities: values(cities.all(&self.long()).await?),
            genres: values(genres.all(&self.long()).await?),
        })
    }
}

/// One row per event.
fn grouped(query: &SearchQuery) -> Select<performances::Entity> {
    let starts_at = || Expr::col(performances::Column::StartsAt.as_column_ref());
    let event_id = || Expr::col(performances::Column::EventId.as_column_ref());
    let left = Expr::col(performances::Column::Capacity.as_column_ref())
        .sub(Expr::col(performances::Column::Blocked.as_column_ref()))
        .sub(Expr::col(performances::Column::Sold.as_column_ref()));
    // Zero is "from the start"; no value at all, that none is open.
    let opens = Expr::case(
        Expr::col(performances::Column::SaleState.as_column_ref()).eq(SaleState::Open.as_str()),
        Expr::col(performances::Column::OnSaleFrom.as_column_ref()).if_null(0_i64),
    )
    .finally(Expr::value(None::<i64>));
    let mut select = matching(query)
        .select_only()
        .expr_as(event_id(), "event_id")
        .expr_as(starts_at().min(), "first_starts_at")
        .expr_as(starts_at().max(), "last_starts_at")
        .expr_as(event_id().count(), "performances")
        // PostgreSQL sums integers to a decimal.
        .expr_as(left.sum().cast_as("bigint"), "places_left")
        .expr_as(Expr::col(performances::Column::PriceFrom.as_column_ref()).min(), "price_from")
        .expr_as(Expr::expr(opens).min(), "on_sale_from")
        .group_by(event_id())
        .order_by_asc(starts_at().min())
        .order_by_asc(event_id())
        .limit(query.page.fetch());
    if let Some(after) = query.page.after {
        select = select.having(
            Expr::tuple([starts_at().min(), event_id()])
                .gt(Expr::tuple([Expr::val(after.at.0), Expr::val(after.id)])),
        );
    }
    select
}

/// The first performance of each event found, with its venue.
fn firsts(
    query: &SearchQuery,
    found: &[Found],
) -> sea_orm::SelectTwo<performances::Entity, venues::Entity> {
    let event_id = Expr::col(performances::Column::EventId.as_column_ref());
    let starts_at = Expr::col(performances::Column::StartsAt.as_column_ref());
    let wanted = found.iter().map(|found| (found.event_id, found.first_starts_at));
    matching(query)
        .filter(Expr::tuple([event_id, starts_at]).in_tuples(wanted))
        .order_by_asc(performances::Column::StartsAt)
        .order_by_asc(performances::Column::Id)
        .limit(limits::SEARCH_FIRSTS_MAX)
        .select_also(venues::Entity)
}

/// Performances that match, joined with their event and venue.
fn matching(query: &SearchQuery) -> Select<performances::Entity> {
    let mut select = performances::Entity::find()
        .join(JoinType::InnerJoin, to_event())
        .join(JoinType::InnerJoin, to_venue())
        .filter(performances::Column::StartsAt.gte(query.from.0))
        .filter(performances::Column::SaleState.ne(SaleState::Undefined.as_str()));
    if let Some(until) = query.until {
        select = select.filter(performances::Column::StartsAt.lt(until.0));
    }
    if let Some(city) = &query.city {
        select = select.filter(venues::Column::City.eq(city));
    }
    if let Some(genre) = &query.genre {
        select = select.filter(events::Column::Genre.eq(genre));
    }
    for word in words(&query.text) {
        let pattern = format!("%{word}%");
        select = select.filter(
            events::Column::Folded.like(&*pattern).or(venues::Column::Folded.like(&*pattern)),
        );
    }
    select
}

/// The words to look for. Only letters and digits are left, so nothing in them is a pattern.
fn words(text: &str) -> Vec<String> {
    let text: String = text.chars().take(limits::SEARCH_CHARS_MAX).collect();
    fold(&text)
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(limits::SEARCH_WORDS_MAX)
        .map(str::to_owned)
        .collect()
}

fn to_event() -> RelationDef {
    performances::Entity::belongs_to(events::Entity)
        .from(performances::Column::EventId)
        .to(events::Column::Id)
        .into()
}

fn to_venue() -> RelationDef {
    performances::Entity::belongs_to(venues::Entity)
        .from(performances::Column::VenueId)
        .to(venues::Column::Id)
        .into()
}

fn hit(
    found: &Found,
    event: events::Model,
    first: performances::Model,
    venue: venues::Model,
) -> Result<EventHit> {
    Ok(EventHit {
        event: event.try_into()?,
        venue: venue.into(),
        performance_id: first.id,
        first_starts_at: Time(found.first_starts_at),
        last_starts_at: Time(found.last_starts_at),
        performances: u64::try_from(found.performances).unwrap_or(0),
        places_left: found.places_left,
        price_from: found.price_from,
        currency: first.currency,
        open: found.on_sale_from.is_some(),
        on_sale_from: rows::moment(found.on_sale_from.filter(|at| *at != 0)),
    })
}
