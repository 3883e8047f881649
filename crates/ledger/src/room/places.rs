//! Who has which place: fan keys in the order they came, and the index that finds them again.
//!
//! This is the memory of the joins too: a fan key is the id of its join, so whoever asks again is
//! found here, and needs no second table. A fan takes 16 bytes for the key, 5.7 to 7.2 bytes of the
//! index, 8 bytes for each second in which anybody joined, and a bit.

mod bits;
mod index;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{FanKey, Place, Time, limits::ROOM_PLACES_MAX, room::list::List};

use bits::Bits;
use index::Index;

/// All places, and which of them have used their turn.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// So that nobody can choose keys that crowd in the index.
    salt: u128,
    fans: List<FanKey>,
    index: Index,
    joins: List<Joins>,
    entered: Bits,
}

/// Places from this one on were taken in this second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Joins {
    first: u32,
    /// Since the Unix epoch.
    second: u32,
}

/// What cannot be derived.
pub(crate) struct SavedPlaces {
    pub(crate) salt: u128,
    pub(crate) fans: Vec<Arc<Vec<FanKey>>>,
    pub(crate) joins: Vec<Joins>,
    pub(crate) entered: Vec<u64>,
}

impl Places {
    pub(crate) fn new(salt: u128) -> Self {
        Self {
            salt,
            fans: List::default(),
            index: Index::default(),
            joins: List::default(),
            entered: Bits::default(),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.fans.len()).unwrap_or(u32::MAX)
    }

    /// The one that the next fan takes.
    pub(crate) fn next(&self) -> Place {
        Place(self.len())
    }

    /// The place of a fan.
    pub(crate) fn find(&self, fan: FanKey) -> Option<Place> {
        self.index.find(hash(self.salt, fan), |place| self.is_of(Place(place), fan)).map(Place)
    }

    /// Whose a place is.
    pub(crate) fn fan(&self, place: Place) -> Option<FanKey> {
        self.fans.get(place.index()).copied()
    }

    /// Gives the next place to a fan who has none.
    pub(crate) fn add(&mut self, fan: FanKey, at: Time) -> Place {
        let place = self.len();
        assert!(place < ROOM_PLACES_MAX, "a room has {ROOM_PLACES_MAX} places");
        let second = second(at);
        if self.joins.last().is_none_or(|last| last.second < second) {
            self.joins.push(Joins { first: place, second });
        }
        self.fans.push(fan);
        self.index.insert(hash(self.salt, fan), place);
        Place(place)
    }

    /// The second in which a place was taken, since the Unix epoch.
    pub(crate) fn joined_second(&self, place: Place) -> u32 {
        let after = self.joins.partition_point(|joins| joins.first <= place.0);
        self.joins.get(after.wrapping_sub(1)).map_or(0, |joins| joins.second)
    }

    /// Whether the fan has been in the shop, or is.
    pub(crate) fn has_entered(&self, place: Place) -> bool {
        self.entered.get(place.index())
    }

    pub(crate) fn enter(&mut self, place: Place) {
        assert!(!self.has_entered(place), "a place enters once");
        self.entered.set(place.index());
    }

    /// All fans in the order of their places, in long runs.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &[FanKey]> {
        self.fans.runs()
    }

    /// How many have entered.
    pub(crate) fn entered_count(&self) -> u32 {
        self.entered.words().map(u64::count_ones).sum()
    }

    /// What [`Places::restore`] needs. The fans are shared, not copied.
    pub(crate) fn save(&self) -> SavedPlaces {
        SavedPlaces {
            salt: self.salt,
            fans: self.fans.pieces().to_vec(),
            joins: self.joins.runs().flatten().copied().collect(),
            entered: self.entered.words().collect(),
        }
    }

    /// None if this was never saved.
    pub(crate) fn restore(saved: SavedPlaces) -> Option<Self> {
        let SavedPlaces { salt, fans, joins, entered } = saved;
        let mut restored = Self::new(salt);
        restored.fans = List::from_pieces(fans)?;
        for joins in joins {
            restored.joins.push(joins);
        }
        restored.entered = Bits::from_words(&entered);
        if restored.len() > ROOM_PLACES_MAX {
            return None;
        }
        for (fan, place) in restored.fans.runs().flatten().zip(0..) {
            restored.index.insert(hash(salt, *fan), place);
        }
        Some(restored)
    }

    /// Bytes of memory, without what the allocator adds.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.fans.memory_bytes()
            + self.index.memory_bytes()
            + self.joins.memory_bytes()
            + self.entered.memory_bytes()
    }

    fn is_of(&self, place: Place, fan: FanKey) -> bool {
        self.fans.get(place.index()) == Some(&fan)
    }
}

/// Equal when the same fans have the same places; the index follows from them.
impl PartialEq for Places {
    fn eq(&self, other: &Self) -> bool {
        self.salt == other.salt
            && self.fans == other.fans
            && self.joins == other.joins
            && self.entered == other.entered
    }
}

/// Moments before 1970 or after 2106 are not.
fn second(at: Time) -> u32 {
    u32::try_from(at.0.max(0) / 1_000).unwrap_or(u32::MAX)
}

/// Both factors are unknown to whoever does not know the salt.
fn hash(salt: u128, fan: FanKey) -> u64 {
    let salted = salt ^ fan.0;
    let product = (salted >> 64).wrapping_mul(salted & u128::from(u64::MAX));
    let folded = half(product) ^ half(product >> 64);
    let mixed = (folded ^ (folded >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    mixed ^ (mixed >> 32)
}

fn half(number: u128) -> u64 {
    u64::try_from(number & u128::from(u64::MAX)).unwrap_or_default()
}
