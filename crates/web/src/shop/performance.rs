//! Where places are chosen.

use axum::extract::{Path, State};
use frontrow_ledger::{
    ChannelId,
    sale::{Access, OnSale, Place, Selling},
};
use frontrow_shop::{
    cart::HoldStatus,
    facts::Facts,
    sales::{CategoryView, PerformanceView, SaleView, TypeView},
    ticket::zoned,
};
use frontrow_words::Language;
use uuid::Uuid;

use crate::{
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    pages::{
        map_data::{MapData, MapSale},
        performance::{Offer, OfferKind, PerformancePage, SaleState, SeatMap, TypePrice},
    },
    reply,
    room::gate,
    shop::labels,
    urls::Url,
    visitor::Visitor,
};

/// The page of a performance.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(performance): Path<Uuid>,
) -> Answer {
    let view = app.shop.performance(performance, ChannelId::WEB).await?;
    let language = visitor.language;
    let has_seats = view.sale.categories.iter().any(|category| category.seats > 0);
    let mut page = PerformancePage {
        frame: visitor.frame(&app).await,
        heading: labels::heading(&view.facts, language),
        state: state(&view),
        per_order: view.sale.limits.per_order,
        offers: offers(&view.facts, &view.sale, language),
        map: None,
        rows: has_seats.then_some(Url::Rows(performance, None)),
        hold: Url::Hold(performance),
        room: gate::call(&app, &visitor, performance).await,
    };
    let own = own_seats(&app, &visitor, performance).await?;
    page.map = Some(SeatMap {
        geometry: Url::Geometry(view.facts.offer.geometry.clone()),
        status: Url::Status(performance),
        data: map_data(&view, own, page.may_hold(), language),
    });
    reply::page(&app, &visitor, CachePolicy::Private, &page)
}

fn state(view: &PerformanceView) -> SaleState {
    match view.sale.selling {
        Selling::Now if view.sale.totals.free() == 0 => SaleState::SoldOut,
        Selling::Now => SaleState::Open,
        Selling::From(opens) => SaleState::Soon(zoned(&view.facts, opens)),
        Selling::NoLonger => SaleState::Over,
        Selling::Closed => SaleState::Closed,
    }
}

/// Seats in this visitor's cart.
async fn own_seats(app: &App, visitor: &Visitor, performance: Uuid) -> Result<Vec<u32>, Fail> {
    if visitor.is_new {
        return Ok(Vec::new());
    }
    let hold = app.shop.cart_hold(visitor.cart, performance).await?;
    let hold = hold
        .filter(|hold| matches!(hold.state, HoldStatus::Live { .. } | HoldStatus::Paying { .. }));
    let positions = hold.into_iter().flat_map(|hold| hold.positions);
    Ok(positions
        .filter_map(|position| match position.at {
            Place::Seat(seat) => Some(seat.0),
            Place::Area(_) => None,
        })
        .collect())
}

/// What is sold, seats first; what has no price is not shown.
fn offers(facts: &Facts, sale: &SaleView, language: Language) -> Vec<Offer> {
    let seats = sale.categories.iter().filter_map(|category| {
        let kind = match category.access {
            _ if category.seats == 0 => return None,
            Access::Everyone => OfferKind::Seats,
            Access::Wheelchair => OfferKind::WheelchairPairs,
            Access::Companion => return None,
        };
        let label = labels::category(facts, category.id, language);
        Some(Offer {
            field: format!("best.{}", category.id),
            name: label.name,
            colour: label.colour,
            kind,
            left: left(sale, category, category.seats_left),
            types: types(facts, sale, category, language),
        })
    });
    let areas = sale.areas.iter().filter_map(|area| {
        let category = sale.categories.get(usize::from(area.category.0))?;
        let label = labels::category(facts, area.category, language);
        let name = facts.offer.area(area.id).map(|label| labels::text(&label.name, language));
        Some(Offer {
            field: format!("area.{}", area.id),
            name: name.unwrap_or_default(),
            colour: label.colour,
            kind: OfferKind::Standing { multiple: area.multiple },
            left: left(sale, category, area.left),
            types: types(facts, sale, category, language),
        })
    });
    seats.chain(areas).filter(|offer| !offer.types.is_empty()).collect()
}

