//! The signed barcode of a ticket: bytes, text, signing and offline checking.
//!
//! The bytes are specified in `docs/ticket-format.md`; a test reads the vectors of that page, so
//! page and code cannot drift apart.

use std::fmt;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    keys::{KeyId, SigningKey, VerifyingKeys},
    limits::BARCODE_CHARS_MAX,
};

/// The only version there is; the first byte of every barcode.
pub const VERSION: u8 = 1;
/// Bytes that are signed.
pub const PAYLOAD_BYTES: usize = 38;
/// Payload and Ed25519 signature: 153 characters of Base45, which just fits QR version 6-M.
pub const BARCODE_BYTES: usize = PAYLOAD_BYTES + SIGNATURE_BYTES;

const SIGNATURE_BYTES: usize = 64;
/// Signed in front of the payload, so that no other use of a key can be passed off as a ticket.
const CONTEXT: &[u8] = b"frontrow ticket\0";
const MINUTE_S: i64 = 60;

/// What is signed: the right to enter one performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// Unique for ever; a gate remembers which it has seen.
    pub ticket_id: Uuid,
    /// What it admits to.
    pub performance_id: Uuid,
    /// Number of the price category in its sale, for gates that serve some of the zones.
    pub category: u16,
    /// What the person at the gate should look at.
    pub flags: Flags,
    /// First moment of validity; rounded down to the minute.
    pub valid_from: Timestamp,
    /// First moment after; rounded up to the minute.
    pub valid_until: Timestamp,
}

/// What the person at the gate should look at. Bits that are not named here are zero in version 1
/// and ignored by readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(pub u8);

impl Flags {
    /// Sold at a reduced price: ask for the proof.
    pub const REDUCED: Self = Self(1);
    /// A wheelchair place.
    pub const WHEELCHAIR: Self = Self(1 << 1);
    /// Comes with a wheelchair place.
    pub const COMPANION: Self = Self(1 << 2);
    /// A place without a number.
    pub const STANDING: Self = Self(1 << 3);

    /// Both sets of flags.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// A performance as a barcode names it: the first eight bytes of SHA-256 of its id. Enough to tell
/// the performances of a venue apart; who wants to forge one needs the signing key anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PerformanceTag(pub [u8; 8]);

impl PerformanceTag {
    /// The tag of a performance.
    pub fn of(performance_id: Uuid) -> Self {
        let digest = Sha256::digest(performance_id.as_bytes());
        Self(digest.first_chunk().copied().expect("SHA-256 has 32 bytes"))
    }
}

/// The text of a signed barcode: Base45, all of it in QR's alphanumeric alphabet.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Barcode(String);

impl Barcode {
    /// What the QR symbol says. It may have spaces anywhere, so it is not for typing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A barcode admits whoever shows it, so it stays out of logs.
impl fmt::Debug for Barcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Barcode(..)")
    }
}

/// What a genuine barcode says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payload {
    /// Who signed it.
    pub key_id: KeyId,
    /// Which ticket.
    pub ticket_id: Uuid,
    /// What it admits to; compare with [`PerformanceTag::of`] what this gate is open for.
    pub performance: PerformanceTag,
    /// Number of the price category in its sale.
    pub category: u16,
    /// What the person at the gate should look at.
    pub flags: Flags,
    /// First moment of validity, on the minute.
    pub valid_from: Timestamp,
    /// First moment after, on the minute.
    pub valid_until: Timestamp,
}

/// How a moment stands to a ticket's validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// The doors are not open yet.
    TooEarly,
    /// The ticket admits.
    Valid,
    /// It is over.
    TooLate,
}

impl Payload {
    /// Whether the ticket admits at a moment.
    pub fn validity(&self, now: Timestamp) -> Validity {
        if now < self.valid_from {
            Validity::TooEarly
        } else if now < self.valid_until {
            Validity::Valid
        } else {
            Validity::TooLate
        }
    }
}

/// Why a text is not a genuine barcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BarcodeError {
    /// Some other QR symbol, or a bad reading.
    #[error("this is not a ticket's barcode")]
    NotABarcode,
    /// A barcode from the future: the scanner needs an update.
    #[error("the barcode has version {0}, which this scanner does not know")]
    UnknownVersion(u8),
    /// Another shop's ticket, or the scanner needs fresh keys.
    #[error("the barcode is signed with key {0}, which this scanner does not have")]
    UnknownKey(KeyId),
    /// The signature is not this key's: forged, or altered.
    #[error("the barcode's signature is wrong")]
    Forged,
}

