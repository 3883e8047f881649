//! Who is in the shop, and until when.

use serde::{Deserialize, Serialize};

use crate::{Place, Time, expiry::Expiry, room::DeviceDigest, table::Table};

/// Somebody in the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Visitor {
    pub(crate) device: DeviceDigest,
    /// When they came in.
    pub(crate) came: Time,
    pub(crate) until: Time,
    pub(crate) extended: bool,
}

/// Everybody in the shop; never more than the hard cap was when they came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visitors {
    by_place: Table<Place, Visitor>,
    expiry: Expiry<Place>,
}

impl Visitors {
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.by_place.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn get(&self, place: Place) -> Option<&Visitor> {
        self.by_place.get(&place)
    }

    /// In no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Place, &Visitor)> {
        self.by_place.iter().map(|(place, visitor)| (*place, visitor))
    }

    /// Whose pass ends first, and when.
    pub(crate) fn next_due(&self) -> Option<(Time, Place)> {
        self.expiry.first()
    }

    pub(crate) fn add(&mut self, place: Place, visitor: Visitor) {
        self.expiry.push(visitor.until, place);
        let known = self.by_place.insert(place, visitor);
        assert!(known.is_none(), "a fan comes in once");
    }

    pub(crate) fn extend(&mut self, place: Place, until: Time) {
        let visitor = self.by_place.get_mut(&place).expect("only who is in the shop stays longer");
        visitor.until = until;
        visitor.extended = true;
        self.expiry.push(until, place);
        self.tidy(place);
    }

    pub(crate) fn remove(&mut self, place: Place) -> Visitor {
        let known = self.by_place.remove(&place);
        self.tidy(place);
        known.expect("only who is in the shop leaves it")
    }

    fn tidy(&mut self, changed: Place) {
        let by_place = &self.by_place;
        self.expiry.tidy(changed, by_place.len(), |until, place| {
            by_place.get(&place).is_some_and(|visitor| visitor.until == until)
        });
    }
}

/// Equal when the same people are in the shop; the queue of their passes' ends follows.
impl PartialEq for Visitors {
    fn eq(&self, other: &Self) -> bool {
        self.by_place == other.by_place
    }
}
