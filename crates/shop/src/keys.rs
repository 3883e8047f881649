//! Every key of the shop, derived from one master secret.
//!
//! Each use has a key of its own (HKDF-SHA256), so that what one part signs, no other part believes.

use frontrow_ledger::room::{KeyId as SealId, SealKeys};
use frontrow_payments::webhook::WebhookSecret;
use frontrow_tickets::keys::{KeyId, SigningKey, VerifyingKeys};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use uuid::Uuid;

/// Bytes of the master secret.
pub const MASTER_BYTES: usize = 32;

/// A derived key.
type Key = SecretBox<[u8; 32]>;

/// The keys of one shop. The same master secret gives the same keys on every replica.
pub struct Keys {
    buyer: Key,
    order_link: Key,
    cart: Key,
    id: Key,
    form: Key,
    webhook: Key,
    print: Key,
    room: Key,
    seals: SealKeys,
    board: ed25519_dalek::SigningKey,
    signing: SigningKey,
}

impl Keys {
    /// Derives every key.
    pub fn derive(master: &SecretBox<[u8; MASTER_BYTES]>) -> Self {
        let hkdf = Hkdf::<Sha256>::new(None, master.expose_secret());
        let key = |purpose: &str| {
            let mut key = Box::new([0; 32]);
            hkdf.expand(format!("frontrow/{purpose}/1").as_bytes(), key.as_mut_slice())
                .expect("32 bytes is a length that HKDF gives");
            SecretBox::new(key)
        };
        Self {
            buyer: key("buyer"),
            order_link: key("order-link"),
            cart: key("cart"),
            id: key("id"),
            form: key("form"),
            webhook: key("webhook"),
            print: key("print"),
            room: key("room"),
            seals: SealKeys::new((SealId(1), key("room-seal").expose_secret()), &[]),
            board: ed25519_dalek::SigningKey::from_bytes(key("room-board").expose_secret()),
            signing: SigningKey::derive(KeyId(1), key("tickets").expose_secret()),
        }
    }

    /// Signs tickets.
    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// What gates need to check tickets.
    pub fn verifying(&self) -> VerifyingKeys {
        VerifyingKeys::new([self.signing.verifying_key()])
    }

    /// Signs what the built-in test bank tells the shop.
    pub fn webhook(&self) -> WebhookSecret {
        WebhookSecret::new(self.webhook.expose_secret().to_vec())
    }

    /// Signs forms and cookies of the pages.
    pub fn form(&self) -> &SecretBox<[u8; 32]> {
        &self.form
    }

    /// Tells one secret from another without telling anything about either.
    pub fn print(&self) -> String {
        let [a, b, c, d, ..] = self.print.expose_secret();
        hex::encode([a, b, c, d].map(|byte| *byte))
    }

    /// Seals receipts and passes of waiting rooms.
    pub fn seals(&self) -> &SealKeys {
        &self.seals
    }

    /// Signs what waiting fans poll.
    pub fn board(&self) -> &ed25519_dalek::SigningKey {
        &self.board
    }

    /// The secret of a room's draw, of which only the hash is known before it is drawn.
    pub(crate) fn room_seed(&self, performance: Uuid) -> [u8; 32] {
        self.room_mac(&[b"seed", performance.as_bytes()])
    }

    /// Keeps strangers from choosing fan keys that crowd in one place of memory.
    pub(crate) fn room_salt(&self, performance: Uuid) -> u128 {
        half(&self.room_mac(&[b"salt", performance.as_bytes()]))
    }

    pub(crate) fn room_mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.room, parts)
    }

    pub(crate) fn buyer_mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.buyer, parts)
    }

    pub(crate) fn order_link_mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.order_link, parts)
    }

    pub(crate) fn cart_mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.cart, parts)
    }

    pub(crate) fn id_mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.id, parts)
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

/// Each part with its length, so that no two lists of parts are the same bytes.
fn mac(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret())
        .expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The first half of a MAC as a number: an id that follows from what it names.
pub(crate) fn half(mac: &[u8; 32]) -> u128 {
    let (half, _) = mac.split_first_chunk::<16>().expect("32 bytes have a first half");
    u128::from_be_bytes(*half)
}
