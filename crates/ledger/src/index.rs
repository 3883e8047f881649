//! Where the entry of a hash lies: eight bytes an entry, in shared pieces.

use std::sync::Arc;

/// Pieces, a power of two.
const SHARDS: usize = 1_024;
/// Pieces that are shared together, so that a clone is few pointers.
const GROUP: usize = 32;
/// Slots of the smallest piece, a power of two.
const SLOTS_MIN: usize = 8;
/// Bits of an entry that say where; the others are bits of its hash.
const WHERE_BITS: u32 = 24;
/// Numbers that fit in those bits, all ones being taken for what is empty.
pub(crate) const NUMBERS: u64 = (1 << WHERE_BITS) - 1;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hashed(pub(crate) u64);

/// A multimap from hashes to numbers below [`NUMBERS`]. It keeps 40 bits of a hash, so whoever
/// finds looks whether it is what was looked for.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    groups: Vec<Arc<[Shard; GROUP]>>,
}

/// Open addressing: an entry is at the place its hash says, or after it without a gap.
#[derive(Debug, Clone, Default)]
struct Shard {
    /// None, or a power of two of them, at most three quarters of them used.
    slots: Arc<[u64]>,
    used: u32,
}

const EMPTY: u64 = u64::MAX;

impl Default for Index {
    fn default() -> Self {
        // All empty pieces are the same ones until they are written to.
        Self { groups: vec![Arc::default(); SHARDS / GROUP] }
    }
}

impl Index {
    /// The first number of this hash that is the one looked for.
    pub(crate) fn find(&self, hash: Hashed, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let shard = shard(hash);
        let slots = &self.groups[shard / GROUP][shard % GROUP].slots;
        let mut at = home(hash.0, slots.len());
        loop {
            match *slots.get(at)? {
                EMPTY => return None,
                entry if same_hash(entry, hash) && is_it(number(entry)) => {
                    return Some(number(entry));
                }
                _ => at = (at + 1) & (slots.len() - 1),
            }
        }
    }

    /// Adds a number that this hash does not have.
    pub(crate) fn insert(&mut self, hash: Hashed, number: u32) {
        assert!(u64::from(number) < NUMBERS, "an index of {NUMBERS} entries is full");
        let shard = self.shard_mut(hash);
        if usize::try_from(shard.used).unwrap_or(usize::MAX) >= shard.slots.len() / 4 * 3 {
            shard.grow();
        }
        shard.used += 1;
        put(Arc::make_mut(&mut shard.slots), hash.0 << WHERE_BITS | u64::from(number));
    }

    /// Removes a number that this hash has, and closes the gap.
    pub(crate) fn remove(&mut self, hash: Hashed, number: u32) {
        let shard = self.shard_mut(hash);
        let slots = Arc::make_mut(&mut shard.slots);
        let last = slots.len() - 1;
        let entry = hash.0 << WHERE_BITS | u64::from(number);
        let mut gap = home(hash.0, slots.len());
        while slots[gap] != entry {
            assert!(slots[gap] != EMPTY, "only what is there is removed");
            gap = (gap + 1) & last;
        }
        let mut at = gap;
        loop {
            at = (at + 1) & last;
            if slots[at] == EMPTY {
                break;
            }
            // Whoever is as far from home as from the gap, or farther, may move into it.
            let home = home(slots[at] >> WHERE_BITS, slots.len());
            if (at.wrapping_sub(home) & last) >= (at.wrapping_sub(gap) & last) {
                slots[gap] = slots[at];
                gap = at;
            }
        }
        slots[gap] = EMPTY;
        shard.used -= 1;
    }

    fn shard_mut(&mut self, hash: Hashed) -> &mut Shard {
        let shard = shard(hash);
        &mut Arc::make_mut(&mut self.groups[shard / GROUP])[shard % GROUP]
    }
}

impl Shard {
    fn grow(&mut self) {
        let mut slots = vec![EMPTY; (self.slots.len() * 2).max(SLOTS_MIN)];
        for entry in self.slots.iter().filter(|entry| **entry != EMPTY) {
            put(&mut slots, *entry);
        }
        self.slots = slots.into();
    }
}

fn put(slots: &mut [u64], entry: u64) {
    let mut at = home(entry >> WHERE_BITS, slots.len());
    while slots[at] != EMPTY {
        at = (at + 1) & (slots.len() - 1);
    }
    slots[at] = entry;
}

/// By the lowest bits, which an entry keeps.
fn home(hash: u64, slots: usize) -> usize {
    usize::try_from(hash & 0xffff_ffff).unwrap_or_default() & slots.wrapping_sub(1)
}

/// By the highest bits, which no entry needs to keep: all of its shard have them.
fn shard(hash: Hashed) -> usize {
    usize::try_from(hash.0 >> 32).unwrap_or_default() >> 22
}

fn same_hash(entry: u64, hash: Hashed) -> bool {
    (entry ^ (hash.0 << WHERE_BITS)) >> WHERE_BITS == 0
}

fn number(entry: u64) -> u32 {
    u32::try_from(entry & NUMBERS).unwrap_or(u32::MAX)
}

const _: () =
    assert!(SHARDS == 1 << 10 && SHARDS.is_multiple_of(GROUP) && SLOTS_MIN.is_power_of_two());

#[cfg(test)]
mod tests {
    use super::{Hashed, Index};

    /// A linear generator of hashes that differ in all bits.
    fn hashes() -> impl Iterator<Item = u64> {
        std::iter::successors(Some(1u64), |last| {
            Some(
                last.wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407),
            )
        })
    }

    #[test]
    fn what_is_inserted_is_found_until_it_is_removed() {
        let mut index = Index::default();
        // Few shards and few homes, so that entries crowd.
        let hash = |hash: u64| Hashed(hash & 0xc000_0000_0000_003f);
        let all: Vec<(u64, u32)> = hashes().zip(0..2_000).collect();
        for (bits, number) in &all {
            index.insert(hash(*bits), *number);
        }
        for (gone, (bits, number)) in all.iter().enumerate() {
            assert_eq!(index.find(hash(*bits), |found| found == *number), Some(*number));
            index.remove(hash(*bits), *number);
            assert_eq!(index.find(hash(*bits), |found| found == *number), None);
            for (bits, number) in all.iter().skip(gone + 1).step_by(97) {
                assert!(index.find(hash(*bits), |found| found == *number).is_some());
            }
        }
    }

    #[test]
    fn random_hashes_spread_over_the_shards() {
        let mut index = Index::default();
        for (hash, number) in hashes().zip(0..100_000) {
            index.insert(Hashed(hash), number);
        }
        let fullest =
            index.groups.iter().flat_map(|group| group.iter().map(|shard| shard.used)).max();
        assert!(fullest < Some(200), "{fullest:?}");
    }
}
