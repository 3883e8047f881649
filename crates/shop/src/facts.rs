//! What is announced of a performance, kept at hand: its texts, its labels and the names of its places.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use frontrow_ledger::{AreaId, SeatId, Time, sale::Place};
use frontrow_store::{
    Store,
    catalogue::{ContentHash, PerformanceDetails},
};
use frontrow_words::Language;
use jiff::tz::TimeZone;
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    Error, Result,
    limits::{FACTS_KEPT_MAX, FACTS_MS_MAX, FACTS_TURN},
    offer::Offer,
    plan::geometry::PlaceNames,
};

/// What is announced of a performance.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Event, venue, hall and dates.
    pub details: PerformanceDetails,
    /// Who sells.
    pub seller: String,
    /// What the ledger's numbers are called.
    pub offer: Offer,
    /// What its seats and areas are called.
    pub names: Arc<PlaceNames>,
    /// The venue's.
    pub zone: TimeZone,
}

/// A place as people say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceName {
    /// A numbered seat.
    Seat {
        /// Section; may be empty.
        zone: String,
        /// Row.
        row: String,
        /// Seat.
        seat: String,
    },
    /// A standing area, in the languages of the shop.
    Area(frontrow_store::Texts),
}

impl PlaceName {
    /// As the buyer's language says it.
    pub(crate) fn said(&self, language: Language) -> String {
        match self {
            Self::Seat { zone, row, seat } => language.seat(zone, row, seat),
            Self::Area(name) => name.get(language.code()).to_owned(),
        }
    }

    /// In one line, as kept with an order: `Stalls, 4, 12`.
    pub(crate) fn in_words(&self, language: &str) -> String {
        match self {
            Self::Seat { zone, row, seat } => {
                let parts = [zone, row, seat].into_iter().filter(|part| !part.is_empty());
                parts.map(String::as_str).collect::<Vec<_>>().join(", ")
            }
            Self::Area(name) => name.get(language).to_owned(),
        }
    }
}

impl Facts {
    /// Which performance.
    pub fn id(&self) -> Uuid {
        self.details.performance.id
    }

    /// A place as people say it.
    pub fn place(&self, place: Place) -> PlaceName {
        match place {
            Place::Seat(seat) => self.seat(seat),
            Place::Area(area) => self.area(area),
        }
    }

    fn seat(&self, seat: SeatId) -> PlaceName {
        let name = self.names.seat(seat);
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        PlaceName::Seat {
            zone: text(name.map(|name| name.zone)),
            row: text(name.map(|name| name.row)),
            seat: text(name.map(|name| name.seat)),
        }
    }

    fn area(&self, area: AreaId) -> PlaceName {
        PlaceName::Area(self.offer.area(area).map(|label| label.name.clone()).unwrap_or_default())
    }
}

/// Facts that were read lately. Bounded: thrown away whole when full, for reading them again is cheap.
#[derive(Debug, Default)]
pub(crate) struct FactsCache {
    facts: RwLock<HashMap<Uuid, (Time, Arc<Facts>)>>,
    /// Whoever reads has its turn; the others wait for what it read, for when an announcement ages, thousands may want it.
    turns: Mutex<HashMap<Uuid, Arc<tokio::sync::Mutex<()>>>>,
    names: RwLock<HashMap<String, Arc<PlaceNames>>>,
}

impl FactsCache {
    pub(crate) async fn get(&self, store: &Store, id: Uuid, now: Time) -> Result<Arc<Facts>> {
        if let Some(facts) = self.fresh(id, now) {
            return Ok(facts);
        }
        let turn = self.turn(id);
        // Not for ever: while the tables do not answer, who waits must not do so behind all who came before.
        let _turn = timeout(FACTS_TURN, turn.lock()).await;
        if let Some(facts) = self.fresh(id, now) {
            return Ok(facts);
        }
        let details = store.performance_details(id).await?;
        let details = details.ok_or(Error::NotFound("performance"))?;
        let facts = Arc::new(self.load(store, details).await?);
        let mut known = self.facts.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= FACTS_KEPT_MAX {
            known.clear();
        }
        known.insert(id, (now, Arc::clone(&facts)));
        Ok(facts)
    }

    fn fresh(&self, id: Uuid, now: Time) -> Option<Arc<Facts>> {
        let known = self.facts.read().unwrap_or_else(PoisonError::into_inner);
        let (read, facts) = known.get(&id)?;
        // Who waited for a turn may have come before it was read.
        (now.ms_since(*read).abs() <= FACTS_MS_MAX).then(|| Arc::clone(facts))
    }

    fn turn(&self, id: Uuid) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.len() >= FACTS_KEPT_MAX {
            // Who has or waits for one keeps it: at worst two read the same.
            turns.clear();
        }
        Arc::clone(turns.entry(id).or_default())
    }

    /// What was read before is out of date.
    pub(crate) fn forget(&self, id: Uuid) {
        self.facts.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    async fn load(&self, store: &Store, details: PerformanceDetails) -> Result<Facts> {
        let broken = |source: serde_json::Error| Error::Broken("the offer", source.into());
        let offer: Offer =
            serde_json::from_value(details.performance.offer.clone()).map_err(broken)?;
        let names = self.names(store, &offer.geometry).await?;
        let zone = TimeZone::get(&details.venue.zone)
            .map_err(|error| Error::Broken("the venue's time", error.into()))?;
        let seller = store.organisation(details.event.organisation_id).await?;
        let seller = seller.map(|organisation| organisation.name).unwrap_or_default();
        Ok(Facts { details, seller, offer, names, zone })
    }

    /// Names never change: they are known by the hash of the file they stand in.
    async fn names(&self, store: &Store, geometry: &str) -> Result<Arc<PlaceNames>> {
        let known =
            self.names.read().unwrap_or_else(PoisonError::into_inner).get(geometry).cloned();
        if let Some(names) = known {
            return Ok(names);
        }
        let hash = ContentHash::parse(geometry).ok_or(Error::NotFound("seat map"))?;
        let bytes = store.geometry(hash).await?.ok_or(Error::NotFound("seat map"))?;
        let names = PlaceNames::parse(&bytes)
            .map_err(|error| Error::Broken("the seat map", error.into()))?;
        let names = Arc::new(names);
        let mut known = self.names.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= FACTS_KEPT_MAX {
            known.clear();
        }
        known.insert(geometry.to_owned(), Arc::clone(&names));
        Ok(names)
    }
}
