//! A queue in shared pieces: first in, first forgotten, and cheap to clone.

use std::{collections::VecDeque, sync::Arc};

/// Entries of one piece: what is copied when a clone is written to, and what is kept a little
/// longer than asked.
const PIECE: usize = 64;

/// A first-in-first-out queue whose clone shares everything that is not written to. Entries are
/// numbered as they come.
#[derive(Debug, Clone)]
pub(crate) struct Fifo<T> {
    /// All full but the last; of the first, `gone` entries are out.
    pieces: VecDeque<Arc<Vec<T>>>,
    gone: usize,
    /// The number of the oldest entry that is in.
    first_number: u64,
    len: usize,
}

impl<T> Default for Fifo<T> {
    fn default() -> Self {
        Self::from_number(0)
    }
}

impl<T> Fifo<T> {
    /// An empty queue whose first entry will have this number.
    pub(crate) fn from_number(first_number: u64) -> Self {
        Self { pieces: VecDeque::new(), gone: 0, first_number, len: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The number of the oldest entry, or of the next one if there is none.
    pub(crate) fn first_number(&self) -> u64 {
        self.first_number
    }

    /// The entry of a number, if it is in.
    pub(crate) fn get(&self, number: u64) -> Option<&T> {
        let at = usize::try_from(number.checked_sub(self.first_number)?).ok()? + self.gone;
        self.pieces.get(at / PIECE)?.get(at % PIECE)
    }

    /// From the oldest to the newest.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flat_map(|piece| piece.iter()).skip(self.gone)
    }
}

impl<T: Clone> Fifo<T> {
    /// Adds an entry and tells its number.
    pub(crate) fn push(&mut self, entry: T) -> u64 {
        let number = self.first_number + u64::try_from(self.len).unwrap_or(0);
        self.len += 1;
        match self.pieces.back_mut() {
            Some(last) if last.len() < PIECE => Arc::make_mut(last).push(entry),
            _ => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(entry);
                self.pieces.push_back(Arc::new(piece));
            }
        }
        number
    }

    /// Takes the oldest entry out.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let first = self.pieces.front()?;
        let entry = first.get(self.gone)?.clone();
        self.gone += 1;
        self.first_number += 1;
        self.len -= 1;
        if self.gone == first.len() {
            self.pieces.pop_front();
            self.gone = 0;
        }
        Some(entry)
    }
}

impl<T: PartialEq> PartialEq for Fifo<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::{Fifo, PIECE};

    #[test]
    fn what_goes_in_comes_out_in_order_over_piece_borders() {
        let mut fifo = Fifo::from_number(7);
        let mut expected = std::collections::VecDeque::new();
        for number in 0..PIECE * 5 {
            assert_eq!(fifo.push(number), u64::try_from(number).unwrap() + 7);
            expected.push_back(number);
            if number % 3 != 0 {
                assert_eq!(fifo.pop(), expected.pop_front());
            }
            assert_eq!(fifo.get(fifo.first_number()), expected.front());
        }
        let copy = fifo.clone();
        assert_eq!(fifo.len(), expected.len());
        let last = fifo.first_number() + u64::try_from(fifo.len()).unwrap() - 1;
        assert_eq!(fifo.get(last), expected.back());
        assert_eq!(fifo.get(last + 1), None);
        assert_eq!(fifo.get(fifo.first_number() - 1), None);
        while let Some(next) = fifo.pop() {
            assert_eq!(Some(next), expected.pop_front());
        }
        assert!(expected.is_empty() && fifo.iter().next().is_none());
        assert_eq!(copy.iter().count(), copy.len());
        assert_ne!(copy, fifo);
    }
}
