//! What the room's script reads from the page: what it watches, this fan's place, and texts.

use std::{borrow::Cow, collections::BTreeMap};

use fluent_bundle::FluentValue;
use frontrow_words::Language;
use serde::Serialize;
use uuid::Uuid;

use crate::urls::Url;

/// Becomes a JSON island in the page.
#[derive(Debug, Clone, Serialize)]
pub struct Watch {
    language: &'static str,
    sale: String,
    status: String,
    draw: Option<String>,
    message: Option<String>,
    said: u32,
    key: Option<String>,
    commitment: Option<String>,
    turn: u32,
    place: Option<u64>,
    position: Option<u64>,
    fan: Option<String>,
    texts: BTreeMap<&'static str, Cow<'static, str>>,
}

/// What is the same for everybody who watches a room.
#[derive(Debug, Clone)]
pub struct Watched {
    /// Whose room: goes into what is signed.
    pub sale: Uuid,
    /// The public status: a signature of 64 bytes, and the status behind it.
    pub status: Url,
    /// The public draw as JSON, from which a script finds its position without asking; none if
    /// nothing is drawn here.
    pub draw: Option<Url>,
    /// What the organiser says: `{"number", "text"}`, the same for everybody. Asked for when the
    /// status has another number than `said`; without it the page is loaded again.
    pub message: Option<Url>,
    /// The number of the message that the page shows; 0 while nothing was said.
    pub said: u32,
    /// The Ed25519 key of the status, in base64; none if it is not signed.
    pub key: Option<String>,
    /// The draw's commitment in hex, for the browser to note before the draw.
    pub commitment: Option<String>,
    /// How long a turn is open, in seconds.
    pub turn_seconds: u32,
}

/// A fan's place, as their own receipt says it.
#[derive(Debug, Clone)]
pub struct WatchPlace {
    /// In the order of joining, from 0.
    pub place: u64,
    /// In the queue, from 0; not known before the draw.
    pub position: Option<u64>,
    /// The fan key's digest in hex, which stands in the leaf of the draw.
    pub fan: String,
}

impl Watch {
    /// With the texts of a language.
    pub fn new(language: Language, watched: &Watched, own: Option<WatchPlace>) -> Self {
        let place = own.as_ref().map(|own| own.place);
        let position = own.as_ref().and_then(|own| own.position);
        Self {
            language: language.code(),
            sale: watched.sale.simple().to_string(),
            status: watched.status.to_string(),
            draw: watched.draw.as_ref().map(Url::to_string),
            message: watched.message.as_ref().map(Url::to_string),
            said: watched.said,
            key: watched.key.clone(),
            commitment: watched.commitment.clone(),
            turn: watched.turn_seconds,
            place,
            position,
            fan: own.map(|own| own.fan),
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

/// Texts that the script shows, by key without `room-`; arguments stay as `{name}` for the script
/// to fill in.
fn texts(language: Language) -> BTreeMap<&'static str, Cow<'static, str>> {
    [
        key!("room-tab-ahead"),
        key!("room-wait-moment"),
        key!("room-wait-most"),
        key!("room-wait-unknown"),
        key!("room-longer"),
        key!("room-pace-full"),
        key!("room-pace-rate"),
        key!("room-pace-shop"),
        key!("room-pace-payments"),
        key!("room-pace-unmeasured"),
        key!("room-pace-places"),
        key!("room-left-none"),
        key!("room-say-ahead"),
        key!("room-notice-on"),
        key!("room-checked-good"),
        key!("room-checked-bad"),
        key!("room-checked-later"),
        key!("room-working"),
    ]
    .into_iter()
    .map(|key| {
        let holes = ["count", "wait"].map(|name| (name, FluentValue::from(format!("{{{name}}}"))));
        (key.strip_prefix("room-").unwrap_or(key), language.t_with(key, holes))
    })
    .collect()
}
