//! Genuine barcodes.

use frontrow_tickets::{
    barcode::{Flags, Ticket},
    keys::{KeyId, SigningKey},
};
use uuid::Uuid;

/// A genuine barcode text.
pub fn barcode(number: u128) -> String {
    let ticket = Ticket {
        ticket_id: Uuid::from_u128(0x0197_65d1_8f00_7000_8000_0000_0000_0000 + number),
        performance_id: Uuid::from_u128(0x0197_65d1_8f00_7000_9000_0000_0000_0001),
        category: 3,
        flags: Flags::REDUCED,
        valid_from: "2026-12-12T16:00:00Z".parse().expect("a moment"),
        valid_until: "2026-12-13T02:00:00Z".parse().expect("a moment"),
    };
    SigningKey::from_seed(KeyId(7), &[7; 32]).sign(&ticket).as_str().to_owned()
}
