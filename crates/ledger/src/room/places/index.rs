//! Where the place of a fan key is: one number of four bytes a fan, in small pieces.
//!
//! A piece grows by itself and by a quarter at the most, so the whole never stands still to grow,
//! and at most three slots of ten are empty. Sizes are those that allocators hand out, their header
//! included.

use std::sync::Arc;

use crate::limits::ROOM_PLACES_MAX;

/// Pieces, a power of two.
const SHARDS: usize = 1 << SHARD_BITS;
const SHARD_BITS: u32 = 12;
/// Pieces that are shared together, so that a clone is few pointers.
const GROUP: usize = 64;
/// Bits of a slot that are a place; the others are bits of its hash.
const PLACE_BITS: u32 = 24;
const PLACE_MASK: u32 = (1 << PLACE_BITS) - 1;
const EMPTY: u32 = u32::MAX;
/// Slots that the header of an allocation takes.
const HEADER: usize = 4;

/// A set of places that are found by the hash of their fan key. It keeps only some bits of a hash,
/// so whoever finds looks whether it is what was looked for.
#[derive(Debug, Clone)]
pub(super) struct Index {
    groups: Vec<Arc<[Shard; GROUP]>>,
}

/// Open addressing: a place is at its home, or after it without a gap.
#[derive(Debug, Clone, Default)]
struct Shard {
    slots: Arc<[u32]>,
    used: usize,
}

impl Default for Index {
    fn default() -> Self {
        // All groups are the same empty one until they are written to.
        let empty = Arc::new(std::array::from_fn(|_| Shard::default()));
        Self { groups: vec![empty; SHARDS / GROUP] }
    }
}

impl Index {
    /// The first place of this hash that is the one looked for.
    pub(super) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let shard = shard(hash);
        let slots = &self.groups[shard / GROUP][shard % GROUP].slots;
        let mut at = home(hash, slots.len());
        loop {
            match *slots.get(at)? {
                EMPTY => return None,
                slot if slot >> PLACE_BITS == tag(hash) && is_it(slot & PLACE_MASK) => {
                    return Some(slot & PLACE_MASK);
                }
                _ => at = after(at, slots.len()),
            }
        }
    }

    /// Adds a place that is not there. `hash_of` knows the hashes of those that are.
    pub(super) fn insert(&mut self, hash: u64, place: u32, hash_of: impl Fn(u32) -> u64) {
        assert!(place < ROOM_PLACES_MAX, "place {place} is beyond the last one");
        let shard = shard(hash);
        let shard = &mut Arc::make_mut(&mut self.groups[shard / GROUP])[shard % GROUP];
        shard.used += 1;
        if shard.used * 8 > shard.slots.len() * 7 {
            shard.grow(hash_of);
        }
        put(Arc::make_mut(&mut shard.slots), hash, place);
    }

    /// Bytes of memory, without what the allocator adds.
    pub(super) fn memory_bytes(&self) -> usize {
        let written = |group: &&Arc<[Shard; GROUP]>| group.iter().any(|shard| shard.used > 0);
        let groups = self.groups.iter().filter(written).map(|group| {
            let slots = group.iter().map(|shard| (shard.slots.len() + HEADER) * 4);
            slots.sum::<usize>() + size_of::<[Shard; GROUP]>() + 16
        });
        groups.sum::<usize>() + self.groups.len() * size_of::<Arc<[Shard; GROUP]>>()
    }
}

impl Shard {
    fn grow(&mut self, hash_of: impl Fn(u32) -> u64) {
        let mut slots = vec![EMPTY; larger(self.slots.len())];
        for slot in self.slots.iter().filter(|slot| **slot != EMPTY) {
            let place = *slot & PLACE_MASK;
            put(&mut slots, hash_of(place), place);
        }
        self.slots = slots.into();
    }
}

/// The next size: four steps from one power of two to the next, less the header. Never so small that
/// one more place would leave no slot empty.
fn larger(slots: usize) -> usize {
    if slots == 0 {
        return HEADER;
    }
    let whole = slots + HEADER;
    whole + (whole.next_power_of_two() / if whole.is_power_of_two() { 4 } else { 8 }) - HEADER
}

fn put(slots: &mut [u32], hash: u64, place: u32) {
    let mut at = home(hash, slots.len());
    while slots[at] != EMPTY {
        at = after(at, slots.len());
    }
    slots[at] = tag(hash) << PLACE_BITS | place;
}

/// By the highest bits.
fn shard(hash: u64) -> usize {
    usize::try_from(hash >> (64 - SHARD_BITS)).unwrap_or_default()
}

/// By 32 bits below those, as a fraction of all slots.
fn home(hash: u64, slots: usize) -> usize {
    let fraction = (hash >> (32 - SHARD_BITS)) & 0xffff_ffff;
    let slots = u64::try_from(slots).unwrap_or_default();
    usize::try_from((fraction * slots) >> 32).unwrap_or_default()
}

/// By the lowest bits.
fn tag(hash: u64) -> u32 {
    u32::try_from(hash & 0xff).unwrap_or_default()
}

fn after(at: usize, slots: usize) -> usize {
    if at + 1 == slots { 0 } else { at + 1 }
}

const _: () = assert!(ROOM_PLACES_MAX <= PLACE_MASK && SHARDS.is_multiple_of(GROUP));

#[cfg(test)]
mod tests {
    use super::{Index, SHARD_BITS, larger};

    #[test]
    fn pieces_grow_by_a_quarter_at_the_most() {
        let sizes: Vec<_> =
            std::iter::successors(Some(0), |slots| Some(larger(*slots))).take(10).collect();
        assert_eq!(sizes, [0, 4, 6, 8, 10, 12, 16, 20, 24, 28]);
    }

    #[test]
    fn what_crowds_in_one_piece_is_found() {
        let mut index = Index::default();
        // One shard, four homes, two tags.
        let hash = |place: u32| {
            let place = u64::from(place);
            7 << (64 - SHARD_BITS) | (place % 4) << (62 - SHARD_BITS) | (place % 2)
        };
        for place in 0..500 {
            assert_eq!(index.find(hash(place), |found| found == place), None);
            index.insert(hash(place), place, hash);
        }
        for place in 0..500 {
            assert_eq!(index.find(hash(place), |found| found == place), Some(place));
        }
        assert_eq!(index.find(hash(1), |found| found == 500), None);
    }
}
