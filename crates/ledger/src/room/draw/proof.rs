//! That a place is in the tree: the nodes beside the way from its leaf to the root.

use serde::{Deserialize, Serialize};

use super::{Hash, node, root};

/// The nodes beside the way, from the leaf up. For ten million places they are 768 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    pub(super) path: Vec<Hash>,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// No such place took part.
    #[error("the place did not take part in the draw")]
    NoSuchPlace,
    /// It is not whole hashes, or not as many as the tree is high.
    #[error("the proof has the wrong length")]
    Length,
    /// It leads somewhere else: the leaf, the place, the proof or the root is not the one.
    #[error("the proof does not lead to the published root")]
    Root,
}

impl Proof {
    /// As it is sent: one hash after the other.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.path.concat()
    }

    /// As it was sent.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProofFault> {
        let (path, rest) = bytes.as_chunks::<32>();
        // Nothing is as high as a number of places has bits.
        if !rest.is_empty() || path.len() > 64 {
            return Err(ProofFault::Length);
        }
        Ok(Self { path: path.to_vec() })
    }

    /// Checks that the leaf at a place is one of those that gave this root.
    pub fn verify(
        &self,
        place: u64,
        leaf: &Hash,
        places: u64,
        expected: &Hash,
    ) -> Result<(), ProofFault> {
        if place >= places {
            return Err(ProofFault::NoSuchPlace);
        }
        let mut path = self.path.iter();
        let mut at = *leaf;
        for height in 0.. {
            let count = nodes_at(places, height);
            if count == 1 {
                break;
            }
            let index = place >> height;
            if index ^ 1 < count {
                let sibling = path.next().ok_or(ProofFault::Length)?;
                at = if index.is_multiple_of(2) { node(&at, sibling) } else { node(sibling, &at) };
            }
        }
        if path.next().is_some() {
            return Err(ProofFault::Length);
        }
        if root(places, &at) == *expected { Ok(()) } else { Err(ProofFault::Root) }
    }
}

/// Nodes of a height in a tree of so many leaves; at least one.
pub(super) fn nodes_at(places: u64, height: u32) -> u64 {
    let full = places.checked_shr(height).unwrap_or(0);
    let ragged = full.checked_shl(height).unwrap_or(0) != places;
    full + u64::from(ragged)
}
