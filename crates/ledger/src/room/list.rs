//! A list that only grows, in pieces that clones share until they write to one.
//!
//! Ten million entries are not copied to make room for one more, and a piece with the header of its
//! allocation fits the 64 kB that allocators hand out whole.

use std::sync::Arc;

/// Bytes of a full piece, a little less than 64 kB.
const PIECE_BYTES: usize = 64_000;
/// Entries of a piece when its first one comes.
const SMALLEST: usize = 16;

/// Entries by number, from 0 on without a gap.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct List<T> {
    /// All full but the last.
    pieces: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { pieces: Vec::new(), len: 0 }
    }
}

impl<T: Copy> List<T> {
    /// Entries of a full piece.
    pub(crate) const PIECE: usize = PIECE_BYTES / size_of::<T>();

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, number: usize) -> Option<&T> {
        self.pieces.get(number / Self::PIECE)?.get(number % Self::PIECE)
    }

    pub(crate) fn last(&self) -> Option<&T> {
        self.pieces.last()?.last()
    }

    pub(crate) fn push(&mut self, entry: T) {
        if self.len.is_multiple_of(Self::PIECE) {
            self.pieces.push(Arc::new(Vec::new()));
        }
        let piece =
            Arc::make_mut(self.pieces.last_mut().expect("a piece was added if all were full"));
        if piece.len() == piece.capacity() {
            piece.reserve_exact(piece.len().max(SMALLEST).min(Self::PIECE - piece.len()));
        }
        piece.push(entry);
        self.len += 1;
    }

    /// From the first to the last, in long runs.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &[T]> {
        self.pieces.iter().map(|piece| piece.as_slice())
    }

    /// All of them, each full but the last.
    pub(crate) fn pieces(&self) -> &[Arc<Vec<T>>] {
        &self.pieces
    }

    /// A list of such pieces; none if another than the last is not full.
    pub(crate) fn from_pieces(pieces: Vec<Arc<Vec<T>>>) -> Option<Self> {
        let len = pieces.iter().map(|piece| piece.len()).sum();
        let (last, full) = pieces.split_last().map_or((0, &[][..]), |(it, full)| (it.len(), full));
        let whole = full.iter().all(|piece| piece.len() == Self::PIECE) && last <= Self::PIECE;
        (whole && (last > 0 || pieces.is_empty())).then_some(Self { pieces, len })
    }

    /// How many entries at the front are so, if all that are come before all that are not.
    pub(crate) fn partition_point(&self, is_so: impl Fn(&T) -> bool) -> usize {
        let piece = self.pieces.partition_point(|piece| piece.last().is_some_and(&is_so));
        let inside = self.pieces.get(piece).map_or(0, |piece| piece.partition_point(&is_so));
        (piece * Self::PIECE + inside).min(self.len)
    }

    /// Bytes of memory, without what the allocator adds.
    pub(crate) fn memory_bytes(&self) -> usize {
        let pieces = self.pieces.iter().map(|piece| piece.capacity() * size_of::<T>());
        let headers = self.pieces.len() * (size_of::<Vec<T>>() + 2 * size_of::<usize>());
        pieces.sum::<usize>() + headers + self.pieces.capacity() * size_of::<Arc<Vec<T>>>()
    }
}

#[cfg(test)]
mod tests {
    use super::List;

    #[test]
    fn entries_stay_where_they_are_and_clones_keep_what_they_had() {
        let mut pieces = List::<u128>::default();
        let mut before = pieces.clone();
        for number in 0..10_000u128 {
            assert_eq!(pieces.len(), usize::try_from(number).unwrap());
            pieces.push(number * 2);
            if number == 4_321 {
                before = pieces.clone();
            }
        }
        assert_eq!((before.len(), before.last()), (4_322, Some(&8_642)));
        assert_eq!((pieces.get(9_999), pieces.get(10_000)), (Some(&19_998), None));
        assert_eq!(pieces.runs().map(<[_]>::len).sum::<usize>(), 10_000);
        for bound in [0, 1, 7_999, 8_000, 8_001, 15_000, 20_000] {
            let below = usize::try_from(bound).unwrap().div_ceil(2).min(10_000);
            assert_eq!(pieces.partition_point(|entry| *entry < bound), below);
        }
        assert!(pieces.memory_bytes() < 10_000 * 16 + 2 * 64_000);
    }
}
