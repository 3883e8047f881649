//! Seats as lists, for those who cannot use the map or would rather not.

use std::collections::HashSet;

use axum::extract::{Path, State};
use axum_extra::extract::Query;
use frontrow_ledger::{
    CategoryId, ChannelId, SeatId,
    sale::{Access, OnSale, Place},
};
use frontrow_shop::{
    cart::HoldStatus,
    sales::{PerformanceView, TypeView},
    status::Snapshot,
};
use frontrow_words::{Language, Money};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    limits::CHOSEN_SEATS_MAX,
    pages::{
        performance::TypePrice,
        rows::{
            ChosenSeat, RowLine, RowsPage, SeatBox, SeatState, SectionLine, SectionsPage, TypesPage,
        },
    },
    reply,
    shop::{
        halls::{Row, Seat, Section},
        labels,
    },
    urls::Url,
    visitor::Visitor,
};

/// All sections of a hall.
pub async fn sections(
    State(app): State<App>,
    visitor: Visitor,
    Path(performance): Path<Uuid>,
) -> Answer {
    let view = app.shop.performance(performance, ChannelId::WEB).await?;
    let hall = app.hall(&view.facts.offer.geometry).await?;
    let free = app.shop.snapshot(performance).await?;
    let line = |(index, section): (usize, &Section)| {
        let categories: HashSet<CategoryId> = section.seats().map(|seat| seat.category).collect();
        let categories = categories.into_iter().filter(|category| !is_companion(&view, *category));
        let prices = categories.filter_map(|category| lowest(&view, category));
        (!section.rows.is_empty()).then(|| SectionLine {
            url: Url::Rows(performance, Some(index)),
            name: section.name.clone(),
            left: section.seats().filter(|seat| free.is_free(seat.id)).count(),
            from: prices.min_by_key(|price| price.minor),
        })
    };
    let page = SectionsPage {
        frame: visitor.frame(&app).await,
        heading: labels::heading(&view.facts, visitor.language),
        back: Url::Performance(performance),
        sections: hall.sections.iter().enumerate().filter_map(line).collect(),
    };
    reply::page(&app, &visitor, CachePolicy::Private, &page)
}

/// The rows of one section.
pub async fn rows(
    State(app): State<App>,
    visitor: Visitor,
    Path((performance, section)): Path<(Uuid, usize)>,
) -> Answer {
    let view = app.shop.performance(performance, ChannelId::WEB).await?;
    let hall = app.hall(&view.facts.offer.geometry).await?;
    let section = hall.sections.get(section).ok_or(Fail::NOT_FOUND)?;
    let free = app.shop.snapshot(performance).await?;
    let own = own_seats(&app, &visitor, performance).await?;
    let mut categories: Vec<CategoryId> = section.seats().map(|seat| seat.category).collect();
    categories.sort_unstable();
    categories.dedup();
    let label = |id: &CategoryId| {
        let price = lowest(&view, *id).filter(|_| !is_companion(&view, *id));
        (labels::category(&view.facts, *id, visitor.language), price)
    };
    let page = RowsPage {
        frame: visitor.frame(&app).await,
        heading: labels::heading(&view.facts, visitor.language),
        section: section.name.clone(),
        back: Url::Rows(performance, None),
        types: Url::Types(performance),
        per_order: view.sale.limits.per_order,
        categories: categories.iter().map(label).collect(),
        rows: section.rows.iter().map(|row| line(row, &categories, &free, &own)).collect(),
    };
    reply::page(&app, &visitor, CachePolicy::Private, &page)
}

/// Seats that were ticked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chosen {
    seat: Vec<u32>,
}

