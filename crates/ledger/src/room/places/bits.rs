//! A set of places, one bit each, in pieces that clones share.

use std::sync::Arc;

/// Words of a piece: four kilobytes.
const PIECE: usize = 512;

/// All that was never set is not in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Bits {
    pieces: Vec<Arc<[u64; PIECE]>>,
}

impl Bits {
    pub(super) fn get(&self, bit: usize) -> bool {
        let piece = self.pieces.get(bit / 64 / PIECE);
        piece.is_some_and(|piece| piece[bit / 64 % PIECE] >> (bit % 64) & 1 == 1)
    }

    pub(super) fn set(&mut self, bit: usize) {
        *self.word(bit / 64) |= 1 << (bit % 64);
    }

    /// All words up to the end of the last piece.
    pub(super) fn words(&self) -> impl Iterator<Item = u64> {
        self.pieces.iter().flat_map(|piece| piece.iter().copied())
    }

    pub(super) fn from_words(words: &[u64]) -> Self {
        let mut bits = Self::default();
        for (at, word) in words.iter().enumerate().filter(|(_, word)| **word != 0) {
            *bits.word(at) = *word;
        }
        bits
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.pieces.len() * (PIECE * 8 + 16) + self.pieces.capacity() * 8
    }

    fn word(&mut self, at: usize) -> &mut u64 {
        let piece = at / PIECE;
        if piece >= self.pieces.len() {
            // Pieces without any bit are one.
            self.pieces.resize(piece + 1, Arc::new([0; PIECE]));
        }
        &mut Arc::make_mut(&mut self.pieces[piece])[at % PIECE]
    }
}
