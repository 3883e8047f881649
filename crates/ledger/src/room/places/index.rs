//! Where the place of a fan key is: one slot of five bytes a fan, in small pieces.
//!
//! A piece grows by itself and by a quarter at the most, so the whole never stands still to grow,
//! and at most three slots of ten are empty. A slot knows enough of its hash to find its home in a
//! larger piece: the fan keys themselves are far apart in memory, and reading them again would take
//! longer than everything else.

use std::sync::Arc;

use crate::limits::ROOM_PLACES_MAX;

/// Pieces, a power of two.
const SHARDS: usize = 1 << SHARD_BITS;
const SHARD_BITS: u32 = 12;
/// Pieces that are shared together, so that a clone is few pointers.
const GROUP: usize = 64;
/// What is under a hash: a place in the lower three bytes, sixteen bits of the hash above.
type Slot = [u8; 5];
const EMPTY: Slot = [u8::MAX; 5];
const PLACE_BITS: u32 = 24;
const PLACE_MASK: u64 = (1 << PLACE_BITS) - 1;
/// Slots of the smallest piece, and the least by which one grows.
const SLOTS_MIN: usize = 4;

/// A set of places that are found by the hash of their fan key. It keeps only some bits of a hash,
/// so whoever finds looks whether it is what was looked for.
#[derive(Clone)]
pub(super) struct Index {
    groups: Vec<Arc<[Shard; GROUP]>>,
}

/// Open addressing: a place is at its home, or after it without a gap.
#[derive(Debug, Clone, Default)]
struct Shard {
    slots: Arc<[Slot]>,
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
        let mut at = home(tag(hash), slots.len());
        loop {
            match *slots.get(at)? {
                EMPTY => return None,
                slot if tag_in(slot) == tag(hash) && is_it(place_in(slot)) => {
                    return Some(place_in(slot));
                }
                _ => at = after(at, slots.len()),
            }
        }
    }

    /// Adds a place that is not there.
    pub(super) fn insert(&mut self, hash: u64, place: u32) {
        assert!(place < ROOM_PLACES_MAX, "place {place} is beyond the last one");
        let shard = shard(hash);
        let shard = &mut Arc::make_mut(&mut self.groups[shard / GROUP])[shard % GROUP];
        shard.used += 1;
        if shard.used * 8 > shard.slots.len() * 7 {
            shard.grow();
        }
        put(Arc::make_mut(&mut shard.slots), slot(tag(hash), place));
    }

    /// Bytes of memory, without what the allocator adds.
    pub(super) fn memory_bytes(&self) -> usize {
        let written = |group: &&Arc<[Shard; GROUP]>| group.iter().any(|shard| shard.used > 0);
        let groups = self.groups.iter().filter(written).map(|group| {
            let slots = group.iter().map(|shard| size_of_val(&*shard.slots) + 16);
            slots.sum::<usize>() + size_of::<[Shard; GROUP]>() + 16
        });
        groups.sum::<usize>() + self.groups.len() * size_of::<Arc<[Shard; GROUP]>>()
    }
}

/// Only how much there is: it follows from the fans, who are told.
impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let used: usize = self.groups.iter().flat_map(|group| group.iter()).map(|it| it.used).sum();
        f.debug_struct("Index").field("used", &used).finish_non_exhaustive()
    }
}

impl Shard {
    fn grow(&mut self) {
        let mut slots = vec![EMPTY; larger(self.slots.len())];
        for slot in self.slots.iter().filter(|slot| **slot != EMPTY) {
            put(&mut slots, *slot);
        }
        self.slots = slots.into();
    }
}

/// The next size: four steps from one power of two to the next.
fn larger(slots: usize) -> usize {
    let power = (slots + 1).next_power_of_two() / 2;
    slots + (power / 4).max(SLOTS_MIN)
}

fn put(slots: &mut [Slot], slot: Slot) {
    let mut at = home(tag_in(slot), slots.len());
    while slots[at] != EMPTY {
        at = after(at, slots.len());
    }
    slots[at] = slot;
}

/// By the highest bits.
fn shard(hash: u64) -> usize {
    usize::try_from(hash >> (64 - SHARD_BITS)).unwrap_or_default()
}

/// The sixteen bits below those: what a slot keeps.
fn tag(hash: u64) -> u64 {
    (hash >> (48 - SHARD_BITS)) & 0xffff
}

/// The tag as a fraction of all slots.
fn home(tag: u64, slots: usize) -> usize {
    let slots = u64::try_from(slots).unwrap_or_default();
    usize::try_from((tag * slots) >> 16).unwrap_or_default()
}

fn slot(tag: u64, place: u32) -> Slot {
    let bytes = (tag << PLACE_BITS | u64::from(place)).to_le_bytes();
    std::array::from_fn(|at| bytes[at])
}

fn number(slot: Slot) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|at| slot.get(at).copied().unwrap_or(0)))
}

fn tag_in(slot: Slot) -> u64 {
    number(slot) >> PLACE_BITS
}

fn place_in(slot: Slot) -> u32 {
    u32::try_from(number(slot) & PLACE_MASK).unwrap_or_default()
}

fn after(at: usize, slots: usize) -> usize {
    if at + 1 == slots { 0 } else { at + 1 }
}

// No place has all bits set, so no slot in use looks empty.
const _: () = assert!(ROOM_PLACES_MAX < (1 << PLACE_BITS) && SHARDS.is_multiple_of(GROUP));

#[cfg(test)]
mod tests {
    use super::{Index, SHARD_BITS, larger};

    #[test]
    fn pieces_grow_by_a_quarter_at_the_most() {
        let sizes: Vec<_> =
            std::iter::successors(Some(0), |slots| Some(larger(*slots))).take(10).collect();
        assert_eq!(sizes, [0, 4, 8, 12, 16, 20, 24, 28, 32, 40]);
    }

    #[test]
    fn what_crowds_in_one_piece_is_found() {
        let mut index = Index::default();
        // One shard, four homes, eight tags.
        let hash = |place: u32| {
            let place = u64::from(place);
            7 << (64 - SHARD_BITS)
                | (place % 4) << (62 - SHARD_BITS)
                | (place % 2) << (48 - SHARD_BITS)
        };
        for place in 0..500 {
            assert_eq!(index.find(hash(place), |found| found == place), None);
            index.insert(hash(place), place);
        }
        for place in 0..500 {
            assert_eq!(index.find(hash(place), |found| found == place), Some(place));
        }
        assert_eq!(index.find(hash(1), |found| found == 500), None);
    }
}
