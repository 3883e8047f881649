//! Immutable bytes by their content: the drawing of a seating plan, as the seat map reads it.

use frontrow_ledger::Time;
use sea_orm::EntityTrait;
use sha2::{Digest, Sha256};

use crate::{Result, Store, entity::geometries, rows};

/// SHA-256 of some bytes; written as hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads what [`Display`](std::fmt::Display) wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        hex::decode_to_slice(text, &mut hash).ok()?;
        Some(Self(hash))
    }
}

impl std::fmt::Display for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl Store {
    /// Keeps these bytes for ever; the same bytes are kept once.
    pub async fn put_geometry(&self, content: &[u8], now: Time) -> Result<ContentHash> {
        let hash = ContentHash::of(content);
        let row = geometries::Model {
            hash: hash.0.to_vec(),
            content: content.to_vec(),
            created_at: now.0,
        };
        let write = self.write().await?;
        rows::insert_missing(&write.tx, vec![row]).await?;
        write.commit().await?;
        Ok(hash)
    }

    /// The bytes with this hash.
    pub async fn geometry(&self, hash: ContentHash) -> Result<Option<Vec<u8>>> {
        let row = geometries::Entity::find_by_id(hash.0.to_vec()).one(self.db()).await?;
        Ok(row.map(|row| row.content))
    }
}

#[cfg(test)]
mod tests {
    use super::ContentHash;

    #[test]
    fn a_hash_survives_its_text() {
        let hash = ContentHash::of(b"stage");
        assert_eq!(ContentHash::parse(&hash.to_string()), Some(hash));
        for text in ["", "00", &"z".repeat(64), &"é".repeat(32)] {
            assert_eq!(ContentHash::parse(text), None, "{text}");
        }
    }
}
