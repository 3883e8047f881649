//! The seating plan as seats.pretix.eu writes it. Keys that say nothing to a shop (ids of the editor, positions of row
//! numbers) are skipped.

use serde::Deserialize;

use super::loose::{Loose, Object};

type List<T> = Loose<Vec<Loose<Object<T>>>>;
type Text = Loose<String>;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PlanFile {
    pub(super) name: Text,
    pub(super) size: Loose<Object<SizeFile>>,
    pub(super) categories: List<CategoryFile>,
    pub(super) zones: List<ZoneFile>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SizeFile {
    pub(super) width: Loose<f64>,
    pub(super) height: Loose<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CategoryFile {
    pub(super) name: Text,
    pub(super) color: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ZoneFile {
    pub(super) name: Text,
    pub(super) position: Loose<Object<PositionFile>>,
    pub(super) rows: List<RowFile>,
    pub(super) areas: List<AreaFile>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PositionFile {
    pub(super) x: Loose<f64>,
    pub(super) y: Loose<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RowFile {
    pub(super) row_number: Text,
    pub(super) row_label: Text,
    pub(super) seat_label: Text,
    pub(super) position: Loose<Object<PositionFile>>,
    pub(super) seats: List<SeatFile>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct SeatFile {
    pub(super) seat_guid: Text,
    pub(super) seat_number: Text,
    pub(super) position: Loose<Object<PositionFile>>,
    pub(super) category: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AreaFile {
    pub(super) uuid: Text,
    pub(super) shape: Text,
    pub(super) color: Text,
    pub(super) border_color: Text,
    pub(super) rotation: Loose<f64>,
    pub(super) position: Loose<Object<PositionFile>>,
    pub(super) rectangle: Loose<Object<SizeFile>>,
    pub(super) circle: Loose<Object<CircleFile>>,
    pub(super) ellipse: Loose<Object<EllipseFile>>,
    pub(super) polygon: Loose<Object<PolygonFile>>,
    pub(super) text: Loose<Object<TextFile>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CircleFile {
    pub(super) radius: Loose<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct EllipseFile {
    pub(super) radius: Loose<Object<PositionFile>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PolygonFile {
    pub(super) points: List<PositionFile>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TextFile {
    pub(super) text: Text,
    pub(super) color: Text,
    pub(super) size: Loose<f64>,
    pub(super) position: Loose<Object<PositionFile>>,
}
