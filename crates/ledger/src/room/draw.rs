//! The draw: a keyed permutation of everyone who came before the start, which anybody can check.
//!
//! Days ahead the shop publishes the [`commitment`] to a secret seed. When the sale starts, the
//! places taken so far are frozen in a [`Tree`], whose root is published; then the seed is opened,
//! and with it, and the public beacon if one was announced, [`Material::key`] gives the key of a
//! [`Permutation`], which says for each place its position in the queue. Nothing is kept for each
//! fan. `docs/fair-queue.md` specifies every byte; its test vectors are tests of this crate.

mod file;
mod permutation;
mod proof;
mod tree;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use file::{Beacon, Draw, DrawFault, is_beacon_name, unhex_array};
pub use permutation::{Permutation, ROUNDS};
pub use proof::{Proof, ProofFault};
pub use tree::Tree;

use crate::limits::BEACON_BYTES_MAX;

/// What SHA-256 gives.
pub type Hash = [u8; 32];
/// A sale's id: the 16 bytes of its UUID.
pub type SaleBytes = [u8; 16];

/// First bytes of what is hashed, one for each kind, so that no hash of one kind can be shown as one
/// of another. The first two are those of RFC 9162, section 2.1.1.
mod tag {
    pub(super) const LEAF: u8 = 0;
    pub(super) const NODE: u8 = 1;
    pub(super) const ROOT: u8 = 2;
    pub(super) const FAN: u8 = 3;
    pub(super) const KEY: u8 = 4;
    pub(super) const ROUND: u8 = 5;
}

/// Who took a place, as everybody may see it: meaningless without the fan key, different in every
/// sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FanDigest(pub [u8; 16]);

impl FanDigest {
    /// The digest of a fan key, which is 128 bits that nobody can guess.
    pub fn new(sale: &SaleBytes, fan_key: u128) -> Self {
        let hash = hash(tag::FAN, &[sale, &fan_key.to_be_bytes()]);
        let mut digest = [0; 16];
        digest.copy_from_slice(&hash[..16]);
        Self(digest)
    }
}

/// What is published ahead: the seed's plain SHA-256, which anybody can check by hand.
pub fn commitment(seed: &Hash) -> Hash {
    Sha256::digest(seed).into()
}

/// The tree's leaf of a place: it binds the place to who took it.
pub fn leaf(place: u64, fan: &FanDigest) -> Hash {
    hash(tag::LEAF, &[&place.to_be_bytes(), &fan.0])
}

/// Everything that the order depends on. None of its makers knows all of it before it is fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Material<'a> {
    /// Whose queue it is.
    pub sale: &'a SaleBytes,
    /// Places that take part.
    pub places: u64,
    /// [`Tree::root`] over their leaves.
    pub root: &'a Hash,
    /// The seed that opens the commitment; none if it was withheld and the announced fallback holds.
    pub seed: Option<&'a Hash>,
    /// The value of the announced beacon, at most [`BEACON_BYTES_MAX`]; none if none was announced.
    pub beacon: Option<&'a [u8]>,
}

impl Material<'_> {
    /// The key of the [`Permutation`]; none if the beacon's value is too long.
    pub fn key(&self) -> Option<Hash> {
        let beacon = self.beacon.unwrap_or_default();
        if beacon.len() > BEACON_BYTES_MAX {
            return None;
        }
        let beacon_bytes = u16::try_from(beacon.len()).ok()?.to_be_bytes();
        Some(hash(
            tag::KEY,
            &[
                self.sale,
                &self.places.to_be_bytes(),
                self.root,
                &[u8::from(self.seed.is_some())],
                self.seed.map_or(&[][..], |seed| seed),
                &[u8::from(self.beacon.is_some())],
                &beacon_bytes,
                beacon,
            ],
        ))
    }
}

fn hash(tag: u8, parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new_with_prefix([tag]);
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    hash(tag::NODE, &[left, right])
}

fn root(places: u64, top: &Hash) -> Hash {
    hash(tag::ROOT, &[&places.to_be_bytes(), top])
}

fn hash_of_nothing() -> Hash {
    Sha256::digest([]).into()
}
