//! What everybody who waits polls: a room's status with its signature, written once and sent to all.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use ed25519_dalek::{Signer as _, SigningKey};
use frontrow_ledger::room::Status;
use uuid::Uuid;

/// The boards of all rooms that a replica looks after, by performance.
pub type Boards = HashMap<Uuid, Board>;

/// Says what a signature is about, so that one made elsewhere cannot be shown here.
const CONTEXT: &[u8] = b"frontrow room status v1";

/// One room's status as it is sent: 64 bytes of Ed25519 (RFC 8032) over the context, the sale's id and the status; then
/// the status. The same status has the same bytes on every replica, signature included.
#[derive(Debug, Clone)]
pub struct Board {
    /// What is sent.
    pub bytes: Bytes,
    /// What it says.
    pub status: Arc<Status>,
}

impl Board {
    /// Writes and signs a status.
    pub fn new(sale: Uuid, status: Status, key: &SigningKey) -> Self {
        let said = status.encode();
        let signed = [CONTEXT, sale.as_bytes(), &said].concat();
        let bytes = [&key.sign(&signed).to_bytes()[..], &said].concat().into();
        Self { bytes, status: Arc::new(status) }
    }
}
