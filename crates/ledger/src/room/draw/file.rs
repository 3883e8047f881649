//! The draw file: everything that was published of a draw, for anybody to check.
//!
//! Lines of text, an empty line, and then the digest of who took each place, 16 bytes each, in the
//! order of the places. `docs/fair-queue.md` specifies it.

use std::fmt::Write as _;

use super::{Hash, Material, SaleBytes, commitment};
use crate::{
    limits::{BEACON_BYTES_MAX, BEACON_NAME_BYTES_MAX, DRAW_PLACES_MAX},
    room::{Drawn, Terms},
};

/// The first line: what it is, and of which version.
const TITLE: &str = "frontrow draw 1";
/// What stands for a seed or a beacon's value that never came.
const WITHHELD: &str = "withheld";
/// What stands for a beacon that was never announced.
const NONE: &str = "none";

/// What was published of a draw, beside who took which place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// Whose queue it is.
    pub sale: SaleBytes,
    /// Places that took part.
    pub places: u64,
    /// [`Tree::root`](super::Tree::root) over their leaves.
    pub root: Hash,
    /// What was published ahead.
    pub commitment: Hash,
    /// What opens it; none if it was withheld.
    pub seed: Option<Hash>,
    /// The public beacon, if one was announced.
    pub beacon: Option<Beacon>,
    /// The key of the order.
    pub key: Hash,
}

/// One round of a public source of randomness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beacon {
    /// Which source: letters, digits, `.`, `-` and `_`.
    pub name: String,
    /// Which of its rounds, as announced.
    pub round: u64,
    /// What came; none if nothing came in time.
    pub value: Option<Vec<u8>>,
}

/// What is wrong with what was published, each for itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DrawFault {
    /// It is something else, or of a later version.
    #[error("the file does not begin with \"frontrow draw 1\"")]
    Title,
    /// A line is missing, in another order, or says what it cannot say.
    #[error("line {line} of the file is not \"{expected}: ...\" as specified")]
    Line {
        /// Counted from one.
        line: usize,
        /// The name that it should begin with.
        expected: &'static str,
    },
    /// The seed is not what was committed to.
    #[error("the seed does not open the commitment: its SHA-256 is another")]
    Commitment,
    /// The order was drawn by something else.
    #[error("the key does not follow from sale, places, root, seed and beacon")]
    Key,
}

impl Draw {
    /// What a room publishes of its draw; none where none was announced.
    pub fn of(terms: &Terms, drawn: &Drawn) -> Option<Self> {
        let announced = terms.draw.as_ref()?;
        let mut draw = Self {
            sale: terms.sale_bytes(),
            places: drawn.places.into(),
            root: drawn.root,
            commitment: announced.commitment,
            seed: drawn.seed,
            beacon: announced.beacon.as_ref().map(|beacon| Beacon {
                name: beacon.name.clone(),
                round: beacon.round,
                value: drawn.beacon.clone(),
            }),
            key: Hash::default(),
        };
        draw.key = draw.derived_key()?;
        Some(draw)
    }

    /// What follows from the others: [`Draw::key`] as it must be. None for a beacon's value that is
    /// too long.
    pub fn derived_key(&self) -> Option<Hash> {
        let material = Material {
            sale: &self.sale,
            places: self.places,
            root: &self.root,
            seed: self.seed.as_ref(),
            beacon: self.beacon.as_ref().and_then(|beacon| beacon.value.as_deref()),
        };
        material.key()
    }

    /// What is wrong with it in itself; whether the places have the root is for whoever reads them.
    pub fn faults(&self) -> Vec<DrawFault> {
        let mut faults = Vec::new();
        if self.seed.is_some_and(|seed| commitment(&seed) != self.commitment) {
            faults.push(DrawFault::Commitment);
        }
        if self.derived_key() != Some(self.key) {
            faults.push(DrawFault::Key);
        }
        faults
    }

