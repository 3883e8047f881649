//! The Merkle tree over the places, of which only one node for every 256 leaves is kept.
//!
//! Its shape and its hashes are those of RFC 9162, section 2.1.1: nodes are paired level by level,
//! and a last one without a partner moves up unchanged. The root also binds how many leaves there
//! are. A proof needs the leaves of one block anew, which their owner has (a leaf is a place and a
//! fan key), so the tree takes a quarter of a byte a place.

use serde::{Deserialize, Serialize};

use super::{Hash, Proof, node, proof::nodes_at, root};

/// Leaves below each of the lowest nodes that are kept, as a power of two. A proof hashes so many
/// anew, some tens of microseconds.
const BLOCK_BITS: u32 = 8;
const BLOCK: u64 = 1 << BLOCK_BITS;

/// Grows by one leaf after the other and gives the root and proofs at any time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tree {
    places: u64,
    /// The leaves after the last full block.
    tail: Vec<Hash>,
    /// The nodes above full blocks, then those above two of them, and so on; only full ones.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree over these leaves.
    pub fn build(leaves: impl IntoIterator<Item = Hash>) -> Self {
        let mut tree = Self::default();
        for leaf in leaves {
            tree.push(leaf);
        }
        tree
    }

    /// The next place's leaf; amortised three hashes.
    pub fn push(&mut self, leaf: Hash) {
        self.places += 1;
        self.tail.push(leaf);
        if !self.places.is_multiple_of(BLOCK) {
            return;
        }
        let mut full = top(&self.tail);
        self.tail.clear();
        for level in &mut self.levels {
            level.push(full);
            let [.., left, right] = level.as_slice() else { return };
            if level.len() % 2 == 1 {
                return;
            }
            full = node(left, right);
        }
        self.levels.push(vec![full]);
    }

    /// Leaves so far.
    pub fn places(&self) -> u64 {
        self.places
    }

    /// What is published: it binds every leaf, their order and their number.
    pub fn root(&self) -> Hash {
        root(self.places, &self.ragged(u32::MAX).unwrap_or_else(|| top(&[])))
    }

    /// That a place's leaf is in the tree. The leaves of its block are asked for anew, in order, and
    /// must be those that were pushed, else the proof proves nothing. None for a place that is not
    /// in the tree.
    pub fn proof(&self, place: u64, leaf_at: impl Fn(u64) -> Hash) -> Option<Proof> {
        if place >= self.places {
            return None;
        }
        let first = place / BLOCK * BLOCK;
        let mut nodes: Vec<Hash> = (first..self.places.min(first + BLOCK)).map(leaf_at).collect();
        let mut path = Vec::new();
        for height in 0.. {
            let count = nodes_at(self.places, height);
            if count == 1 {
                break;
            }
            let sibling = (place >> height) ^ 1;
            if sibling < count {
                path.push(if height < BLOCK_BITS {
                    // A block starts at a left node of every height below its own.
                    *nodes.get(usize::try_from(sibling - (first >> height)).ok()?)?
                } else {
                    self.node_at(height, sibling)?
                });
            }
            nodes = pair(&nodes);
        }
        Some(Proof { path })
    }

    /// A node at or above the height of a block.
    fn node_at(&self, height: u32, index: u64) -> Option<Hash> {
        let level = self.levels.get(usize::try_from(height - BLOCK_BITS).ok()?);
        let full = level.and_then(|level| level.get(usize::try_from(index).ok()?));
        full.copied().or_else(|| self.ragged(height))
    }

    /// The last node of a height, which is not full: what is left of lower heights, from the
    /// smallest to the largest. None if nothing is.
    fn ragged(&self, height: u32) -> Option<Hash> {
        let tail = if self.tail.is_empty() { None } else { Some(top(&self.tail)) };
        self.levels.iter().zip(BLOCK_BITS..height).fold(tail, |right, (level, _)| {
            let left = if level.len() % 2 == 1 { level.last() } else { None };
            match (left, right) {
                (Some(left), Some(right)) => Some(node(left, &right)),
                (left, right) => left.copied().or(right),
            }
        })
    }
}

/// The top of a tree over a few leaves; over none it is the hash of nothing.
fn top(leaves: &[Hash]) -> Hash {
    let mut nodes = leaves.to_vec();
    while nodes.len() > 1 {
        nodes = pair(&nodes);
    }
    nodes.first().copied().unwrap_or_else(super::hash_of_nothing)
}

fn pair(nodes: &[Hash]) -> Vec<Hash> {
    nodes
        .chunks(2)
        .map(|pair| match pair {
            [left, right] => node(left, right),
            [alone] | [alone, ..] => *alone,
            [] => super::hash_of_nothing(),
        })
        .collect()
}
