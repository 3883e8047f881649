//! The geometry file: everything that a seat map draws and nothing that changes (`docs/seat-map-format.md`).

use std::sync::Arc;

use frontrow_ledger::{
    AreaId, CategoryId, SeatId,
    sale::{Access, Point},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Colour, Label, Plan, PlanArea, PlanRow, Shape};

/// A category as a sale sells it, in the order of its ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnCategory {
    /// As the plan or the sale file calls it.
    pub name: String,
    /// On the map and in the legend.
    pub colour: Colour,
    /// Whom its places are for.
    pub access: Access,
}

/// An area that is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoldArea {
    /// Its place in [`Plan::areas`].
    pub index: usize,
    /// Its zone of price.
    pub category: CategoryId,
}

/// A geometry file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Geometry {
    /// JSON.
    pub bytes: Vec<u8>,
}

impl Geometry {
    /// Draws a plan. `areas` are in the order of their [`AreaId`]s. The same input gives the same bytes.
    pub fn draw(plan: &Plan, categories: &[DrawnCategory], areas: &[SoldArea]) -> Self {
        let all: Vec<&PlanArea> = plan.areas().collect();
        let sold = |index| areas.iter().any(|area| area.index == index);
        let (width, height) = plan.size;
        let file = GeometryFile {
            version: VERSION,
            name: plan.name.clone(),
            size: [width, height],
            categories: categories.iter().map(CategoryLine::from).collect(),
            zones: plan.zones.iter().map(ZoneLine::from).collect(),
            areas: areas
                .iter()
                .filter_map(|area| Some((all.get(area.index)?, area.category)))
                .map(|(area, category)| AreaLine::new(area, category))
                .collect(),
            shapes: all
                .iter()
                .enumerate()
                .filter(|(index, _)| !sold(*index))
                .map(|(_, area)| ShapeLine::drawn(area))
                .collect(),
        };
        Self { bytes: serde_json::to_vec(&file).expect("plain structs always serialise") }
    }

    /// What names the file: the SHA-256 of its bytes in hex.
    pub fn name(&self) -> String {
        hex::encode(Sha256::digest(&self.bytes))
    }
}

/// What people call the places of a sale, by the ids of the ledger.
#[derive(Debug, Clone, Default)]
pub struct PlaceNames {
    rows: Vec<RowNames>,
    /// First seat of each row, ascending, to find the row of a seat.
    firsts: Vec<u32>,
    areas: Vec<Arc<str>>,
    accesses: Vec<Access>,
}

#[derive(Debug, Clone)]
struct RowNames {
    zone: Arc<str>,
    row: Arc<str>,
    seats: Vec<Box<str>>,
}

/// A seat as people say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatName<'a> {
    /// Section.
    pub zone: &'a str,
    /// Row.
    pub row: &'a str,
    /// Seat.
    pub seat: &'a str,
}

impl PlaceNames {
    /// Reads the names back from a geometry file that this shop wrote.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let file: GeometryFile = serde_json::from_slice(bytes)?;
        let mut names = Self::default();
        let mut next = 0;
        for zone in file.zones {
            let name: Arc<str> = zone.name.into();
            for row in zone.rows {
                names.firsts.push(next);
                next += u32::try_from(row.seats.len()).unwrap_or(u32::MAX - next);
                let seats = row.seats.into_iter().map(Into::into).collect();
                names.rows.push(RowNames { zone: name.clone(), row: row.label.into(), seats });
            }
        }
        names.accesses = file.categories.iter().map(CategoryLine::access).collect();
        names.areas = file.areas.into_iter().map(|area| area.name.into()).collect();
        Ok(names)
    }

    /// A seat's name, if there is such a seat.
    pub fn seat(&self, seat: SeatId) -> Option<SeatName<'_>> {
        let index = self.firsts.partition_point(|first| *first <= seat.0).checked_sub(1)?;
        let row = self.rows.get(index)?;
        let within = usize::try_from(seat.0 - self.firsts.get(index)?).ok()?;
        Some(SeatName { zone: &row.zone, row: &row.row, seat: row.seats.get(within)? })
    }

    /// An area's name, if there is such an area.
    pub fn area(&self, area: AreaId) -> Option<&str> {
        self.areas.get(usize::from(area.0)).map(AsRef::as_ref)
    }

    /// Whom places of a category are for.
    pub fn access(&self, category: CategoryId) -> Access {
        self.accesses.get(usize::from(category.0)).copied().unwrap_or(Access::Everyone)
    }

    /// How many seats there are.
    pub fn seats_count(&self) -> usize {
        self.rows.iter().map(|row| row.seats.len()).sum()
    }
}

const VERSION: u8 = 1;

// The file, field by field, in the order of its document.

#[derive(Serialize, Deserialize)]
struct GeometryFile {
    version: u8,
    name: String,
    size: [i32; 2],
    categories: Vec<CategoryLine>,
    zones: Vec<ZoneLine>,
    areas: Vec<AreaLine>,
    shapes: Vec<ShapeLine>,
}