    /// The lines of the file, the empty one included. The digests follow.
    pub fn to_text(&self) -> String {
        let mut text = format!(
            "{TITLE}\nsale: {}\nplaces: {}\nroot: {}\ncommitment: {}\nseed: {}\n",
            hex::encode(self.sale),
            self.places,
            hex::encode(self.root),
            hex::encode(self.commitment),
            self.seed.as_ref().map_or_else(|| WITHHELD.to_owned(), hex::encode),
        );
        let (beacon, value) = match &self.beacon {
            None => (NONE.to_owned(), NONE.to_owned()),
            Some(beacon) => (
                format!("{} {}", beacon.name, beacon.round),
                beacon.value.as_ref().map_or_else(|| WITHHELD.to_owned(), hex::encode),
            ),
        };
        let key = hex::encode(self.key);
        write!(text, "beacon: {beacon}\nbeacon-value: {value}\nkey: {key}\n\n")
            .expect("writing to a string cannot fail");
        text
    }

    /// Reads the lines of the file, without the empty one. Whatever [`Draw::to_text`] would not
    /// write is refused, so that nothing has two files.
    pub fn from_text(text: &str) -> Result<Self, DrawFault> {
        let mut lines = Lines { lines: text.lines(), line: 1 };
        if lines.lines.next() != Some(TITLE) {
            return Err(DrawFault::Title);
        }
        let sale = lines.next("sale", unhex_array)?;
        let places = lines.next("places", |text| number(text, DRAW_PLACES_MAX))?;
        let root = lines.next("root", unhex_array)?;
        let commitment = lines.next("commitment", unhex_array)?;
        let seed = lines.optional("seed", WITHHELD, unhex_array)?;
        let source = lines.optional("beacon", NONE, beacon)?;
        let missing = if source.is_some() { WITHHELD } else { NONE };
        let value = lines.optional("beacon-value", missing, |text| {
            unhex(text, BEACON_BYTES_MAX).filter(|_| source.is_some())
        })?;
        let beacon = source.map(|(name, round)| Beacon { name, round, value });
        let key = lines.next("key", unhex_array)?;
        let draw = Self { sale, places, root, commitment, seed, beacon, key };
        // The end, and with it whatever else could be written in another way.
        if draw.to_text().strip_suffix('\n') == Some(text) {
            Ok(draw)
        } else {
            Err(DrawFault::Line { line: lines.line, expected: "key" })
        }
    }
}

struct Lines<'a> {
    lines: std::str::Lines<'a>,
    line: usize,
}

impl Lines<'_> {
    fn next<T>(
        &mut self,
        expected: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, DrawFault> {
        self.line += 1;
        self.lines
            .next()
            .and_then(|line| line.strip_prefix(expected)?.strip_prefix(": "))
            .and_then(read)
            .ok_or(DrawFault::Line { line: self.line, expected })
    }

    fn optional<T>(
        &mut self,
        expected: &'static str,
        missing: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, DrawFault> {
        let mut found = None;
        self.next(expected, |text| {
            if text != missing {
                found = Some(read(text)?);
            }
            Some(())
        })?;
        Ok(found)
    }
}

fn beacon(text: &str) -> Option<(String, u64)> {
    let (name, round) = text.split_once(' ')?;
    Some((is_beacon_name(name).then(|| name.to_owned())?, number(round, u64::MAX)?))
}

/// Whether the draw file can say it: 1 to [`BEACON_NAME_BYTES_MAX`] letters, digits, `.`, `-`, `_`.
pub fn is_beacon_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (1..=BEACON_NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(allowed)
}

fn number(text: &str, most: u64) -> Option<u64> {
    text.parse().ok().filter(|number| *number <= most)
}

/// Bytes that are written as two digits each, in small letters only.
pub fn unhex_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    unhex(text, N)?.try_into().ok()
}

fn unhex(text: &str, most: usize) -> Option<Vec<u8>> {
    if text.len() > 2 * most || text.bytes().any(|digit| digit.is_ascii_uppercase()) {
        return None;
    }
    hex::decode(text).ok()
}
