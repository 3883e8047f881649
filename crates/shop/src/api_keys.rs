//! Keys of organisers: made once, shown once, kept as a hash.
//!
//! A key is `frk_` and a prefix that finds it, a dot, and a secret of 256 random bits. Such a secret cannot be guessed,
//! so a plain hash of it is enough; slow hashing is for what people choose.

use frontrow_store::api_keys::ApiKey;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::{Result, Shop, random};

const MARK: &str = "frk_";
const PREFIX_DIGITS: usize = 12;
const SECRET_DIGITS: usize = 64;

impl Shop {
    /// Makes a key for an organisation. The answer is the only time that the key is seen.
    pub async fn create_api_key(&self, organisation: Uuid, name: &str) -> Result<String> {
        let mut bytes = [0; 38];
        self.inner.random.fill(&mut bytes);
        let digits = hex::encode(bytes);
        let (prefix, secret) = digits.split_at(PREFIX_DIGITS);
        let now = self.now();
        let key = ApiKey {
            id: random::uuid(&*self.inner.random, now),
            organisation_id: organisation,
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            secret_hash: Sha256::digest(secret.as_bytes()).into(),
            created_at: now,
            revoked_at: None,
        };
        self.inner.store.create_api_key(&key).await?;
        Ok(format!("{MARK}{prefix}.{secret}"))
    }

    /// A key that an organiser shows; `None` if it is nobody's, or was revoked.
    pub async fn api_key(&self, key: &str) -> Result<Option<ApiKey>> {
        let Some((prefix, secret)) = key.strip_prefix(MARK).and_then(|rest| rest.split_once('.'))
        else {
            return Ok(None);
        };
        if prefix.len() != PREFIX_DIGITS || secret.len() != SECRET_DIGITS {
            return Ok(None);
        }
        let Some(known) = self.live_api_key(prefix).await? else {
            return Ok(None);
        };
        let hash: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
        Ok(bool::from(hash.ct_eq(&known.secret_hash)).then_some(known))
    }

    /// The key with this prefix, for whoever has shown it before; `None` if it was revoked meanwhile.
    pub async fn live_api_key(&self, prefix: &str) -> Result<Option<ApiKey>> {
        let known = self.inner.store.api_key_by_prefix(prefix).await?;
        Ok(known.filter(|known| known.revoked_at.is_none()))
    }
}
