//! A queue in shared pieces: first in, first forgotten, and cheap to clone.

use std::{collections::VecDeque, sync::Arc};

/// Entries of one piece.
const PIECE: usize = 512;

/// A first-in-first-out queue whose clone shares everything that is not written to.
#[derive(Debug, Clone)]
pub(crate) struct Fifo<T> {
    /// All full but the last; of the first, `taken` entries are gone.
    pieces: VecDeque<Arc<Vec<T>>>,
    taken: usize,
    len: usize,
}

impl<T> Default for Fifo<T> {
    fn default() -> Self {
        Self { pieces: VecDeque::new(), taken: 0, len: 0 }
    }
}

impl<T: Copy> Fifo<T> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn push(&mut self, entry: T) {
        self.len += 1;
        match self.pieces.back_mut() {
            Some(last) if last.len() < PIECE => Arc::make_mut(last).push(entry),
            _ => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(entry);
                self.pieces.push_back(Arc::new(piece));
            }
        }
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let first = self.pieces.front()?;
        let entry = first.get(self.taken).copied()?;
        self.taken += 1;
        self.len -= 1;
        if self.taken == first.len() {
            self.pieces.pop_front();
            self.taken = 0;
        }
        Some(entry)
    }

    /// From the oldest to the newest.
    pub(crate) fn iter(&self) -> impl Iterator<Item = T> {
        self.pieces.iter().flat_map(|piece| piece.iter().copied()).skip(self.taken)
    }
}

impl<T: Copy + PartialEq> PartialEq for Fifo<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::{Fifo, PIECE};

    #[test]
    fn what_goes_in_comes_out_in_order_over_piece_borders() {
        let mut fifo = Fifo::default();
        let mut expected = std::collections::VecDeque::new();
        for number in 0..PIECE * 5 {
            fifo.push(number);
            expected.push_back(number);
            if number % 3 != 0 {
                assert_eq!(fifo.pop(), expected.pop_front());
            }
        }
        let copy = fifo.clone();
        assert_eq!(fifo.len(), expected.len());
        while let Some(next) = fifo.pop() {
            assert_eq!(Some(next), expected.pop_front());
        }
        assert!(expected.is_empty() && fifo.iter().next().is_none());
        assert_eq!(copy.iter().count(), copy.len());
        assert_ne!(copy, fifo);
    }
}