/// Ticket types of the seats that were ticked.
pub async fn types(
    State(app): State<App>,
    visitor: Visitor,
    Path(performance): Path<Uuid>,
    Query(chosen): Query<Chosen>,
) -> Answer {
    let view = app.shop.performance(performance, ChannelId::WEB).await?;
    let hall = app.hall(&view.facts.offer.geometry).await?;
    let free = app.shop.snapshot(performance).await?;
    let ids: HashSet<u32> = chosen.seat.into_iter().take(CHOSEN_SEATS_MAX).collect();
    let chosen = hall.seats().filter(|seat| ids.contains(&seat.id.0));
    let held = own_seats(&app, &visitor, performance).await?;
    let (own, others): (Vec<&Seat>, Vec<&Seat>) = chosen.partition(|seat| held.contains(&seat.id));
    let (left, gone): (Vec<&Seat>, Vec<&Seat>) =
        others.into_iter().partition(|seat| free.is_free(seat.id));
    let language = visitor.language;
    let place = |seat: &Seat| labels::place(&view.facts.place(Place::Seat(seat.id)), language);
    let seats = left.into_iter().map(|seat| ChosenSeat {
        id: seat.id.0,
        place: place(seat),
        category: labels::category(&view.facts, seat.category, language),
        types: type_prices(&view, seat.category, language),
    });
    let page = TypesPage {
        frame: visitor.frame(&app).await,
        heading: labels::heading(&view.facts, language),
        back: Url::Rows(performance, None),
        hold: Url::Hold(performance),
        seats: seats.filter(|seat| !seat.types.is_empty()).collect(),
        own: own.into_iter().map(place).collect(),
        gone: gone.into_iter().map(place).collect(),
    };
    reply::page(&app, &visitor, CachePolicy::Private, &page)
}

fn line(row: &Row, categories: &[CategoryId], free: &Snapshot, own: &HashSet<SeatId>) -> RowLine {
    let seat = |seat: &Seat| SeatBox {
        id: seat.id.0,
        label: seat.label.clone(),
        category: categories.binary_search(&seat.category).unwrap_or_default(),
        state: match seat.id {
            id if own.contains(&id) => SeatState::Own,
            id if free.is_free(id) => SeatState::Free,
            _ => SeatState::Taken,
        },
    };
    RowLine { label: row.label.clone(), seats: row.seats.iter().map(seat).collect() }
}

/// Ticket types that a category is sold as now.
fn sold(view: &PerformanceView, category: CategoryId) -> impl Iterator<Item = &TypeView> {
    let category = view.sale.categories.get(usize::from(category.0));
    let types = category.into_iter().flat_map(|category| &category.types);
    types.filter(|kind| kind.on_sale == OnSale::Now && kind.left > 0)
}

/// A companion's seat is not sold alone, so its price says nothing.
fn is_companion(view: &PerformanceView, category: CategoryId) -> bool {
    let category = view.sale.categories.get(usize::from(category.0));
    category.is_some_and(|category| category.access == Access::Companion)
}

fn lowest(view: &PerformanceView, category: CategoryId) -> Option<Money> {
    let lowest = sold(view, category).map(|kind| kind.price_minor).min()?;
    Some(labels::money(lowest, view.sale.currency))
}

fn type_prices(view: &PerformanceView, category: CategoryId, language: Language) -> Vec<TypePrice> {
    sold(view, category)
        .map(|kind| TypePrice {
            id: kind.id.0,
            name: labels::ticket_type(&view.facts, kind.id, language),
            note: String::new(),
            price: labels::money(kind.price_minor, view.sale.currency),
        })
        .collect()
}

async fn own_seats(
    app: &App,
    visitor: &Visitor,
    performance: Uuid,
) -> Result<HashSet<SeatId>, Fail> {
    if visitor.is_new {
        return Ok(HashSet::new());
    }
    let hold = app.shop.cart_hold(visitor.cart, performance).await?;
    let live = |state| matches!(state, HoldStatus::Live { .. } | HoldStatus::Paying { .. });
    let positions =
        hold.filter(|hold| live(hold.state)).into_iter().flat_map(|hold| hold.positions);
    Ok(positions
        .filter_map(|position| match position.at {
            Place::Seat(seat) => Some(seat),
            Place::Area(_) => None,
        })
        .collect())
}
