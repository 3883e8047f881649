//! A hash map in shared pieces: cloning it is a thousand pointers, and a copy pays only for the pieces it changes.
//!
//! A sale is kept twice and cloned anew after each conflict between replicas; see `docs/adr/0005-two-copies-of-the-state.md`.
//! It also never stops to grow: only one small piece rehashes at a time.

use std::{hash::Hash, sync::Arc};

use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::BuildHasher;

/// A map from random ids to values in `SHARDS` pieces (a power of two).
///
/// The order of [`Sharded::iter`] means nothing: it is for sums and for lists that are sorted afterwards.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sharded<K: Eq + Hash, V, const SHARDS: usize> {
    shards: Vec<Arc<FxHashMap<K, V>>>,
    len: usize,
}

impl<K: Eq + Hash, V, const SHARDS: usize> Default for Sharded<K, V, SHARDS> {
    fn default() -> Self {
        // All empty pieces are one until they are written to.
        Self { shards: vec![Arc::default(); SHARDS], len: 0 }
    }
}

impl<K: Eq + Hash + Clone, V: Clone, const SHARDS: usize> Sharded<K, V, SHARDS> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.shards[shard::<K, SHARDS>(key)].get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        Arc::make_mut(&mut self.shards[shard::<K, SHARDS>(key)]).get_mut(key)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let shard = shard::<K, SHARDS>(&key);
        let before = Arc::make_mut(&mut self.shards[shard]).insert(key, value);
        self.len += usize::from(before.is_none());
        before
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let removed = Arc::make_mut(&mut self.shards[shard::<K, SHARDS>(key)]).remove(key);
        self.len -= usize::from(removed.is_some());
        removed
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.shards.iter().flat_map(|shard| shard.iter())
    }
}

/// Bits from the middle: the map inside uses the lowest and the highest.
fn shard<K: Hash, const SHARDS: usize>(key: &K) -> usize {
    let middle = FxBuildHasher.hash_one(key) >> 24;
    usize::try_from(middle).unwrap_or_default() & (SHARDS - 1)
}

#[cfg(test)]
mod tests {
    use super::Sharded;

    #[test]
    fn a_clone_keeps_what_it_had_when_the_original_changes() {
        let mut map = Sharded::<u128, u32, 8>::default();
        for key in 0..100 {
            map.insert(key, 1);
        }
        let copy = map.clone();
        map.remove(&1);
        *map.get_mut(&2).expect("it was inserted") = 7;
        assert_eq!((map.len(), map.get(&1), map.get(&2)), (99, None, Some(&7)));
        assert_eq!((copy.len(), copy.get(&1), copy.get(&2)), (100, Some(&1), Some(&1)));
        assert_eq!(copy.iter().count(), 100);
    }

    #[test]
    fn counting_ids_and_random_ids_spread_over_the_shards() {
        for step in [1u128, 1 << 64, 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834] {
            let mut map = Sharded::<u128, (), 64>::default();
            for number in 0..6_400u128 {
                map.insert(number.wrapping_mul(step), ());
            }
            let fullest = map.shards.iter().map(|shard| shard.len()).max();
            assert!(fullest < Some(400), "{step:x}: {fullest:?}");
        }
    }
}
