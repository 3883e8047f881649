//! Only what was signed is believed, every bit of it, and nothing that is scanned panics.

#![expect(clippy::unwrap_used, reason = "tests")]

use frontrow_tickets::{
    barcode::{
        BARCODE_BYTES, BarcodeError, Flags, Payload, PerformanceTag, Ticket, Validity, verify,
    },
    keys::{KeyId, SigningKey, VerifyingKeys},
    limits::BARCODE_CHARS_MAX,
};
use jiff::Timestamp;
use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
use uuid::Uuid;

fn key(id: u16) -> SigningKey {
    SigningKey::derive(KeyId(id), &[42; 32])
}

fn keys() -> VerifyingKeys {
    VerifyingKeys::new([key(1).verifying_key(), key(2).verifying_key()])
}

fn ticket() -> Ticket {
    Ticket {
        ticket_id: Uuid::from_u128(0x0197_65d1_8f00_7000_8000_0000_0000_0001),
        performance_id: Uuid::from_u128(0x0197_65d1_8f00_7000_9000_0000_0000_0001),
        category: 3,
        flags: Flags::REDUCED.with(Flags::COMPANION),
        valid_from: "2026-12-12T16:00:00Z".parse().unwrap(),
        valid_until: "2026-12-13T02:00:00Z".parse().unwrap(),
    }
}

#[test]
fn a_signed_ticket_says_what_was_signed() {
    let ticket = ticket();
    let barcode = key(2).sign(&ticket);
    let expected = Payload {
        key_id: KeyId(2),
        ticket_id: ticket.ticket_id,
        performance: PerformanceTag::of(ticket.performance_id),
        category: 3,
        flags: ticket.flags,
        valid_from: ticket.valid_from,
        valid_until: ticket.valid_until,
    };
    assert_eq!(verify(barcode.as_str(), &keys()), Ok(expected));
    assert!(expected.flags.has(Flags::REDUCED) && !expected.flags.has(Flags::STANDING));
}

