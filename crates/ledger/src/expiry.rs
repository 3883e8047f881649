//! When what lapses: a heap that forgets late.
//!
//! Most holds are paid for long before they would lapse, and each moves its moment when its payment
//! opens; most people leave the shop before their pass ends. So an entry that no longer holds is
//! left where it is until it comes to the front or until most entries are such: adding is one write
//! at the end of flat memory, and a copy is a copy of that memory.

use std::{cmp::Reverse, collections::BinaryHeap};

use crate::Time;

/// Stale entries that are kept whatever else there is.
const STALE_SPARED: usize = 1_024;

/// Moments and ids, the earliest first; among equal moments the lowest id. An entry is *stale* if
/// what it names does not lapse at its moment any more. The front never is.
#[derive(Debug, Clone)]
pub(crate) struct Expiry<I> {
    heap: BinaryHeap<Reverse<(Time, I)>>,
}

impl<I: Ord> Default for Expiry<I> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new() }
    }
}

impl<I: Copy + Ord> Expiry<I> {
    /// The earliest.
    pub(crate) fn first(&self) -> Option<(Time, I)> {
        self.heap.peek().map(|Reverse(first)| *first)
    }

    /// All in no order, the stale ones among them; one may come twice.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Time, I)> {
        self.heap.iter().map(|Reverse(entry)| *entry)
    }

    /// It will lapse then; [`Expiry::tidy`] follows if it had another moment before.
    pub(crate) fn push(&mut self, until: Time, id: I) {
        self.heap.push(Reverse((until, id)));
    }

    /// Takes stale entries off the front after one thing changed, and all of them when they are more
    /// than what is `live`.
    pub(crate) fn tidy(&mut self, changed: I, live: usize, lapses_at: impl Fn(Time, I) -> bool) {
        if self.heap.len() > 2 * live + STALE_SPARED {
            self.heap.retain(|Reverse((until, id))| lapses_at(*until, *id));
        }
        // The front was right before, so only the change can have made it wrong.
        if self.first().is_some_and(|(_, id)| id == changed) {
            while self.first().is_some_and(|(until, id)| !lapses_at(until, id)) {
                self.heap.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::{collection::vec, prelude::*};

    use super::{Expiry, STALE_SPARED};
    use crate::{HoldId, Time};

    proptest! {
        #[test]
        fn the_front_is_the_hold_that_lapses_first(
            steps in vec((0..40u128, prop::option::of(0..1_000i64)), 0..9_000),
        ) {
            let (mut expiry, mut lapses) = (Expiry::default(), BTreeMap::new());
            for (id, until) in steps {
                let (id, until) = (HoldId(id), until.map(Time));
                match until {
                    Some(until) => {
                        lapses.insert(id, until);
                        expiry.push(until, id);
                    }
                    None => {
                        lapses.remove(&id);
                    }
                }
                expiry.tidy(id, lapses.len(), |until, id| lapses.get(&id) == Some(&until));
                let first = lapses.iter().map(|(id, until)| (*until, *id)).min();
                prop_assert_eq!(expiry.first(), first);
                prop_assert!(expiry.heap.len() <= 2 * lapses.len() + STALE_SPARED);
            }
        }
    }
}
