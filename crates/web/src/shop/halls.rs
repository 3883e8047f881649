//! Rows and seats of a hall as lists, read back from its geometry file (`docs/seat-map-format.md`).

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use frontrow_ledger::{CategoryId, SeatId};
use frontrow_store::catalogue::ContentHash;
use serde::Deserialize;

use crate::{app::App, fail::Fail, limits::HALLS_KEPT_MAX};

/// A hall's sections in the order of its plan.
#[derive(Debug, PartialEq, Eq)]
pub struct Hall {
    /// Sections; one may have no rows.
    pub sections: Vec<Section>,
}

/// A section.
#[derive(Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// In the order of the plan.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// Its label.
    pub label: String,
    /// In order along the row.
    pub seats: Vec<Seat>,
}

/// A seat.
#[derive(Debug, PartialEq, Eq)]
pub struct Seat {
    /// Its number in the sale.
    pub id: SeatId,
    /// Its label.
    pub label: String,
    /// Its zone of price.
    pub category: CategoryId,
}

/// Halls that were read lately, by the hash of their geometry.
#[derive(Debug, Default)]
pub struct Halls(RwLock<HashMap<String, Arc<Hall>>>);

impl App {
    /// The hall that a geometry file draws.
    pub async fn hall(&self, geometry: &str) -> Result<Arc<Hall>, Fail> {
        if let Some(hall) = self.halls.find(geometry) {
            return Ok(hall);
        }
        let hash = ContentHash::parse(geometry).ok_or(Fail::NOT_FOUND)?;
        let bytes = self.shop.store().geometry(hash).await?.ok_or(Fail::NOT_FOUND)?;
        let hall = Arc::new(Hall::read(&bytes).map_err(|error| {
            tracing::error!(geometry, error = &error as &dyn std::error::Error, "a hall is broken");
            Fail::BROKEN
        })?);
        self.halls.keep(geometry, &hall);
        Ok(hall)
    }
}

impl Halls {
    fn find(&self, geometry: &str) -> Option<Arc<Hall>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(geometry).cloned()
    }

    fn keep(&self, geometry: &str, hall: &Arc<Hall>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= HALLS_KEPT_MAX {
            known.clear();
        }
        known.insert(geometry.to_owned(), Arc::clone(hall));
    }
}

impl Hall {
    /// All seats.
    pub fn seats(&self) -> impl Iterator<Item = &Seat> {
        self.sections.iter().flat_map(Section::seats)
    }

    fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let file: File = serde_json::from_slice(bytes)?;
        let mut ids = (0..).map(SeatId);
        let mut row = |line: RowLine| {
            let category = |index| match &line.category {
                Categories::One(category) => *category,
                Categories::Each(list) => list.get(index).copied().unwrap_or_default(),
            };
            let labels = line.seats.into_iter().enumerate().zip(ids.by_ref());
            let seats = labels.map(|((index, label), id)| Seat {
                id,
                label,
                category: CategoryId(category(index)),
            });
            Row { label: line.label, seats: seats.collect() }
        };
        let sections = file.zones.into_iter().map(|zone| Section {
            name: zone.name,
            rows: zone.rows.into_iter().map(&mut row).collect(),
        });
        Ok(Self { sections: sections.collect() })
    }
}

impl Section {
    /// Its seats.
    pub fn seats(&self) -> impl Iterator<Item = &Seat> {
        self.rows.iter().flat_map(|row| &row.seats)
    }
}

#[derive(Deserialize)]
struct File {
    zones: Vec<ZoneLine>,
}

#[derive(Deserialize)]
struct ZoneLine {
    name: String,
    rows: Vec<RowLine>,
}

#[derive(Deserialize)]
struct RowLine {
    label: String,
    seats: Vec<String>,
    category: Categories,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Categories {
    One(u16),
    Each(Vec<u16>),
}

#[cfg(test)]
mod tests {
    use super::Hall;

    #[test]
    fn seats_are_numbered_through_the_hall() {
        let file = br#"{"version":1,"name":"x","size":[1,1],"zones":[
            {"name":"A","rows":[{"label":"1","seats":["7","5"],"at":[0,0,1,1],"category":2}]},
            {"name":"Empty","rows":[]},
            {"name":"B","rows":[{"label":"W","seats":["1","2"],"at":[0,0,1,1],"category":[3,4]}]}
        ]}"#;
        let hall = Hall::read(file).unwrap();
        let seats: Vec<_> =
            hall.seats().map(|seat| (seat.id.0, seat.label.as_str(), seat.category.0)).collect();
        assert_eq!(seats, [(0, "7", 2), (1, "5", 2), (2, "1", 3), (3, "2", 4)]);
        assert_eq!(hall.sections.len(), 3);
    }
}
