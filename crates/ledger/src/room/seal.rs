//! What proves that the shop wrote something: a keyed hash, checked by any replica without asking.
//!
//! HMAC-SHA-256, cut to [`SEAL`] bytes: whoever guesses needs 2^127 tries on average, each of them a
//! request. A receipt and a pass have keys of their own, derived from one secret, so that neither
//! can be shown as the other. Several keys are known at a time: the first seals, all of them open,
//! so rotation rejects nobody.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::limits::SEAL_KEYS_MAX;

/// Bytes of a seal.
pub(super) const SEAL: usize = 16;
/// The first byte of everything sealed.
const VERSION: u8 = 1;
/// Bytes before what is sealed: the version and the key's id.
const HEADER: usize = 3;

/// Names a secret, so that it can be told which one sealed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub u16);

/// Secrets that seal and open receipts and passes. Replicas have the same ones.
#[derive(Clone)]
pub struct SealKeys {
    /// The first one seals.
    keys: Vec<SealKey>,
}

#[derive(Clone)]
struct SealKey {
    id: KeyId,
    receipt: Hmac<Sha256>,
    pass: Hmac<Sha256>,
}

/// What is sealed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    Receipt,
    Pass,
}

/// Why something sealed is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSeal {
    /// It has not the length or the version of what it should be.
    #[error("this is no receipt or pass")]
    Malformed,
    /// None of the keys has this id: it was retired, or never was.
    #[error("the key {0:?} is not known")]
    UnknownKey(KeyId),
    /// Somebody else wrote it, or changed it.
    #[error("the seal is wrong")]
    Forged,
    /// It is of another sale.
    #[error("this is for another sale")]
    OtherSale,
    /// It is bound to another device.
    #[error("this is for another device")]
    OtherDevice,
    /// It was valid.
    #[error("the pass has ended")]
    Expired,
}

impl SealKeys {
    /// The keys by their ids, the one that seals first; at most
    /// [`SEAL_KEYS_MAX`] of them are kept.
    pub fn new(sealing: (KeyId, &[u8; 32]), others: &[(KeyId, &[u8; 32])]) -> Self {
        let all = std::iter::once(&sealing).chain(others).take(SEAL_KEYS_MAX);
        Self { keys: all.map(|(id, secret)| SealKey::new(*id, secret)).collect() }
    }

    /// Version, key id, body, seal.
    pub(super) fn seal<const BODY: usize>(
        &self,
        purpose: Purpose,
        body: &[u8; BODY],
        to: &mut [u8],
    ) {
        let key = self.keys.first().expect("there is always one that seals");
        let (header, rest) = to.split_at_mut(HEADER);
        header[0] = VERSION;
        header[1..].copy_from_slice(&key.id.0.to_be_bytes());
        let (written, seal) = rest.split_at_mut(BODY);
        written.copy_from_slice(body);
        let whole = key.mac(purpose).chain_update(body).finalize().into_bytes();
        seal.copy_from_slice(&whole[..SEAL]);
    }

    /// The body of something that was sealed, if it was. Takes as long for a seal that is wrong in
    /// its first bit as for one that is wrong in its last.
    pub(super) fn open<const BODY: usize>(
        &self,
        purpose: Purpose,
        sealed: &[u8],
    ) -> Result<[u8; BODY], BadSeal> {
        let (header, rest) = sealed.split_first_chunk::<HEADER>().ok_or(BadSeal::Malformed)?;
        let (body, seal) = rest.split_first_chunk::<BODY>().ok_or(BadSeal::Malformed)?;
        let [VERSION, id @ ..] = *header else { return Err(BadSeal::Malformed) };
        if seal.len() != SEAL {
            return Err(BadSeal::Malformed);
        }
        let id = KeyId(u16::from_be_bytes(id));
        let key = self.keys.iter().find(|key| key.id == id).ok_or(BadSeal::UnknownKey(id))?;
        let mac = key.mac(purpose).chain_update(body);
        mac.verify_truncated_left(seal).map_err(|_| BadSeal::Forged)?;
        Ok(*body)
    }
}

/// Bytes of something sealed around a body of so many.
pub(super) const fn sealed_bytes(body: usize) -> usize {
    HEADER + body + SEAL
}

impl SealKey {
    fn new(id: KeyId, secret: &[u8; 32]) -> Self {
        let derive = |purpose: &[u8]| {
            let key = keyed(secret).chain_update(purpose).finalize().into_bytes();
            keyed(&key)
        };
        // The id is under the seal too: in the key, so that a short body fits one block of the hash.
        let derive_of = |label: &[u8]| derive(&[label, &id.0.to_be_bytes()[..]].concat());
        Self {
            id,
            receipt: derive_of(b"frontrow room receipt v1"),
            pass: derive_of(b"frontrow room pass v1"),
        }
    }

    fn mac(&self, purpose: Purpose) -> Hmac<Sha256> {
        match purpose {
            Purpose::Receipt => self.receipt.clone(),
            Purpose::Pass => self.pass.clone(),
        }
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

impl std::fmt::Debug for SealKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| key.id)).finish()
    }
}
