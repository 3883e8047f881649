//! What is marketed, and its dated showings.

use askama::Template;
use jiff::Zoned;

use frontrow_words::Money;

use crate::{
    pages::{
        frame::Frame,
        parts::{Availability, Image, Venue},
    },
    urls::Url,
};

/// The page of an event.
#[derive(Debug, Template)]
#[template(path = "event.html")]
pub struct EventPage {
    /// Around it.
    pub frame: Frame,
    /// Its name.
    pub title: String,
    /// What it is.
    pub genre: String,
    /// Its picture.
    pub image: Image,
    /// One sentence.
    pub summary: String,
    /// What the organiser says, in paragraphs of plain text.
    pub paragraphs: Vec<String>,
    /// Where; nothing if there are no dates.
    pub venue: Option<Venue>,
    /// Showings to come, the next one first.
    pub showings: Vec<Showing>,
    /// Address of later ones, if there are more.
    pub more: Option<String>,
}

/// One line of the list of showings.
#[derive(Debug, Clone)]
pub struct Showing {
    /// Where to choose places.
    pub url: Url,
    /// When.
    pub starts: Zoned,
    /// When the doors open, if that is said.
    pub doors: Option<Zoned>,
    /// Which room.
    pub hall: String,
    /// The lowest price.
    pub from: Option<Money>,
    /// What is left.
    pub availability: Availability,
}

impl EventPage {
    /// The month on a calendar leaf.
    pub fn month(&self, at: &Zoned) -> String {
        self.frame.language.month_leaf(at)
    }

    /// Day of the week.
    pub fn weekday(&self, at: &Zoned) -> &'static str {
        self.frame.language.weekday(at)
    }
}

#[cfg(test)]
mod samples {
    use super::{EventPage, Showing};
    use frontrow_words::Language;

    use crate::{
        pages::{
            frame::Frame,
            gallery::Sample,
            parts::{
                Availability, sample_id, sample_image, sample_money, sample_time, sample_venue,
            },
        },
        urls::Url,
    };

    const TEXT: [&str; 2] = [
        "Anton Chekhov's last play, in a new translation. A family comes home to say goodbye to an \
         orchard that everybody loves and nobody can keep.",
        "Two hours and forty minutes with one interval. In Czech with English surtitles.",
    ];

    fn showing(day: i64, availability: Availability) -> Showing {
        Showing {
            url: Url::Performance(sample_id()),
            starts: sample_time(day * 24 * 60 - 60),
            doors: Some(sample_time(day * 24 * 60 - 90)),
            hall: "Main stage".to_owned(),
            from: Some(sample_money(25_000)),
            availability,
        }
    }

    impl Sample for EventPage {
        fn samples(language: Language) -> Vec<(&'static str, Self)> {
            let play = Self {
                frame: Frame::sample(language),
                title: "The Cherry Orchard".to_owned(),
                genre: "Theatre".to_owned(),
                image: sample_image("theatre"),
                summary: "Everybody loves it and nobody can keep it.".to_owned(),
                more: Some("/events/x?after=1".to_owned()),
                paragraphs: TEXT.map(str::to_owned).to_vec(),
                venue: Some(sample_venue("Divadlo Na Nábřeží", "Brno")),
                showings: vec![
                    showing(1, Availability::SoldOut),
                    showing(2, Availability::Few),
                    showing(5, Availability::Good),
                    showing(9, Availability::Good),
                    showing(40, Availability::Soon(sample_time(10 * 24 * 60))),
                    showing(41, Availability::Over),
                ],
            };
            let over = Self {
                frame: Frame { cart: None, ..Frame::sample(language) },
                title: "Northern Lights: Open Air 2027".to_owned(),
                genre: "Concert".to_owned(),
                image: sample_image("stadium"),
                paragraphs: play.paragraphs.clone(),
                venue: None,
                summary: String::new(),
                more: None,
                showings: Vec::new(),
            };
            vec![("play", play), ("nothing-left", over)]
        }
    }
}
