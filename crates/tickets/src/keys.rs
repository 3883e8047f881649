//! The keys of ticket barcodes: one signs, several are believed.
//!
//! Rotation: publish the new key, wait until every scanner has fetched it, sign with it, and keep
//! publishing the old one until the last ticket that it signed is over.

use std::{collections::BTreeMap, fmt};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{
    barcode::{self, Barcode, Ticket},
    limits::{KEY_DOCUMENT_BYTES_MAX, KEYS_MAX},
};

/// Names a key in a barcode. An id is never used for two keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub u16);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The secret half of a key.
pub struct SigningKey {
    id: KeyId,
    key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// The key with this RFC 8032 secret.
    pub fn from_seed(id: KeyId, seed: &[u8; 32]) -> Self {
        Self { id, key: ed25519_dalek::SigningKey::from_bytes(seed) }
    }

    /// The key with this id under a shop's one secret: each id gives an independent key, so
    /// rotation needs no new secret.
    pub fn derive(id: KeyId, secret: &[u8; 32]) -> Self {
        let mut seed = [0; 32];
        Hkdf::<Sha256>::new(None, secret)
            .expand_multi_info(&[b"frontrow ticket signing key ", &id.0.to_be_bytes()], &mut seed)
            .expect("32 bytes is a length that HKDF gives");
        Self::from_seed(id, &seed)
    }

    /// Its name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The half that scanners get.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey { id: self.id, key: self.key.verifying_key() }
    }

    /// Signs a ticket; see [`barcode::sign`].
    pub fn sign(&self, ticket: &Ticket) -> Barcode {
        barcode::sign(self, ticket)
    }

    pub(crate) fn sign_bytes(&self, bytes: &[u8]) -> [u8; 64] {
        self.key.sign(bytes).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, ..)", self.id)
    }
}

/// The public half of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    id: KeyId,
    key: ed25519_dalek::VerifyingKey,
}

impl VerifyingKey {
    /// Its name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Strict: of the encodings of one signature exactly one is believed.
    pub(crate) fn has_signed(&self, bytes: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(bytes, &Signature::from_bytes(signature)).is_ok()
    }
}

/// The keys that a scanner believes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyingKeys(BTreeMap<KeyId, VerifyingKey>);

/// Why a key document cannot be used. Nothing of such a document is believed.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Not JSON, not a JWK set, or longer than any of ours.
    #[error("not a key document")]
    Malformed,
    /// A key that says it is for us is not 32 bytes of a sound Ed25519 key with an id.
    #[error("key {kid:?} is not an Ed25519 key with a number from 0 to 65535 as its id")]
    BadKey {
        /// As written.
        kid: String,
    },
    /// One name for two keys.
    #[error("key {0} is there twice")]
    Duplicate(KeyId),
    /// More keys than a scanner keeps.
    #[error("more than {KEYS_MAX} keys")]
    TooMany,
}

impl VerifyingKeys {
    /// These keys. Of two with one id the later counts.
    pub fn new(keys: impl IntoIterator<Item = VerifyingKey>) -> Self {
        Self(keys.into_iter().map(|key| (key.id, key)).collect())
    }

    /// The key with this id.
    pub fn get(&self, id: KeyId) -> Option<&VerifyingKey> {
        self.0.get(&id)
    }

    /// The document to hand to scanners: a JWK set (RFC 7517 with the Ed25519 keys of RFC 8037),
    /// ordered by id, the same text for the same keys.
    pub fn public_keys(&self) -> String {
        let keys = self.0.values().map(|key| Jwk {
            kty: "OKP".to_owned(),
            crv: Some("Ed25519".to_owned()),
            usage: Some("sig".to_owned()),
            alg: Some("EdDSA".to_owned()),
            kid: Some(key.id.to_string()),
            x: Some(BASE64_URL_SAFE_NO_PAD.encode(key.key.as_bytes())),
        });
        serde_json::to_string(&Jwks { keys: keys.collect() }).expect("plain strings become JSON")
    }

    /// Reads what [`Self::public_keys`] wrote. Keys of other kinds and members that we do not know
    /// are skipped; one unsound key of our kind refuses the whole document.
    pub fn parse(document: &str) -> Result<Self, KeysError> {
        if document.len() > KEY_DOCUMENT_BYTES_MAX {
            return Err(KeysError::Malformed);
        }
        let set: Jwks = serde_json::from_str(document).map_err(|_| KeysError::Malformed)?;
        let mut keys = BTreeMap::new();
        for jwk in set.keys.iter().filter(|jwk| jwk.is_ours()) {
            let key = jwk
                .read()
                .ok_or_else(|| KeysError::BadKey { kid: jwk.kid.clone().unwrap_or_default() })?;
            let id = key.id;
            if keys.insert(id, key).is_some() {
                return Err(KeysError::Duplicate(id));
            }
        }
        if keys.len() > KEYS_MAX { Err(KeysError::TooMany) } else { Ok(Self(keys)) }
    }
}

#[derive(Serialize, Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

#[derive(Serialize, Deserialize)]
struct Jwk {
    kty: String,
    crv: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    kid: Option<String>,
    x: Option<String>,
}

impl Jwk {
    fn is_ours(&self) -> bool {
        self.kty == "OKP" && self.crv.as_deref() == Some("Ed25519")
    }

    fn read(&self) -> Option<VerifyingKey> {
        let kid = self.kid.as_deref()?;
        let id = KeyId(kid.parse().ok()?);
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(self.x.as_deref()?).ok()?;
        let key =
            ed25519_dalek::VerifyingKey::from_bytes(bytes.as_slice().try_into().ok()?).ok()?;
        let sound = !key.is_weak() && id.to_string() == kid;
        sound.then_some(VerifyingKey { id, key })
    }
}
