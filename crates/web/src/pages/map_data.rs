//! What the seat map's script reads from the page: prices, this visitor's own seats, texts.

use std::{borrow::Cow, collections::BTreeMap};

use fluent_bundle::FluentValue;
use frontrow_ledger::sale::Currency;
use serde::Serialize;

use frontrow_words::Language;

/// Becomes a JSON island in the page.
#[derive(Debug, Clone, Serialize)]
pub struct MapData {
    language: &'static str,
    currency: String,
    per_order: u16,
    selling: bool,
    types: Vec<String>,
    categories: Vec<String>,
    areas: Vec<String>,
    prices: Vec<Vec<(u16, i64)>>,
    own: Vec<u32>,
    texts: BTreeMap<&'static str, Cow<'static, str>>,
}

/// What differs from sale to sale and visitor to visitor.
#[derive(Debug, Clone)]
pub struct MapSale {
    /// Of all prices.
    pub currency: Currency,
    /// Places of one order at most.
    pub per_order: u16,
    /// Whether seats can be chosen now.
    pub selling: bool,
    /// Names of the ticket types, by id.
    pub types: Vec<String>,
    /// Names of the categories, by id.
    pub categories: Vec<String>,
    /// Names of the areas, by id.
    pub areas: Vec<String>,
    /// By category: ticket types and their price in minor units.
    pub prices: Vec<Vec<(u16, i64)>>,
    /// Seats in this visitor's cart.
    pub own: Vec<u32>,
}

impl MapData {
    /// With the texts of a language.
    pub fn new(language: Language, sale: MapSale) -> Self {
        Self {
            language: language.code(),
            currency: sale.currency.code().to_owned(),
            per_order: sale.per_order,
            selling: sale.selling,
            types: sale.types,
            categories: sale.categories,
            areas: sale.areas,
            prices: sale.prices,
            own: sale.own,
            texts: texts(language),
        }
    }

    /// The island's contents. A `<` is escaped, so that no name can end the element.
    pub fn json(&self) -> String {
        serde_json::to_string(self)
            .expect("strings, numbers and lists always serialise")
            .replace('<', "\\u003c")
    }
}

macro_rules! key {
    ($key:literal) => {
        $key
    };
}

/// Texts that the script shows, by key without `map-`; arguments stay as `{name}` for the script to
/// fill in.
fn texts(language: Language) -> BTreeMap<&'static str, Cow<'static, str>> {
    [
        key!("map-loading"),
        key!("map-failed"),
        key!("map-list"),
        key!("map-zoom-in"),
        key!("map-zoom-out"),
        key!("map-reset"),
        key!("map-label"),
        key!("map-free"),
        key!("map-taken"),
        key!("map-selected"),
        key!("map-own"),
        key!("map-wheelchair"),
        key!("map-companion"),
        key!("map-add"),
        key!("map-remove"),
        key!("map-close"),
        key!("map-total"),
        key!("map-tray"),
        key!("map-at-most"),
        key!("map-gone"),
        key!("map-gone-next"),
        key!("map-take-nearest"),
        key!("map-best"),
        key!("map-legend-taken"),
        key!("map-legend-own"),
        key!("map-legend-chosen"),
        key!("map-stale"),
        key!("place-seat"),
        key!("section"),
        key!("price-from"),
        key!("hold-seats"),
        key!("ticket-type"),
    ]
    .into_iter()
    .map(|key| {
        let holes = ["name", "section", "row", "seat", "count", "total", "place", "price"]
            .map(|name| (name, FluentValue::from(format!("{{{name}}}"))));
        (key.strip_prefix("map-").unwrap_or(key), language.t_with(key, holes))
    })
    .collect()
}
