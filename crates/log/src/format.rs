//! The bytes of entries and snapshots.
//!
//! A frame is
//!
//! | bytes | what |
//! |---|---|
//! | 0 | version of the format: 1 |
//! | 1..5 | CRC-32C (Castagnoli) of the version byte and the body, little endian |
//! | 5.. | body |
//!
//! The body of an **entry** is the [postcard](https://postcard.jamesmunns.com/wire-format) of
//! [`Entry`]: `now` in milliseconds (zigzag varint), the number of records (varint), then for each
//! of them the command id (varint), the fingerprint (varint) and the record (the number of its
//! variant, then its fields). The body of a **snapshot** is its machine's
//! [`LAYOUT`](Machine::LAYOUT) (varint) and the postcard of the machine.
//!
//! What a breakage means:
//!
//! - *shorter than a frame*, *wrong checksum*: the storage lost or changed bytes. An entry stops
//!   its stream ([`Unavailable::Damaged`](crate::Unavailable)); a snapshot is thrown away.
//! - *unknown version*, or *a right checksum over a body that does not read, or does not end where
//!   it should*: a newer release wrote it. An entry stops its stream on this replica
//!   ([`Unavailable::UnknownRecord`](crate::Unavailable)), which others serve meanwhile; a snapshot
//!   is thrown away.
//!
//! Entries are kept for ever, so version 1 is read for ever. `tests/fixtures/` has frames of each
//! version.

use bytes::Bytes;
use frontrow_ledger::{Applied, Entry, Machine, Time};
use serde::{Serialize, de::DeserializeOwned};

use crate::limits::RECORD_BYTES_MAX;

const VERSION: u8 = 1;
const HEADER: usize = 5;

/// Why bytes are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Fewer bytes than any frame has.
    #[error("the frame is cut off")]
    Truncated,
    /// Bytes changed after they were written.
    #[error("the checksum of the frame is wrong")]
    BadChecksum,
    /// A newer format.
    #[error("format version {0} is not known")]
    UnknownVersion(u8),
    /// The frame is whole, but says something that this release does not understand.
    #[error("the frame holds a record that is not known")]
    UnknownRecord,
}

/// Why something has no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// More than [`RECORD_BYTES_MAX`].
    #[error("{bytes} bytes are too many for one record")]
    TooLarge {
        /// How many.
        bytes: usize,
    },
    /// A type that postcard cannot write.
    #[error("the value cannot be written")]
    Unwritable,
}

/// The frame of an entry.
pub fn encode_entry<R: Serialize>(entry: &Entry<R>) -> Result<Bytes, EncodeError> {
    let mut writer = EntryWriter::default();
    for applied in &entry.applied {
        writer.push(applied)?;
    }
    Ok(writer.finish(entry.now))
}

/// The entry in a frame.
pub fn decode_entry<R: DeserializeOwned>(frame: &[u8]) -> Result<Entry<R>, DecodeError> {
    from_body(open(frame)?)
}

/// The frame of a snapshot.
pub fn encode_snapshot<M: Machine>(machine: &M) -> Result<Bytes, EncodeError> {
    let body = postcard::to_extend(&M::LAYOUT, vec![0; HEADER])
        .and_then(|body| postcard::to_extend(machine, body))
        .map_err(|_| EncodeError::Unwritable)?;
    Ok(seal(body))
}

/// The machine in a frame.
pub fn decode_snapshot<M: Machine>(frame: &[u8]) -> Result<M, DecodeError> {
    let body = open(frame)?;
    let (layout, body) =
        postcard::take_from_bytes::<u32>(body).map_err(|_| DecodeError::UnknownRecord)?;
    if layout != M::LAYOUT {
        return Err(DecodeError::UnknownRecord);
    }
    from_body(body)
}

/// Writes an entry record by record, so that its size is known before the next one is decided.
/// Keeps its buffer.
#[derive(Debug, Default)]
pub(crate) struct EntryWriter {
    records: Vec<u8>,
    count: usize,
}

impl EntryWriter {
    /// Adds a record, or changes nothing.
    pub(crate) fn push<R: Serialize>(&mut self, applied: &Applied<R>) -> Result<(), EncodeError> {
        let before = self.records.len();
        let result = postcard::serialize_with_flavor(applied, Tail(&mut self.records));
        let bytes = self.records.len() - before;
        if result.is_err() || bytes > RECORD_BYTES_MAX {
            self.records.truncate(before);
            return Err(match result {
                Ok(()) => EncodeError::TooLarge { bytes },
                Err(_) => EncodeError::Unwritable,
            });
        }
        self.count += 1;
        Ok(())
    }

    /// Bytes so far.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// The frame of everything pushed; afterwards the writer is empty.
    pub(crate) fn finish(&mut self, now: Time) -> Bytes {
        let mut frame = Vec::with_capacity(HEADER + 20 + self.records.len());
        frame.resize(HEADER, 0);
        let frame = postcard::to_extend(&(now, self.count), frame)
            .map(|mut frame| {
                frame.extend_from_slice(&self.records);
                frame
            })
            .expect("a number and a length always serialise into memory");
        self.clear();
        seal(frame)
    }

    /// Forgets everything pushed.
    pub(crate) fn clear(&mut self) {
        self.records.clear();
        self.count = 0;
    }
}

/// Lets postcard append to a buffer that is kept.
struct Tail<'a>(&'a mut Vec<u8>);

impl postcard::ser_flavors::Flavor for Tail<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

fn seal(mut frame: Vec<u8>) -> Bytes {
    let checksum = checksum(VERSION, &frame[HEADER..]);
    frame[0] = VERSION;
    frame[1..HEADER].copy_from_slice(&checksum.to_le_bytes());
    frame.into()
}

fn open(frame: &[u8]) -> Result<&[u8], DecodeError> {
    let (&version, rest) = frame.split_first().ok_or(DecodeError::Truncated)?;
    let (checksum_stored, body) = rest.split_first_chunk::<4>().ok_or(DecodeError::Truncated)?;
    // The version comes first: another version may well have another checksum.
    if version != VERSION {
        return Err(DecodeError::UnknownVersion(version));
    }
    if checksum(version, body) != u32::from_le_bytes(*checksum_stored) {
        return Err(DecodeError::BadChecksum);
    }
    Ok(body)
}

fn checksum(version: u8, body: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&[version]), body)
}

fn from_body<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Ok(value),
        Ok(_) | Err(_) => Err(DecodeError::UnknownRecord),
    }
}
