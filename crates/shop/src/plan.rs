//! A seating plan: where the seats of a hall stand and which areas it has.
//!
//! [`Plan::parse`] reads the JSON that the editor of seats.pretix.eu exports. It is written for plans from strangers:
//! the size is checked before anything is parsed, nesting cannot exhaust the stack, and every fault is named by its
//! JSON pointer. Texts are kept as they are: what looks like markup is text, and whoever shows it escapes it.
//!
//! A plan says nothing about selling. Which of its areas are sold, how many people they take and what a place costs is
//! the sale file's to say; [`geometry`] draws both together.

mod check;
mod file;
pub mod geometry;
mod loose;

use frontrow_ledger::sale::Point;
use sha2::{Digest, Sha256};

use crate::{fault::Faults, limits::PLAN_BYTES_MAX};

/// A plan that can be drawn and sold.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What the editor calls it.
    pub name: String,
    /// Width and height in tenths of the plan's unit.
    pub size: (i32, i32),
    /// Zones of equal desirability; seats refer to them by index.
    pub categories: Vec<PlanCategory>,
    /// Sections in the order of the plan.
    pub zones: Vec<PlanZone>,
    /// SHA-256 of the file it was read from.
    pub hash: [u8; 32],
}

/// A category of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanCategory {
    /// Unique within the plan; sale files refer to it.
    pub name: String,
    /// How it is drawn.
    pub colour: Colour,
}

/// A section: rows of seats, areas, or both.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanZone {
    /// Not necessarily unique.
    pub name: String,
    /// Rows that have seats, in order.
    pub rows: Vec<PlanRow>,
    /// Stages, standing areas and texts.
    pub areas: Vec<PlanArea>,
}

/// Seats side by side, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    /// As people say it: `12`, `B`, or `Table 3` where the plan labels rows in words of its own.
    pub label: String,
    /// At least one.
    pub seats: Vec<PlanSeat>,
}

/// One seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSeat {
    /// Unique within the plan.
    pub guid: String,
    /// As people say it; text, and not necessarily consecutive.
    pub label: String,
    /// Absolute: the offsets of zone and row are added.
    pub at: Point,
    /// Index into [`Plan::categories`].
    pub category: u16,
}

/// A drawn area: for people or for the eye.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanArea {
    /// The editor's id; how a sale file names an area whose label is not unique.
    pub id: String,
    /// Its outline; absolute.
    pub shape: Shape,
    /// Degrees clockwise.
    pub rotation: i32,
    /// Inside.
    pub fill: Option<Colour>,
    /// Outline.
    pub stroke: Option<Colour>,
    /// What is written on it.
    pub label: Option<Label>,
}

/// An outline in tenths of the plan's unit, absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// From its top left corner.
    Rectangle {
        /// Top left.
        at: Point,
        /// Width and height.
        size: (i32, i32),
    },
    /// Round.
    Circle {
        /// Centre.
        at: Point,
        /// Half its width.
        radius: i32,
    },
    /// Oval.
    Ellipse {
        /// Centre.
        at: Point,
        /// Half its width and height.
        radii: (i32, i32),
    },
    /// Any.
    Polygon(Vec<Point>),
    /// Only its label is drawn.
    Text(Point),
}

/// A text on an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Plain.
    pub text: String,
    /// Its middle.
    pub at: Point,
    /// Of the letters.
    pub size: i32,
    /// Of the letters.
    pub colour: Option<Colour>,
}

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    /// Reads `#rgb` and `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u8> = text
            .strip_prefix('#')?
            .chars()
            .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
            .collect::<Option<_>>()?;
        match digits[..] {
            [r, g, b] => Some(Self([r * 17, g * 17, b * 17])),
            [r1, r0, g1, g0, b1, b0] => Some(Self([r1 * 16 + r0, g1 * 16 + g0, b1 * 16 + b0])),
            _ => None,
        }
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// Why a plan cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Refused unread.
    #[error("the plan has {bytes} bytes, at most {limit} are read")]
    TooLarge {
        /// What it has.
        bytes: usize,
        /// [`PLAN_BYTES_MAX`].
        limit: usize,
    },
    /// Not JSON.
    #[error("the plan is not valid JSON at line {line}, column {column}: {problem}")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the parser says.
        problem: &'static str,
    },
    /// JSON, but not a plan that can be sold.
    #[error("the plan cannot be used:\n{0}")]
    Faults(Faults),
}

impl Plan {
    /// Reads a plan, or says everything that is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, PlanError> {
        if bytes.len() > PLAN_BYTES_MAX {
            return Err(PlanError::TooLarge { bytes: bytes.len(), limit: PLAN_BYTES_MAX });
        }
        let file = serde_json::from_slice(bytes).map_err(|e| PlanError::Syntax {
            line: e.line(),
            column: e.column(),
            problem: match e.classify() {
                serde_json::error::Category::Eof => "it ends too early",
                serde_json::error::Category::Data => "a key is there twice, or text is not UTF-8",
                _ => "malformed, nested too deep, or a number beyond all bounds",
            },
        })?;
        check::plan(file, Sha256::digest(bytes).into()).map_err(PlanError::Faults)
    }

    /// Seats in all zones.
    pub fn seats_count(&self) -> usize {
        self.rows().map(|(_, row)| row.seats.len()).sum()
    }

    /// Every row with the index of its zone, in the order that numbers the seats.
    pub fn rows(&self) -> impl Iterator<Item = (usize, &PlanRow)> {
        self.zones
            .iter()
            .enumerate()
            .flat_map(|(zone, section)| section.rows.iter().map(move |row| (zone, row)))
    }

    /// Every area, in order.
    pub fn areas(&self) -> impl Iterator<Item = &PlanArea> {
        self.zones.iter().flat_map(|zone| &zone.areas)
    }
}
