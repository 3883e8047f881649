//! A hash table in shared pieces: cloning it is some pointers, and a copy pays only for
//! the pieces it changes.
//!
//! A sale is kept twice and cloned anew after each conflict between replicas; see
//! `docs/adr/0005-two-copies-of-the-state.md`. Entries lie side by side in pages, in the order they
//! came, and an [`Index`] of eight bytes an entry finds them, so that most questions touch two
//! lines of memory. The table never stops to grow: one small piece at a time does.

use std::{
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use rustc_hash::FxBuildHasher;

use crate::index::{Hashed, Index};

/// Entries of one page.
const PAGE: usize = 32;

/// A map from random ids to values.
///
/// The order of [`Table::iter`] means nothing: it is for sums and for lists that are sorted
/// afterwards.
#[derive(Debug, Clone)]
pub(crate) struct Table<K, V> {
    index: Index,
    pages: Vec<Arc<[Slot<K, V>]>>,
    /// The first of the free slots, each of which names the next.
    free: Option<u32>,
    len: usize,
}

#[derive(Debug, Clone)]
enum Slot<K, V> {
    Free { next: Option<u32> },
    Used(K, V),
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { index: Index::default(), pages: Vec::new(), free: None, len: 0 }
    }
}

impl<K: Copy + Eq + Hash, V: Clone> Table<K, V> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let slot = self.find(key)?;
        match self.slot(slot) {
            Slot::Used(_, value) => Some(value),
            Slot::Free { .. } => None,
        }
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let slot = self.find(key)?;
        match self.slot_mut(slot) {
            Slot::Used(_, value) => Some(value),
            Slot::Free { .. } => None,
        }
    }

    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(known) = self.get_mut(&key) {
            return Some(std::mem::replace(known, value));
        }
        self.add(key, value);
        None
    }

    /// The value of a key; this one if it has none yet.
    pub(crate) fn get_or_insert(&mut self, key: K, value: V) -> &mut V {
        let slot = self.find(&key).unwrap_or_else(|| self.add(key, value));
        match self.slot_mut(slot) {
            Slot::Used(_, value) => value,
            Slot::Free { .. } => panic!("what was found or added is used"),
        }
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let slot = self.find(key)?;
        self.index.remove(hash(key), slot);
        let next = self.free.replace(slot);
        self.len -= 1;
        match std::mem::replace(self.slot_mut(slot), Slot::Free { next }) {
            Slot::Used(_, value) => Some(value),
            Slot::Free { .. } => None,
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.pages.iter().flat_map(|page| page.iter()).filter_map(|slot| match slot {
            Slot::Used(key, value) => Some((key, value)),
            Slot::Free { .. } => None,
        })
    }

    fn add(&mut self, key: K, value: V) -> u32 {
        let slot = self.take_slot();
        *self.slot_mut(slot) = Slot::Used(key, value);
        self.index.insert(hash(&key), slot);
        self.len += 1;
        slot
    }

    fn find(&self, key: &K) -> Option<u32> {
        let is_it = |slot| matches!(self.slot(slot), Slot::Used(known, _) if known == key);
        self.index.find(hash(key), is_it)
    }

    fn slot(&self, slot: u32) -> &Slot<K, V> {
        let (page, at) = place(slot);
        &self.pages[page][at]
    }

    fn slot_mut(&mut self, slot: u32) -> &mut Slot<K, V> {
        let (page, at) = place(slot);
        &mut Arc::make_mut(&mut self.pages[page])[at]
    }

    fn take_slot(&mut self) -> u32 {
        if let Some(slot) = self.free {
            let Slot::Free { next } = *self.slot(slot) else { panic!("a free slot is free") };
            self.free = next;
            return slot;
        }
        let first = u32::try_from(self.pages.len() * PAGE).expect("an index has fewer slots");
        let last = first + u32::try_from(PAGE).expect("a page is small") - 1;
        let next = |slot| Slot::Free { next: (slot < last).then_some(slot + 1) };
        self.pages.push((first..=last).map(next).collect());
        self.free = Some(first + 1);
        first
    }
}

impl<K: Copy + Eq + Hash, V: Clone + PartialEq> PartialEq for Table<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len
            && self.iter().all(|(key, value)| other.get(key).is_some_and(|known| known == value))
    }
}

pub(crate) fn hash<K: Hash>(key: &K) -> Hashed {
    Hashed(FxBuildHasher.hash_one(key))
}

fn place(slot: u32) -> (usize, usize) {
    let slot = usize::try_from(slot).unwrap_or(usize::MAX);
    (slot / PAGE, slot % PAGE)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::{collection::vec, prelude::*};

    use super::Table;

    #[test]
    fn a_clone_keeps_what_it_had_when_the_original_changes() {
        let mut table = Table::<u128, u32>::default();
        for key in 0..100 {
            table.insert(key, 1);
        }
        let copy = table.clone();
        assert_eq!(table.remove(&1), Some(1));
        *table.get_mut(&2).unwrap() = 7;
        table.insert(200, 9);
        assert_eq!((table.len(), table.get(&1), table.get(&2)), (100, None, Some(&7)));
        assert_eq!((copy.len(), copy.get(&1), copy.get(&2)), (100, Some(&1), Some(&1)));
        assert_eq!(copy.get(&200), None);
        assert_ne!(copy, table);
    }

    proptest! {
        #[test]
        fn it_is_a_map(steps in vec((0..400u128, any::<u8>(), 0..3u8), 0..2_000)) {
            let (mut table, mut map) = (Table::<u128, u8>::default(), BTreeMap::new());
            for (key, value, what) in steps {
                match what {
                    0 => prop_assert_eq!(table.remove(&key), map.remove(&key)),
                    1 => prop_assert_eq!(table.get(&key), map.get(&key)),
                    _ => prop_assert_eq!(table.insert(key, value), map.insert(key, value)),
                }
                prop_assert_eq!(table.len(), map.len());
            }
            let listed: BTreeMap<_, _> = table.iter().map(|(key, value)| (*key, *value)).collect();
            prop_assert_eq!(listed, map);
        }
    }
}