#[test]
fn a_ticket_is_valid_from_its_first_moment_to_its_last() {
    let ticket = Ticket {
        valid_from: "2026-12-12T16:00:59.9Z".parse().unwrap(),
        valid_until: "2026-12-13T02:00:00.1Z".parse().unwrap(),
        ..ticket()
    };
    let payload = verify(key(1).sign(&ticket).as_str(), &keys()).unwrap();
    for (moment, expected) in [
        ("2026-12-12T15:59:59Z", Validity::TooEarly),
        ("2026-12-12T16:00:00Z", Validity::Valid),
        ("2026-12-13T02:00:59Z", Validity::Valid),
        ("2026-12-13T02:01:00Z", Validity::TooLate),
    ] {
        assert_eq!(payload.validity(moment.parse().unwrap()), expected, "{moment}");
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let barcode = key(1).sign(&ticket());
    let bytes = base45::decode(barcode.as_str()).unwrap();
    assert_eq!(bytes.len(), BARCODE_BYTES);
    for bit in 0..bytes.len() * 8 {
        let mut altered = bytes.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        let error = verify(&base45::encode(&altered), &keys()).unwrap_err();
        // Key 1 with a bit flipped may be a key that exists: 0, 3, 5, ... do not.
        let expected = match bit / 8 {
            0 => BarcodeError::UnknownVersion(altered[0]),
            1 | 2 => BarcodeError::UnknownKey(KeyId(u16::from_be_bytes([altered[1], altered[2]]))),
            _ => BarcodeError::Forged,
        };
        assert_eq!(error, expected, "bit {bit}");
    }
}

#[test]
fn another_key_of_the_shop_does_not_vouch_for_a_barcode() {
    let barcode = key(1).sign(&ticket());
    let mut bytes = base45::decode(barcode.as_str()).unwrap();
    bytes[2] = 2;
    assert_eq!(verify(&base45::encode(&bytes), &keys()), Err(BarcodeError::Forged));
}

#[test]
fn every_altered_character_is_noticed() {
    let genuine = key(1).sign(&ticket()).as_str().to_owned();
    for (at, old) in genuine.bytes().enumerate() {
        for new in (0..128).filter(|&new| new != old) {
            let mut altered = genuine.clone().into_bytes();
            altered[at] = new;
            let altered = String::from_utf8(altered).unwrap();
            assert!(verify(&altered, &keys()).is_err(), "{new} at {at}");
        }
    }
}

#[test]
fn a_line_end_that_the_scanner_types_is_ignored() {
    let text = key(1).sign(&ticket()).as_str().to_owned();
    for end in ["\n", "\r", "\r\n"] {
        assert!(verify(&format!("{text}{end}"), &keys()).is_ok(), "{end:?}");
    }
    for wrong in [format!(" {text}"), format!("{text} "), format!("{text}\n\n"), text.repeat(2)] {
        assert!(verify(&wrong, &keys()).is_err(), "{wrong:?}");
    }
}

#[test]
fn other_codes_are_told_apart_from_forgeries() {
    let unknown = key(9).sign(&ticket());
    assert_eq!(verify(unknown.as_str(), &keys()), Err(BarcodeError::UnknownKey(KeyId(9))));
    let future = base45::encode([2; 40]);
    assert_eq!(verify(&future, &keys()), Err(BarcodeError::UnknownVersion(2)));
    let short = base45::encode([1; BARCODE_BYTES - 1]);
    let long = "0".repeat(BARCODE_CHARS_MAX + 1);
    for text in ["", "https://example.com", "HC1:6BF", &short, &long] {
        assert_eq!(verify(text, &keys()), Err(BarcodeError::NotABarcode), "{text:?}");
    }
}

#[test]
fn a_key_document_reads_as_it_was_written_and_skips_strangers() {
    let document = keys().public_keys();
    assert_eq!(VerifyingKeys::parse(&document).unwrap(), keys());
    let mut json: serde_json::Value = serde_json::from_str(&document).unwrap();
    let stranger = serde_json::json!({ "kty": "RSA", "kid": "x", "n": "AQAB", "e": "AQAB" });
    json["keys"].as_array_mut().unwrap().push(stranger);
    json["issued"] = "later members are ignored".into();
    assert_eq!(VerifyingKeys::parse(&json.to_string()).unwrap(), keys());
}

#[test]
fn an_unsound_key_document_is_refused_whole() {
    let good = keys().public_keys();
    let json: serde_json::Value = serde_json::from_str(&good).unwrap();
    let with = |member: &str, value: &str| {
        let mut json = json.clone();
        json["keys"][0][member] = value.into();
        json.to_string()
    };
    let weak = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for document in [
        String::new(),
        "[]".to_owned(),
        "{\"keys\":[null]}".to_owned(),
        format!("{good}{}", " ".repeat(70_000)),
        with("kid", "65536"),
        with("kid", "01"),
        with("kid", "+1"),
        with("kid", "2"),
        with("x", "AAAA"),
        with("x", weak),
    ] {
        assert!(VerifyingKeys::parse(&document).is_err(), "{document:.80}");
    }
}

#[test]
fn secrets_and_barcodes_are_not_printed() {
    let barcode = key(1).sign(&ticket());
    assert_eq!(format!("{:?} {barcode:?}", key(1)), "SigningKey(1, ..) Barcode(..)");
}

fn tickets() -> impl Strategy<Value = Ticket> {
    let moments = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    let moments = moments.prop_map(|second| Timestamp::from_second(second).unwrap());
    let moments = prop::collection::vec(moments, 2);
    (any::<u128>(), any::<u128>(), any::<u16>(), any::<u8>(), moments).prop_map(
        |(ticket_id, performance_id, category, flags, moments)| Ticket {
            ticket_id: Uuid::from_u128(ticket_id),
            performance_id: Uuid::from_u128(performance_id),
            category,
            flags: Flags(flags),
            valid_from: moments[0],
            valid_until: moments[1],
        },
    )
}

proptest! {
    #[test]
    fn any_ticket_survives_the_gate(ticket in tickets(), id in 1..=2_u16) {
        let barcode = key(id).sign(&ticket);
        prop_assert_eq!(barcode.as_str().len(), 153);
        let payload = verify(barcode.as_str(), &keys()).unwrap();
        prop_assert_eq!(payload.ticket_id, ticket.ticket_id);
        prop_assert_eq!(payload.performance, PerformanceTag::of(ticket.performance_id));
        prop_assert_eq!(payload.flags, ticket.flags);
        let epoch = Timestamp::UNIX_EPOCH;
        prop_assert!(payload.valid_from <= ticket.valid_from.max(epoch));
        prop_assert!(payload.valid_until >= ticket.valid_until);
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        prop_assert!(verify(&text, &keys()).is_err());
    }

    #[test]
    fn any_text_in_the_alphabet_is_answered(text in "[0-9A-Z $%*+./:-]{0,170}") {
        prop_assert!(verify(&text, &keys()).is_err());
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        prop_assert!(verify(&base45::encode(&bytes), &keys()).is_err());
    }

    #[test]
    fn any_key_document_is_answered(document in any::<String>()) {
        prop_assert!(VerifyingKeys::parse(&document).is_err());
    }
}