/// Places of a category, seats and standing, that somebody can have, and the lowest and the highest price of what can
/// be had; none where nothing has a price.
pub fn on_offer(sale: &SaleView, category: &CategoryView) -> Option<(u32, (i64, i64))> {
    let standing = sale.areas.iter().filter(|area| area.category == category.id);
    let places = category.seats_left + standing.map(|area| area.left).sum::<u32>();
    let prices = sold(sale, category).map(|kind| kind.price_minor);
    let range = prices.clone().min().zip(prices.max())?;
    Some((left(sale, category, places), range))
}

/// Places that somebody can have: none if every ticket type has met a limit of its own.
fn left(sale: &SaleView, category: &CategoryView, places: u32) -> u32 {
    let any = sale.selling != Selling::Now || category.types.iter().any(can_be_had);
    if any { places } else { 0 }
}

fn can_be_had(kind: &TypeView) -> bool {
    kind.on_sale == OnSale::Now && kind.left > 0
}

/// Ticket types of a category: those that can be had now; if none can, all that are on sale, so that who comes too late
/// sees what it cost; or all of them while nothing is.
fn sold<'a>(
    sale: &SaleView,
    category: &'a CategoryView,
) -> impl Iterator<Item = &'a TypeView> + Clone {
    let open = sale.selling == Selling::Now;
    let any = category.types.iter().any(can_be_had);
    let sold =
        move |kind: &&TypeView| !open || can_be_had(kind) || (!any && kind.on_sale == OnSale::Now);
    category.types.iter().filter(sold)
}

/// What they cost.
fn types(
    facts: &Facts,
    sale: &SaleView,
    category: &CategoryView,
    language: Language,
) -> Vec<TypePrice> {
    let price = |kind: &TypeView| TypePrice {
        id: kind.id.0,
        name: labels::ticket_type(facts, kind.id, language),
        note: facts
            .offer
            .ticket_type(kind.id)
            .map(|label| labels::text(&label.note, language))
            .unwrap_or_default(),
        price: labels::money(
            kind.price_minor + companion_price(sale, category, kind),
            sale.currency,
        ),
    };
    sold(sale, category).map(price).collect()
}

/// A wheelchair place is sold with its companion's, so it costs both.
fn companion_price(sale: &SaleView, category: &CategoryView, kind: &TypeView) -> i64 {
    if category.access != Access::Wheelchair {
        return 0;
    }
    let companions = sale.categories.iter().filter(|other| other.access == Access::Companion);
    let of_type = |other: &CategoryView| other.types.iter().find(|t| t.id == kind.id).copied();
    companions.filter_map(of_type).map(|kind| kind.price_minor).next().unwrap_or(0)
}

/// `selling`: whether this visitor may choose; whoever has to wait only looks around.
fn map_data(view: &PerformanceView, own: Vec<u32>, selling: bool, language: Language) -> MapData {
    let PerformanceView { facts, sale, .. } = view;
    let open = sale.selling == Selling::Now;
    let sold = |kind: &&TypeView| !open || can_be_had(kind);
    let prices = |category: &CategoryView| {
        category.types.iter().filter(sold).map(|kind| (kind.id.0, kind.price_minor)).collect()
    };
    MapData::new(
        language,
        MapSale {
            currency: sale.currency,
            per_order: sale.limits.per_order,
            selling,
            types: names(facts.offer.ticket_types.iter().map(|label| &label.name), language),
            categories: names(facts.offer.categories.iter().map(|label| &label.name), language),
            areas: names(facts.offer.areas.iter().map(|label| &label.name), language),
            prices: sale.categories.iter().map(prices).collect(),
            own,
        },
    )
}

fn names<'a>(
    texts: impl Iterator<Item = &'a frontrow_store::Texts>,
    language: Language,
) -> Vec<String> {
    texts.map(|text| labels::text(text, language)).collect()
}
