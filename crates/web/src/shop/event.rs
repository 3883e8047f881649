//! One event and its dates.

use axum::extract::{Path, State};
use axum_extra::extract::Query;
use frontrow_ledger::Time;
use frontrow_shop::{
    facts::Facts,
    ticket::{self, zoned},
};
use frontrow_store::{
    catalogue::{PerformanceOnSale, SaleState},
    page::{Cursor, PageRequest},
};
use frontrow_words::Language;
use serde::Deserialize;

use crate::{
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    limits::{FEW_LEFT, SHOWINGS_PER_PAGE},
    pages::{
        event::{EventPage, Showing},
        parts::Availability,
    },
    reply,
    shop::labels,
    urls::Url,
    visitor::Visitor,
};

/// Which part of the list of dates.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Part {
    after: String,
}

/// The page of an event.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
    Query(part): Query<Part>,
) -> Answer {
    let store = app.shop.store();
    let event = store.event_by_slug(&slug).await?.ok_or(Fail::NOT_FOUND)?;
    let now = app.shop.now();
    let after = Cursor::parse(&part.after);
    let request = PageRequest { after, limit: Some(SHOWINGS_PER_PAGE) };
    let found = store.performances_of_event(event.id, now, request).await?;
    let language = visitor.language;
    let (mut showings, mut venue) = (Vec::new(), None);
    for (performance, sale) in &found.items {
        if sale.state == SaleState::Undefined {
            continue;
        }
        let facts = app.shop.facts(performance.id).await?;
        venue = venue.or_else(|| Some(labels::venue(&facts.details.venue)));
        showings.push(showing(&facts, sale, now));
    }
    let page = EventPage {
        frame: visitor.frame(&app).await,
        title: labels::text(&event.title, language),
        genre: labels::genre(&event.genre, language),
        image: labels::image(&event),
        summary: labels::text(&event.summary, language),
        paragraphs: paragraphs(&labels::text(&event.description, language)),
        venue,
        showings,
        more: found.next.map(|next| format!("{}?after={next}", Url::Event(slug))),
    };
    reply::page(&app, &visitor, CachePolicy::Shared, &page)
}

fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn showing(facts: &Facts, sale: &PerformanceOnSale, now: Time) -> Showing {
    let heading = labels::heading(facts, Language::En);
    let performance = &facts.details.performance;
    Showing {
        url: Url::Performance(facts.id()),
        starts: heading.starts,
        doors: heading.doors,
        hall: heading.hall,
        from: sale.price_from.map(|minor| ticket::money(minor, &performance.currency)),
        availability: match sale.on_sale_from {
            _ if sale.state != SaleState::Open => Availability::Over,
            Some(opens) if opens > now => Availability::Soon(zoned(facts, opens)),
            _ if sale.places_left <= 0 => Availability::SoldOut,
            _ if sale.places_left < FEW_LEFT => Availability::Few,
            _ => Availability::Good,
        },
    }
}
