//! What the shop knows, in the words and parts of a page.

use frontrow_ledger::{CategoryId, TicketTypeId, Time, sale::Currency};
use frontrow_shop::{
    facts::{Facts, PlaceName},
    ticket::zoned,
};
use frontrow_store::{Texts, catalogue};
use frontrow_words::{Language, Money};

use crate::{
    assets,
    pages::{
        parts::{CategoryLabel, Countdown, Image, PlaceLabel, Venue},
        performance::Heading,
    },
    urls::Url,
};

/// What every page of one showing starts with.
pub fn heading(facts: &Facts, language: Language) -> Heading {
    let details = &facts.details;
    let doors =
        details.performance.doors_at.filter(|doors| *doors != details.performance.starts_at);
    Heading {
        title: text(&details.event.title, language),
        event: Url::Event(details.event.slug.clone()),
        image: image(&details.event),
        starts: zoned(facts, details.performance.starts_at),
        doors: doors.map(|doors| zoned(facts, doors)),
        venue: venue(&details.venue),
        hall: details.plan.name.clone(),
    }
}

/// A venue.
pub fn venue(venue: &catalogue::Venue) -> Venue {
    // Organisers write the city into the address; once is enough.
    let address = venue.address.trim_end_matches(venue.city.as_str()).trim_end_matches([',', ' ']);
    Venue { name: venue.name.clone(), address: address.to_owned(), city: venue.city.clone() }
}

/// A place.
pub fn place(name: &PlaceName, language: Language) -> PlaceLabel {
    match name {
        PlaceName::Seat { zone, row, seat } => {
            PlaceLabel::Seat { section: zone.clone(), row: row.clone(), seat: seat.clone() }
        }
        PlaceName::Area(name) => PlaceLabel::Area { name: text(name, language) },
    }
}

/// A price category.
pub fn category(facts: &Facts, id: CategoryId, language: Language) -> CategoryLabel {
    let label = facts.offer.category(id);
    CategoryLabel {
        name: label.map(|label| text(&label.name, language)).unwrap_or_default(),
        colour: label.map_or("#888888", |label| label.colour.as_str()).to_owned(),
    }
}

/// A ticket type's name.
pub fn ticket_type(facts: &Facts, id: TicketTypeId, language: Language) -> String {
    facts.offer.ticket_type(id).map(|label| text(&label.name, language)).unwrap_or_default()
}

/// How long something is held.
pub fn countdown(facts: &Facts, until: Time, now: Time) -> Countdown {
    Countdown { until: zoned(facts, until), left_seconds: until.ms_since(now).max(0) / 1_000 }
}

/// An amount.
pub fn money(minor: i64, currency: Currency) -> Money {
    Money { minor, currency }
}

/// A text in a language.
pub fn text(texts: &Texts, language: Language) -> String {
    texts.get(language.code()).to_owned()
}

/// An event's picture: the one it names, or the one that fits its genre.
pub fn image(event: &catalogue::Event) -> Image {
    let named = event.image.as_deref().map(|name| format!("images/{name}.svg"));
    let named = named.filter(|path| assets::find(path).is_some());
    let path = named.unwrap_or_else(|| {
        let name = match event.genre.as_str() {
            "theatre" | "musical" | "dance" | "opera" | "comedy" | "family" => "theatre",
            "club" | "party" => "club",
            "festival" => "stadium",
            _ => "arena",
        };
        format!("images/{name}.svg")
    });
    Image { url: assets::url(&path) }
}

/// A genre's name: those that the shop knows are translated.
pub fn genre(word: &str, language: Language) -> String {
    let key = match word {
        "concert" => "genre-concert",
        "festival" => "genre-festival",
        "theatre" => "genre-theatre",
        "club" => "genre-club",
        "comedy" => "genre-comedy",
        "musical" => "genre-musical",
        "opera" => "genre-opera",
        "dance" => "genre-dance",
        "classical" => "genre-classical",
        "family" => "genre-family",
        "sport" => "genre-sport",
        "exhibition" => "genre-exhibition",
        _ => {
            let mut letters = word.replace('-', " ").chars().collect::<Vec<_>>();
            if let Some(first) = letters.first_mut() {
                *first = first.to_uppercase().next().unwrap_or(*first);
            }
            return letters.into_iter().collect();
        }
    };
    language.t(key).into_owned()
}

#[cfg(test)]
mod tests {
    use super::genre;
    use frontrow_words::Language;

    #[test]
    fn a_genre_is_translated_or_at_least_a_word() {
        assert_eq!(genre("concert", Language::Cs), "Koncert");
        assert_eq!(genre("stand-up", Language::Cs), "Stand up");
        assert_eq!(genre("", Language::En), "");
    }
}
