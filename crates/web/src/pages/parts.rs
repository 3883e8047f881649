//! Small things that several pages show.

use jiff::Zoned;

/// Something to say after an action.
#[derive(Debug, Clone)]
pub struct Flash {
    /// How it looks.
    pub tone: Tone,
    /// In the visitor's language.
    pub text: String,
}

/// How a banner looks and is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Good,
    /// Worth knowing.
    Note,
    /// It did not work.
    Bad,
}

impl Tone {
    /// The component's modifier.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Note => "note",
            Self::Bad => "bad",
        }
    }
}

/// A moment that comes nearer.
#[derive(Debug, Clone, PartialEq)]
pub struct Countdown {
    /// When it is over, in the venue's time.
    pub until: Zoned,
    /// From when the page was made.
    pub left_seconds: i64,
}

/// Where somebody sits or stands.
#[derive(Debug, Clone)]
pub enum PlaceLabel {
    /// A numbered seat.
    Seat {
        /// Section.
        section: String,
        /// Row.
        row: String,
        /// Seat.
        seat: String,
    },
    /// A standing area.
    Area {
        /// Its name.
        name: String,
    },
}

/// How much is left, in a word.
#[derive(Debug, Clone, PartialEq)]
pub enum Availability {
    /// Enough.
    Good,
    /// So few that it is worth saying.
    Few,
    /// None, though some may come back.
    SoldOut,
    /// Selling starts at.
    Soon(Zoned),
    /// Selling has ended.
    Over,
}

impl Availability {
    /// Whether places can be chosen now.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Good | Self::Few)
    }
}

/// A picture of an event.
#[derive(Debug, Clone)]
pub struct Image {
    /// Where it is.
    pub url: String,
}

/// Where it happens.
#[derive(Debug, Clone)]
pub struct Venue {
    /// House or field.
    pub name: String,
    /// Street and number; may be empty.
    pub address: String,
    /// Town.
    pub city: String,
}

/// A price category as it is shown.
#[derive(Debug, Clone)]
pub struct CategoryLabel {
    /// Its name.
    pub name: String,
    /// `#rrggbb`.
    pub colour: String,
}

#[cfg(test)]
pub(crate) use samples::{sample_id, sample_image, sample_money, sample_time, sample_venue};

#[cfg(test)]
mod samples {
    use frontrow_ledger::sale::Currency;
    use jiff::{Span, Zoned};

    use super::{Image, Venue};
    use frontrow_words::Money;

    /// Some minutes after the moment of all samples.
    pub(crate) fn sample_time(minutes: i64) -> Zoned {
        let now: Zoned = "2026-12-11T20:00:00[Europe/Prague]".parse().unwrap();
        now.checked_add(Span::new().minutes(minutes)).unwrap()
    }

    pub(crate) fn sample_id() -> uuid::Uuid {
        uuid::Uuid::from_u128(1)
    }

    pub(crate) fn sample_money(minor: i64) -> Money {
        Money { minor, currency: Currency(*b"CZK") }
    }

    pub(crate) fn sample_image(name: &str) -> Image {
        Image { url: crate::assets::url(&format!("images/{name}.svg")) }
    }

    pub(crate) fn sample_venue(name: &str, city: &str) -> Venue {
        Venue { name: name.to_owned(), address: "Sokolovská 13".to_owned(), city: city.to_owned() }
    }
}
