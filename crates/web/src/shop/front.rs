//! What is on.

use axum::extract::State;
use axum_extra::extract::Query;
use frontrow_ledger::Time;
use frontrow_shop::ticket;
use frontrow_store::{
    page::{Cursor, PageRequest},
    search::{EventHit, SearchQuery},
};
use frontrow_words::Language;
use jiff::{Span, civil::Date, tz::TimeZone};
use serde::Deserialize;

use crate::{
    app::App,
    cache::CachePolicy,
    fail::Answer,
    limits::{EVENTS_PER_PAGE, FEW_LEFT},
    pages::{
        front::{EventCard, FrontPage, GenreOption, Search},
        parts::Availability,
    },
    reply,
    shop::labels,
    urls::Url,
    visitor::Visitor,
};

/// What is asked for; every field may be missing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct SearchFields {
    q: String,
    city: String,
    genre: String,
    from: String,
    to: String,
    after: String,
}

/// The front page.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(fields): Query<SearchFields>,
) -> Answer {
    let now = app.shop.now();
    let found = app.shop.store().search(&fields.query(now)).await?;
    let facets = app.shop.store().facets(now).await?;
    let language = visitor.language;
    let genre =
        |(value, _): (String, u64)| GenreOption { name: labels::genre(&value, language), value };
    let page = FrontPage {
        frame: visitor.frame(&app).await,
        cities: facets.cities.into_iter().map(|(city, _)| city).collect(),
        genres: facets.genres.into_iter().map(genre).collect(),
        events: found.items.iter().map(|hit| card(hit, now, language)).collect(),
        more: found.next.map(|next| fields.address_after(next)),
        search: fields.search(),
    };
    reply::page(&app, &visitor, CachePolicy::Shared, &page)
}

impl SearchFields {
    fn query(&self, now: Time) -> SearchQuery {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let from = day(&self.from).map_or(now, |from| from.max(now));
        let day_after = Span::new().days(1);
        let until = self.to.parse::<Date>().ok().and_then(|date| date.checked_add(day_after).ok());
        SearchQuery {
            text: self.q.clone(),
            city: some(&self.city),
            genre: some(&self.genre),
            from,
            until: until.and_then(moment),
            page: PageRequest { after: Cursor::parse(&self.after), limit: Some(EVENTS_PER_PAGE) },
        }
    }

    fn search(self) -> Search {
        let date = |text: String| text.parse::<Date>().map(|_| text).unwrap_or_default();
        Search {
            words: self.q,
            city: self.city,
            genre: self.genre,
            from: date(self.from),
            to: date(self.to),
        }
    }

    fn address_after(&self, next: Cursor) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("q", &self.q),
            ("city", &self.city),
            ("genre", &self.genre),
            ("from", &self.from),
            ("to", &self.to),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.append_pair("after", &next.to_string());
        format!("{}?{}", Url::Front, query.finish())
    }
}

/// The start of a day. Days of a search are those of UTC: a listing spans many zones, and nobody
/// searches by the hour.
fn day(text: &str) -> Option<Time> {
    text.parse::<Date>().ok().and_then(moment)
}

fn moment(date: Date) -> Option<Time> {
    let start = date.to_zoned(TimeZone::UTC).ok()?;
    Some(Time(start.timestamp().as_millisecond()))
}

fn card(hit: &EventHit, now: Time, language: Language) -> EventCard {
    let zone = TimeZone::get(&hit.venue.zone).unwrap_or(TimeZone::UTC);
    let at = |time: Time| ticket::timestamp(time).to_zoned(zone.clone());
    EventCard {
        url: Url::Event(hit.event.slug.clone()),
        title: labels::text(&hit.event.title, language),
        genre: labels::genre(&hit.event.genre, language),
        image: labels::image(&hit.event),
        venue: hit.venue.name.clone(),
        city: hit.venue.city.clone(),
        first: at(hit.first_starts_at),
        last: at(hit.last_starts_at),
        showings: usize::try_from(hit.performances).unwrap_or(usize::MAX),
        from: hit.price_from.map(|minor| ticket::money(minor, &hit.currency)),
        availability: match hit.on_sale_from {
            _ if !hit.open => Availability::Over,
            Some(opens) if opens > now => Availability::Soon(at(opens)),
            _ if hit.places_left <= 0 => Availability::SoldOut,
            _ if hit.places_left < FEW_LEFT => Availability::Few,
            _ => Availability::Good,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::SearchFields;
    use frontrow_ledger::Time;

    #[test]
    fn days_bound_a_search_and_nonsense_does_not() {
        let fields = |from: &str, to: &str| SearchFields {
            from: from.to_owned(),
            to: to.to_owned(),
            ..SearchFields::default()
        };
        let now = Time(1_800_000_000_000);
        let query = fields("2027-02-01", "2027-02-01").query(now);
        assert_eq!(query.until.map(|until| until.ms_since(query.from)), Some(24 * 3_600_000));
        assert_eq!(fields("2020-01-01", "").query(now).from, now, "what was is not on");
        let query = fields("yesterday", "9999-12-31").query(now);
        assert_eq!((query.from, query.until), (now, None));
        assert_eq!(fields("\"><b>", "").search().from, "");
    }
}
