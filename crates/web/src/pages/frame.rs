//! What stands around every page, and how its texts, money and dates are written.

use std::borrow::Cow;

use fluent_bundle::FluentValue;
use frontrow_words::{Language, Money};
use jiff::Zoned;

use crate::{
    assets,
    pages::parts::{Countdown, Flash, PlaceLabel},
};

/// Header, footer, language and tokens of one request's page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Of this request.
    pub language: Language,
    /// Who sells.
    pub shop_name: String,
    /// Path and query of this page, for the language switch; starts with one slash.
    pub here: String,
    /// What this visitor holds, if anything.
    pub cart: Option<CartBadge>,
    /// Whether no real money is taken.
    pub demo: bool,
    /// Goes into every form: proves that the form came from this shop's page.
    pub csrf: String,
    /// Goes into every form: two submits of one page with the same contents are one command.
    pub once: String,
    /// What the last action wants to say.
    pub flash: Vec<Flash>,
}

/// What the header says about the cart.
#[derive(Debug, Clone)]
pub struct CartBadge {
    /// Places in it.
    pub count: usize,
}

impl Frame {
    /// The text of a key.
    pub fn t(&self, key: &str) -> Cow<'static, str> {
        self.language.t(key)
    }

    /// The text of a key with one argument.
    pub fn t1<'a>(
        &self,
        key: &str,
        name: &'static str,
        value: impl Into<FluentValue<'a>>,
    ) -> Cow<'static, str> {
        self.language.t1(key, name, value)
    }

    /// An amount.
    pub fn money(&self, money: &Money) -> String {
        self.language.money(*money)
    }

    /// Day and time.
    pub fn date_time(&self, at: &Zoned) -> String {
        self.language.date_time(at)
    }

    /// Day.
    pub fn date(&self, at: &Zoned) -> String {
        self.language.date(at)
    }

    /// Day, briefly.
    pub fn date_short(&self, at: &Zoned) -> String {
        self.language.date_short(at)
    }

    /// Time of day.
    pub fn time(&self, at: &Zoned) -> String {
        self.language.time(at)
    }

    /// A moment for `<time datetime>`.
    pub fn machine(&self, at: &Zoned) -> String {
        at.timestamp().to_string()
    }

    /// A count with its groups.
    pub fn number(&self, number: i64) -> String {
        self.language.number(number)
    }

    /// A section's name in a sentence.
    pub fn section(&self, name: &str) -> String {
        self.language.section(name)
    }

    /// Where somebody sits or stands, in words.
    pub fn place(&self, place: &PlaceLabel) -> String {
        place_text(self.language, place)
    }
    /// What a countdown says before any script runs.
    pub fn left(&self, countdown: &Countdown) -> String {
        let minutes = countdown.left_seconds.max(0) / 60;
        let seconds = countdown.left_seconds.max(0) % 60;
        format!("{minutes}:{seconds:02}")
    }

    /// Where an asset is served.
    pub fn asset(&self, path: &str) -> String {
        assets::url(path)
    }

    /// The other languages with the address of this page in each.
    pub fn languages(&self) -> Vec<(Language, String)> {
        let joint = if self.here.contains('?') { '&' } else { '?' };
        Language::ALL
            .into_iter()
            .filter(|language| *language != self.language)
            .map(|language| (language, format!("{}{joint}lang={}", self.here, language.code())))
            .collect()
    }
}

/// Where somebody sits or stands, in words.
pub fn place_text(language: Language, place: &PlaceLabel) -> String {
    match place {
        PlaceLabel::Seat { section, row, seat } => language.seat(section, row, seat),
        PlaceLabel::Area { name } => name.clone(),
    }
}

#[cfg(test)]
impl Frame {
    /// A visitor with two places in the cart.
    pub fn sample(language: Language) -> Self {
        Self {
            language,
            shop_name: "Frontrow".to_owned(),
            here: "/performances/01J9?section=3".to_owned(),
            cart: Some(CartBadge { count: 2 }),
            demo: true,
            csrf: "c2FtcGxlLXRva2VuLXRoYXQtaXMtYXMtbG9uZy1hcy1yZWFs".to_owned(),
            once: "0192f0c1e2d3747aa8b9c0d1e2f30415".to_owned(),
            flash: Vec::new(),
        }
    }
}
