//! The order: a keyed permutation of the places that gives one position without computing others.
//!
//! An alternating Feistel network over the numbers `[0, a) x [0, b)`, with `a` the root of the
//! number of places rounded up and `b` just large enough, and cycle walking for the few numbers too
//! many: Black and Rogaway, *Ciphers with Arbitrary Finite Domains* (CT-RSA 2002), methods 2 and 3.
//! Since `a * b` exceeds the number of places by less than `a`, hardly anybody walks.

use std::sync::Arc;

use super::{Hash, hash, tag};
use crate::limits::DRAW_PLACES_MAX;

/// Rounds of the network. The best generic attack on `r` rounds takes about `2^((r - 4) n)` steps
/// for halves of `n` bits (Patarin, *Generic Attacks on Feistel Schemes*, Asiacrypt 2001), for a
/// million places and 16 rounds more than the 2^100 of a good key; FF1 (NIST SP 800-38G) has 10.
/// More cost nothing here, as each round's function has few inputs and is tabulated.
pub const ROUNDS: u8 = 16;

/// A permutation of the places `[0, n)`: which position each has, and which place has a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permutation {
    places: u64,
    a: u64,
    b: u64,
    /// What each round adds for each value of the other half, `a` entries a round. For ten million
    /// places a fifth of a megabyte.
    steps: Arc<[u32]>,
}

impl Permutation {
    /// The permutation of a key; hashes `16 * sqrt(places)` times, some milliseconds for ten
    /// million. None for more than [`DRAW_PLACES_MAX`].
    pub fn new(key: &Hash, places: u64) -> Option<Self> {
        if places > DRAW_PLACES_MAX {
            return None;
        }
        let (a, b) = sides(places);
        let steps = (0..ROUNDS)
            .flat_map(|round| (0..a).map(move |other| (round, other)))
            .map(|(round, other)| {
                // An even round changes the half below `a` by the one below `b`, which is not above.
                step(key, round, other, if round % 2 == 0 { a } else { b })
            })
            .collect();
        Some(Self { places, a, b, steps })
    }

    /// How many places are in order.
    pub fn places(&self) -> u64 {
        self.places
    }

    /// The position of a place; none for a place that did not take part.
    pub fn position(&self, place: u64) -> Option<u64> {
        self.walk(place, Self::forth)
    }

    /// The place that has a position; none for a position beyond the draw.
    pub fn place(&self, position: u64) -> Option<u64> {
        self.walk(position, Self::back)
    }

    /// Steps along a cycle of the network until it is among the places again: it began there, so it
    /// comes back after fewer than `a` steps.
    fn walk(&self, from: u64, network: impl Fn(&Self, u64) -> u64) -> Option<u64> {
        if from >= self.places {
            return None;
        }
        let mut at = network(self, from);
        while at >= self.places {
            at = network(self, at);
        }
        Some(at)
    }

    fn forth(&self, at: u64) -> u64 {
        let (mut low, mut high) = (at % self.a, at / self.a);
        for round in 0..ROUNDS {
            if round % 2 == 0 {
                low = (low + self.step(round, high)) % self.a;
            } else {
                high = (high + self.step(round, low)) % self.b;
            }
        }
        high * self.a + low
    }

    fn back(&self, at: u64) -> u64 {
        let (mut low, mut high) = (at % self.a, at / self.a);
        for round in (0..ROUNDS).rev() {
            if round % 2 == 0 {
                low = (low + self.a - self.step(round, high)) % self.a;
            } else {
                high = (high + self.b - self.step(round, low)) % self.b;
            }
        }
        high * self.a + low
    }

    fn step(&self, round: u8, other: u64) -> u64 {
        let index = usize::try_from(u64::from(round) * self.a + other).unwrap_or(usize::MAX);
        u64::from(self.steps[index])
    }
}

/// `a` and `b`: the smallest square's side, and as few of its rows as hold all places.
fn sides(places: u64) -> (u64, u64) {
    let down = places.isqrt();
    let a = (down + u64::from(down * down < places)).max(1);
    (a, places.div_ceil(a).max(1))
}

/// The first eight bytes of a hash, reduced: no remainder is likelier than another by more than one
/// in `2^64 / modulus`, at least `2^50`.
fn step(key: &Hash, round: u8, other: u64, modulus: u64) -> u32 {
    let other = u32::try_from(other).expect("halves are below the root of DRAW_PLACES_MAX");
    let hash = hash(tag::ROUND, &[key, &[round], &other.to_be_bytes()]);
    let (first, _) = hash.split_first_chunk().expect("a hash has eight bytes");
    u32::try_from(u64::from_be_bytes(*first) % modulus).expect("a remainder of a small modulus")
}
