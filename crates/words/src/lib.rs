//! Czech and English: the texts of each, and how each writes dates, numbers and money.
//!
//! Pages, mail and tickets share this crate, so that a price reads the same wherever it stands. Texts live in
//! `locales/{cs,en}/*.ftl`; a test holds both languages to the same keys.
//!
//! What is absent: I/O, clocks, HTTP, and any knowledge of what is sold.

mod dates;
mod numbers;
mod places;

use std::{borrow::Cow, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::langid;

pub use numbers::Money;

/// A language the shop speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Czech.
    Cs,
    /// English.
    En,
}

impl Language {
    /// All of them, in the order of the switch in the header.
    pub const ALL: [Self; 2] = [Self::Cs, Self::En];

    /// Its tag: `lang` attribute, cookie and query value.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cs => "cs",
            Self::En => "en",
        }
    }

    /// Its name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Cs => "Čeština",
            Self::En => "English",
        }
    }

    /// The language with this tag, region or not.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            // A Slovak reads Czech.
            "cs" | "sk" => Some(Self::Cs),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The best language for an `Accept-Language` header; English for the rest of the world.
    pub fn negotiate(accept: &str) -> Self {
        let mut best = (Self::En, 0.0);
        for item in accept.split(',').take(ACCEPT_ITEMS_MAX) {
            let mut parts = item.split(';');
            let Some(language) = parts.next().and_then(Self::parse) else { continue };
            let quality = parts
                .find_map(|p| p.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
            if quality > best.1 {
                best = (language, quality);
            }
        }
        best.0
    }

    /// The text of a key. A key that is missing shows as itself; a test keeps that from happening.
    pub fn t(self, key: &str) -> Cow<'static, str> {
        self.format(key, None)
    }

    /// The text of a key with one argument.
    pub fn t1<'a>(
        self,
        key: &str,
        name: &'static str,
        value: impl Into<FluentValue<'a>>,
    ) -> Cow<'static, str> {
        self.t_with(key, [(name, value.into())])
    }

    /// The text of a key with any arguments.
    pub fn t_with<'a>(
        self,
        key: &str,
        values: impl IntoIterator<Item = (&'static str, FluentValue<'a>)>,
    ) -> Cow<'static, str> {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(name, value);
        }
        self.format(key, Some(&args))
    }

    fn format(self, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        let bundle = self.bundle();
        let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) else {
            tracing::error!(key, language = self.code(), "text is missing");
            return Cow::Owned(key.to_owned());
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, args, &mut errors);
        if !errors.is_empty() {
            tracing::error!(key, language = self.code(), ?errors, "text lacks an argument");
        }
        Cow::Owned(text.into_owned())
    }

    fn bundle(self) -> &'static Bundle {
        match self {
            Self::Cs => &CS,
            Self::En => &EN,
        }
    }
}

/// Entries of an `Accept-Language` header that are looked at; browsers send up to ten.
const ACCEPT_ITEMS_MAX: usize = 20;

type Bundle = FluentBundle<FluentResource>;

static CS: LazyLock<Bundle> = LazyLock::new(|| {
    let mut bundle = FluentBundle::new_concurrent(vec![langid!("cs")]);
    bundle.set_formatter(Some(|value, _| numbers::fluent_number(value, Language::Cs)));
    filled(bundle, &CS_FILES)
});

static EN: LazyLock<Bundle> = LazyLock::new(|| {
    let mut bundle = FluentBundle::new_concurrent(vec![langid!("en")]);
    bundle.set_formatter(Some(|value, _| numbers::fluent_number(value, Language::En)));
    filled(bundle, &EN_FILES)
});

macro_rules! locale_files {
    ($language:literal) => {
        [
            include_str!(concat!("../locales/", $language, "/common.ftl")),
            include_str!(concat!("../locales/", $language, "/catalogue.ftl")),
            include_str!(concat!("../locales/", $language, "/choose.ftl")),
            include_str!(concat!("../locales/", $language, "/map.ftl")),
            include_str!(concat!("../locales/", $language, "/buy.ftl")),
            include_str!(concat!("../locales/", $language, "/order.ftl")),
            include_str!(concat!("../locales/", $language, "/refusal.ftl")),
            include_str!(concat!("../locales/", $language, "/room.ftl")),
            include_str!(concat!("../locales/", $language, "/control.ftl")),
            include_str!(concat!("../locales/", $language, "/mail.ftl")),
            include_str!(concat!("../locales/", $language, "/pdf.ftl")),
        ]
    };
}

const CS_FILES: [&str; FILES_COUNT] = locale_files!("cs");
const EN_FILES: [&str; FILES_COUNT] = locale_files!("en");
const FILES_COUNT: usize = 11;

fn filled(mut bundle: Bundle, files: &[&'static str]) -> Bundle {
    // Bidirectional marks around arguments are for languages we do not speak, and break copying.
    bundle.set_use_isolating(false);
    for file in files {
        let resource = FluentResource::try_new((*file).to_owned())
            .expect("a test parses every embedded locale file");
        bundle.add_resource(resource).expect("a test finds keys that are defined twice");
    }
    bundle
}

#[cfg(test)]
mod tests;
