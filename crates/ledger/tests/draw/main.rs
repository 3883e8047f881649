//! The draw: everybody gets one position, every order is as likely as any other, and nothing that
//! was published can be changed unnoticed.
#![expect(clippy::unwrap_used, reason = "tests")]

mod chance;
mod file;
mod permutation;
mod tampering;
mod tree;
mod vectors;

use frontrow_ledger::room::draw::{FanDigest, Hash, SaleBytes, leaf};

/// Whose queue it is in these tests.
const SALE: SaleBytes = *b"a sale of a show";

/// A key, as unlike its neighbours as a draw's.
fn key(number: u64) -> Hash {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    frontrow_ledger::room::draw::commitment(&seed)
}

/// The leaf of a place in these tests.
fn leaf_at(place: u64) -> Hash {
    leaf(place, &FanDigest::new(&SALE, fan_key(place)))
}

/// The fan key of a place in these tests.
fn fan_key(place: u64) -> u128 {
    u128::from(place) << 64 | 7
}
