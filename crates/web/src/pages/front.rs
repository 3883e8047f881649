//! What is on: search, filters and the events.

use askama::Template;
use jiff::{Zoned, civil::Date, tz::TimeZone};

use frontrow_words::Money;

use crate::{
    pages::{
        frame::Frame,
        parts::{Availability, Image},
    },
    urls::Url,
};

/// The front page.
#[derive(Debug, Template)]
#[template(path = "front.html")]
pub struct FrontPage {
    /// Around it.
    pub frame: Frame,
    /// What was asked for.
    pub search: Search,
    /// Towns to choose from.
    pub cities: Vec<String>,
    /// Genres to choose from.
    pub genres: Vec<GenreOption>,
    /// What was found, the next one first.
    pub events: Vec<EventCard>,
    /// Address of the rest, if there is more.
    pub more: Option<String>,
}

/// A genre to choose.
#[derive(Debug, Clone)]
pub struct GenreOption {
    /// Its word.
    pub value: String,
    /// Its name.
    pub name: String,
}

/// What a visitor is looking for; empty fields match everything.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Words.
    pub words: String,
    /// Town.
    pub city: String,
    /// Genre.
    pub genre: String,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day, `YYYY-MM-DD`.
    pub to: String,
}

impl Search {
    /// Whether anything was asked for.
    pub fn is_active(&self) -> bool {
        [&self.words, &self.city, &self.genre, &self.from, &self.to].iter().any(|f| !f.is_empty())
    }
}

/// One event among others.
#[derive(Debug, Clone)]
pub struct EventCard {
    /// Its page.
    pub url: Url,
    /// Its name.
    pub title: String,
    /// What it is.
    pub genre: String,
    /// Its picture.
    pub image: Image,
    /// House or field.
    pub venue: String,
    /// Town.
    pub city: String,
    /// The next showing.
    pub first: Zoned,
    /// The last showing.
    pub last: Zoned,
    /// How many showings there are.
    pub showings: usize,
    /// The lowest price.
    pub from: Option<Money>,
    /// What is left of all showings together.
    pub availability: Availability,
}

impl FrontPage {
    /// A day on a card: one day, or from when to when.
    pub fn days(&self, card: &EventCard) -> String {
        self.frame.language.date_range(&card.first, &card.last)
    }

    /// The days that were asked for.
    pub fn days_asked(&self) -> String {
        let language = self.frame.language;
        let day = |text: &str| {
            let date: Date = text.parse().ok()?;
            Some(language.day_month_year_short(&date.to_zoned(TimeZone::UTC).ok()?))
        };
        match (day(&self.search.from), day(&self.search.to)) {
            (None, None) => language.t("search-any-day").into_owned(),
            (from, to) => {
                format!("{}\u{2013}{}", from.unwrap_or_default(), to.unwrap_or_default())
            }
        }
    }

    /// The month on a card's calendar leaf.
    pub fn month(&self, at: &Zoned) -> String {
        self.frame.language.month_leaf(at)
    }
}

#[cfg(test)]
mod samples {
    use super::{EventCard, FrontPage, GenreOption, Search};
    use frontrow_words::Language;

    use crate::{
        pages::{
            frame::Frame,
            gallery::Sample,
            parts::{Availability, sample_image, sample_money, sample_time},
        },
        urls::Url,
    };

    const DAY: i64 = 24 * 60;

    fn card(image: &str, title: &str, genre: &str, venue: &str, city: &str) -> EventCard {
        EventCard {
            url: Url::Event(image.to_owned()),
            title: title.to_owned(),
            genre: genre.to_owned(),
            image: sample_image(image),
            venue: venue.to_owned(),
            city: city.to_owned(),
            first: sample_time(0),
            last: sample_time(0),
            showings: 1,
            from: Some(sample_money(89_000)),
            availability: Availability::Good,
        }
    }

    fn genre(name: &str) -> GenreOption {
        GenreOption { value: name.to_lowercase(), name: name.to_owned() }
    }

    fn cards() -> Vec<EventCard> {
        vec![
            EventCard {
                last: sample_time(DAY),
                showings: 2,
                from: Some(sample_money(160_000)),
                availability: Availability::Soon(sample_time(DAY)),
                ..card("stadium", "Northern Lights: Open Air 2027", "Concert", "Letňany", "Praha")
            },
            EventCard {
                availability: Availability::Few,
                ..card("arena", "Paper Tigers", "Concert", "Aréna Libeň", "Praha")
            },
            EventCard {
                last: sample_time(40 * DAY),
                showings: 9,
                from: Some(sample_money(25_000)),
                ..card("theatre", "The Cherry Orchard", "Theatre", "Divadlo Na Nábřeží", "Brno")
            },
            EventCard {
                from: Some(sample_money(35_000)),
                availability: Availability::SoldOut,
                ..card("club", "Low Ceiling, Loud Room", "Club", "Sklep", "Ostrava")
            },
        ]
    }

    impl Sample for FrontPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let full = Self {
                frame: Frame { cart: None, ..Frame::sample(language) },
                search: Search::default(),
                cities: vec!["Brno".to_owned(), "Ostrava".to_owned(), "Praha".to_owned()],
                genres: ["Club", "Concert", "Theatre"].map(genre).to_vec(),
                events: cards(),
                more: None,
            };
            let empty = Self {
                frame: Frame::sample(language),
                search: Search {
                    words: "<script>alert(1)</script>".to_owned(),
                    city: "Brno".to_owned(),
                    ..Search::default()
                },
                events: Vec::new(),
                cities: full.cities.clone(),
                genres: full.genres.clone(),
                more: None,
            };
            let crowded = Self {
                frame: Frame::sample(language),
                search: Search {
                    city: "Praha".to_owned(),
                    from: "2026-12-11".to_owned(),
                    to: "2027-01-31".to_owned(),
                    ..Search::default()
                },
                events: cards().into_iter().cycle().take(24).collect(),
                cities: full.cities.clone(),
                genres: full.genres.clone(),
                more: Some("/?city=Praha&page=2".to_owned()),
            };
            vec![("full", full), ("empty", empty), ("crowded", crowded)]
        }
    }
}
