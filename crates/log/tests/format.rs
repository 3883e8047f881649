//! The bytes of entries and snapshots: what was ever written is read for ever, and whatever else
//! comes is refused with a reason, without a panic and without memory that the bytes do not pay
//! for.

#![expect(clippy::unwrap_used, reason = "tests")]

use frontrow_ledger::{Applied, CommandId, Entry, Time};
use frontrow_log::format::{DecodeError, EncodeError, decode_entry, encode_entry};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

/// A record as releases knew it, one after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Record {
    Held { hold: u128, seats: Vec<u32>, until: i64 },
    Closed,
    Named(String),
    Nested(Vec<Vec<String>>),
}

/// What the release before knew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum OldRecord {
    Held { hold: u128, seats: Vec<u32>, until: i64 },
}

fn entry() -> Entry<Record> {
    let records = [
        Record::Held { hold: u128::MAX, seats: vec![0, 127, 128, 150_000], until: -1 },
        Record::Closed,
        Record::Named("Žižkov".into()),
        Record::Nested(vec![vec![], vec!["a".into(), String::new()]]),
    ];
    let applied = (1..).zip(records).map(|(number, record)| Applied {
        id: CommandId(number << 100),
        fingerprint: u64::MAX - number as u64,
        record,
    });
    Entry { now: Time(1_790_000_000_000), applied: applied.collect() }
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// A frame with a right checksum around any body.
fn frame(version: u8, body: &[u8]) -> Vec<u8> {
    let checksum = crc32c::crc32c(&[&[version], body].concat());
    [&[version][..], &checksum.to_le_bytes(), body].concat()
}

#[test]
fn version_1_is_written_as_it_always_was() {
    let fixture = hex(include_str!("fixtures/entry-1.hex"));
    let written = encode_entry(&entry()).unwrap();
    assert_eq!(written, fixture, "{written:02x?}");
    assert_eq!(decode_entry::<Record>(&fixture).unwrap(), entry());
}

#[test]
fn an_entry_that_says_only_that_time_passed_is_written_as_it_always_was() {
    let fixture = hex(include_str!("fixtures/entry-1-time.hex"));
    let empty = Entry::<Record> { now: Time(1_790_000_000_000), applied: vec![] };
    let written = encode_entry(&empty).unwrap();
    assert_eq!(written, fixture, "{written:02x?}");
    assert_eq!(decode_entry::<Record>(&fixture).unwrap(), empty);
}

#[test]
fn each_breakage_has_its_reason() {
    let whole = encode_entry(&entry()).unwrap();
    let decode = |bytes: &[u8]| decode_entry::<Record>(bytes).unwrap_err();
    for length in 0..5 {
        assert_eq!(decode(&whole[..length]), DecodeError::Truncated, "{length}");
    }
    for length in 5..whole.len() {
        assert_eq!(decode(&whole[..length]), DecodeError::BadChecksum, "{length}");
    }
    assert_eq!(decode(&frame(2, &whole[5..])), DecodeError::UnknownVersion(2));
    assert_eq!(decode(&frame(0, &whole[5..])), DecodeError::UnknownVersion(0));
    // Whole frames around something else.
    assert_eq!(decode(&frame(1, &whole[5..whole.len() - 1])), DecodeError::UnknownRecord);
    assert_eq!(decode(&frame(1, &[&whole[5..], &[0]].concat())), DecodeError::UnknownRecord);
    assert_eq!(decode(&frame(1, b"")), DecodeError::UnknownRecord);
}

#[test]
fn a_record_of_a_newer_release_is_unknown() {
    let newer = encode_entry(&entry()).unwrap();
    assert_eq!(decode_entry::<OldRecord>(&newer), Err(DecodeError::UnknownRecord));
}

#[test]
fn a_record_that_is_too_large_has_no_frame() {
    let mut large = entry();
    large.applied[2].record = Record::Named("x".repeat(frontrow_log::limits::RECORD_BYTES_MAX));
    assert!(matches!(encode_entry(&large), Err(EncodeError::TooLarge { .. })));
}

/// Lengths that nobody could pay for, at every place where a length may stand.
#[test]
fn a_length_that_lies_is_refused() {
    let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    let body = encode_entry(&entry()).unwrap()[5..].to_vec();
    for at in 0..body.len() {
        let lying = [&body[..at], &huge, &body[at + 1..]].concat();
        // Mostly refused; where a number stood and not a length, it may be another entry.
        if let Ok(read) = decode_entry::<Record>(&frame(1, &lying)) {
            assert_ne!(read, entry());
        }
    }
    let named = [&body[..6], &[1][..], &[7, 9, 2], &huge].concat();
    assert_eq!(decode_entry::<Record>(&frame(1, &named)), Err(DecodeError::UnknownRecord));
}

fn records() -> impl Strategy<Value = Record> {
    prop_oneof![
        (any::<u128>(), prop::collection::vec(any::<u32>(), 0..20), any::<i64>())
            .prop_map(|(hold, seats, until)| Record::Held { hold, seats, until }),
        Just(Record::Closed),
        any::<String>().prop_map(Record::Named),
        prop::collection::vec(prop::collection::vec(any::<String>(), 0..3), 0..3)
            .prop_map(Record::Nested),
    ]
}

fn entries() -> impl Strategy<Value = Entry<Record>> {
    let applied = (any::<u128>(), any::<u64>(), records())
        .prop_map(|(id, fingerprint, record)| Applied { id: CommandId(id), fingerprint, record });
    (any::<i64>(), prop::collection::vec(applied, 0..10))
        .prop_map(|(now, applied)| Entry { now: Time(now), applied })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_entry_comes_back(entry in entries()) {
        let bytes = encode_entry(&entry).unwrap();
        prop_assert_eq!(decode_entry::<Record>(&bytes).unwrap(), entry);
    }

    #[test]
    fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(decode_entry::<Record>(&bytes).is_err());
    }

    /// Behind a right checksum anything may stand: reading it ends, without a panic.
    #[test]
    fn arbitrary_bodies_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode_entry::<Record>(&frame(1, &body));
    }

    #[test]
    fn one_changed_bit_is_noticed(entry in entries(), bit in any::<prop::sample::Index>()) {
        let mut bytes = encode_entry(&entry).unwrap().to_vec();
        let bit = bit.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(decode_entry::<Record>(&bytes).is_err());
    }

    #[test]
    fn a_changed_body_behind_a_right_checksum_is_read_or_refused(
        entry in entries(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut body = encode_entry(&entry).unwrap()[5..].to_vec();
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        let _ = decode_entry::<Record>(&frame(1, &body));
    }
}