#[derive(Serialize, Deserialize)]
struct CategoryLine {
    name: String,
    colour: String,
    access: String,
}

impl CategoryLine {
    fn access(&self) -> Access {
        let accesses = [Access::Wheelchair, Access::Companion];
        let found = accesses.into_iter().find(|access| access_word(*access) == self.access);
        found.unwrap_or(Access::Everyone)
    }
}

const fn access_word(access: Access) -> &'static str {
    match access {
        Access::Everyone => "everyone",
        Access::Wheelchair => "wheelchair",
        Access::Companion => "companion",
    }
}

impl From<&DrawnCategory> for CategoryLine {
    fn from(category: &DrawnCategory) -> Self {
        let access = access_word(category.access);
        let colour = category.colour.to_string();
        Self { name: category.name.clone(), colour, access: access.to_owned() }
    }
}

#[derive(Serialize, Deserialize)]
struct ZoneLine {
    name: String,
    rows: Vec<RowLine>,
}

impl From<&super::PlanZone> for ZoneLine {
    fn from(zone: &super::PlanZone) -> Self {
        Self { name: zone.name.clone(), rows: zone.rows.iter().map(RowLine::from).collect() }
    }
}

#[derive(Serialize, Deserialize)]
struct RowLine {
    label: String,
    seats: Vec<String>,
    at: Vec<i32>,
    category: OneOrEach,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum OneOrEach {
    One(u16),
    Each(Vec<u16>),
}

impl From<&PlanRow> for RowLine {
    fn from(row: &PlanRow) -> Self {
        let mut last = Point { x: 0, y: 0 };
        let mut at = Vec::with_capacity(row.seats.len() * 2);
        for seat in &row.seats {
            at.extend([seat.at.x - last.x, seat.at.y - last.y]);
            last = seat.at;
        }
        let categories: Vec<u16> = row.seats.iter().map(|seat| seat.category).collect();
        let category = match categories.first() {
            Some(first) if categories.iter().all(|category| category == first) => {
                OneOrEach::One(*first)
            }
            _ => OneOrEach::Each(categories),
        };
        let seats = row.seats.iter().map(|seat| seat.label.clone()).collect();
        Self { label: row.label.clone(), seats, at, category }
    }
}

#[derive(Serialize, Deserialize)]
struct AreaLine {
    name: String,
    category: u16,
    shape: ShapeLine,
}

impl AreaLine {
    fn new(area: &PlanArea, category: CategoryId) -> Self {
        let name = area.label.as_ref().map(|label| label.text.clone()).unwrap_or_default();
        Self { name, category: category.0, shape: ShapeLine::outline(area) }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct ShapeLine {
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<[i32; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<[i32; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    radius: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    radii: Option<[i32; 2]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    points: Vec<i32>,
    #[serde(skip_serializing_if = "is_zero")]
    rotation: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    fill: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stroke: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<LabelLine>,
}

impl ShapeLine {
    /// Outline only: what is sold is coloured by its category.
    fn outline(area: &PlanArea) -> Self {
        let pair = |(a, b): (i32, i32)| Some([a, b]);
        let spot = |at: Point| Some([at.x, at.y]);
        let kind = |kind: &str| Self { kind: kind.to_owned(), ..Self::default() };
        let shape = match &area.shape {
            Shape::Rectangle { at, size } => {
                Self { at: spot(*at), size: pair(*size), ..kind("rectangle") }
            }
            Shape::Circle { at, radius } => {
                Self { at: spot(*at), radius: Some(*radius), ..kind("circle") }
            }
            Shape::Ellipse { at, radii } => {
                Self { at: spot(*at), radii: pair(*radii), ..kind("ellipse") }
            }
            Shape::Polygon(points) => Self {
                points: points.iter().flat_map(|at| [at.x, at.y]).collect(),
                ..kind("polygon")
            },
            Shape::Text(at) => Self { at: spot(*at), ..kind("text") },
        };
        Self { rotation: area.rotation, ..shape }
    }

    fn drawn(area: &PlanArea) -> Self {
        Self {
            fill: area.fill.map(|colour| colour.to_string()),
            stroke: area.stroke.map(|colour| colour.to_string()),
            label: area.label.as_ref().map(LabelLine::from),
            ..Self::outline(area)
        }
    }
}

#[derive(Serialize, Deserialize)]
struct LabelLine {
    text: String,
    at: [i32; 2],
    size: i32,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    colour: Option<String>,
}

impl From<&Label> for LabelLine {
    fn from(label: &Label) -> Self {
        Self {
            text: label.text.clone(),
            at: [label.at.x, label.at.y],
            size: label.size,
            colour: label.colour.map(|colour| colour.to_string()),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_zero(number: &i32) -> bool {
    *number == 0
}