/// Signs a ticket. Equal tickets get equal barcodes.
pub fn sign(key: &SigningKey, ticket: &Ticket) -> Barcode {
    let payload = encode(key.id(), ticket);
    let mut bytes = Vec::with_capacity(BARCODE_BYTES);
    bytes.extend_from_slice(&payload);
    bytes.extend_from_slice(&key.sign_bytes(&signed_bytes(&payload)));
    Barcode(base45::encode(bytes))
}

/// Checks a scanned text without a network: it is genuine if the answer is `Ok`. Whether it was
/// used before, cancelled, or is for this gate and hour, is for the caller to decide.
///
/// One line end (CR, LF or both) at the end is ignored, for scanners that type one.
pub fn verify(text: &str, keys: &VerifyingKeys) -> Result<Payload, BarcodeError> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    let bytes = decode_text(text)?;
    let (&version, _) = bytes.split_first().ok_or(BarcodeError::NotABarcode)?;
    if version != VERSION {
        return Err(BarcodeError::UnknownVersion(version));
    }
    let bytes: &[u8; BARCODE_BYTES] =
        bytes.as_slice().try_into().map_err(|_| BarcodeError::NotABarcode)?;
    let (payload, signature) =
        bytes.split_first_chunk::<PAYLOAD_BYTES>().expect("a barcode is longer than its payload");
    let signature: &[u8; SIGNATURE_BYTES] =
        signature.try_into().expect("what follows the payload is the signature");
    let payload_read = decode(payload);
    let key = keys.get(payload_read.key_id).ok_or(BarcodeError::UnknownKey(payload_read.key_id))?;
    if key.has_signed(&signed_bytes(payload), signature) {
        Ok(payload_read)
    } else {
        Err(BarcodeError::Forged)
    }
}

/// Base45 in its one canonical spelling.
fn decode_text(text: &str) -> Result<Vec<u8>, BarcodeError> {
    if text.is_empty() || text.len() > BARCODE_CHARS_MAX {
        return Err(BarcodeError::NotABarcode);
    }
    let bytes = base45::decode(text).map_err(|_| BarcodeError::NotABarcode)?;
    // The library lets some misspelt endings pass; there must be one text for one ticket.
    if base45::encode(&bytes) == text { Ok(bytes) } else { Err(BarcodeError::NotABarcode) }
}

fn signed_bytes(payload: &[u8; PAYLOAD_BYTES]) -> Vec<u8> {
    [CONTEXT, payload].concat()
}

fn encode(key_id: KeyId, ticket: &Ticket) -> [u8; PAYLOAD_BYTES] {
    let mut bytes = Vec::with_capacity(PAYLOAD_BYTES);
    bytes.push(VERSION);
    bytes.extend_from_slice(&key_id.0.to_be_bytes());
    bytes.extend_from_slice(ticket.ticket_id.as_bytes());
    bytes.extend_from_slice(&PerformanceTag::of(ticket.performance_id).0);
    bytes.extend_from_slice(&ticket.category.to_be_bytes());
    bytes.push(ticket.flags.0);
    bytes.extend_from_slice(&minutes(ticket.valid_from, 0).to_be_bytes());
    bytes.extend_from_slice(&minutes(ticket.valid_until, MINUTE_S - 1).to_be_bytes());
    bytes.try_into().expect("the fields of a payload add up to its length")
}

/// Fields in order, each of a fixed length, so that decoding cannot fail.
fn decode(bytes: &[u8; PAYLOAD_BYTES]) -> Payload {
    let mut rest = bytes.as_slice();
    let _version: [u8; 1] = take(&mut rest);
    Payload {
        key_id: KeyId(u16::from_be_bytes(take(&mut rest))),
        ticket_id: Uuid::from_bytes(take(&mut rest)),
        performance: PerformanceTag(take(&mut rest)),
        category: u16::from_be_bytes(take(&mut rest)),
        flags: Flags(u8::from_be_bytes(take(&mut rest))),
        valid_from: moment(u32::from_be_bytes(take(&mut rest))),
        valid_until: moment(u32::from_be_bytes(take(&mut rest))),
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    let (field, after) = rest.split_first_chunk().expect("the fields add up to the payload");
    *rest = after;
    *field
}

/// Whole minutes since 1970, which 32 bits hold until the year 10136; what is outside stays at the
/// nearest that they hold.
fn minutes(moment: Timestamp, round_up_s: i64) -> u32 {
    let seconds = moment.as_second().saturating_add(round_up_s);
    let seconds = if round_up_s > 0 && moment.subsec_nanosecond() > 0 {
        seconds.saturating_add(1)
    } else {
        seconds
    };
    u32::try_from(seconds.div_euclid(MINUTE_S).max(0)).unwrap_or(u32::MAX)
}

fn moment(minutes: u32) -> Timestamp {
    Timestamp::from_second(i64::from(minutes) * MINUTE_S).unwrap_or(Timestamp::MAX)
}
