//! `docs/ticket-format.md` is true: its test vectors are what the code makes and what it believes.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use frontrow_tickets::{
    barcode::{BarcodeError, Flags, PAYLOAD_BYTES, PerformanceTag, Ticket, verify},
    keys::{KeyId, SigningKey, VerifyingKeys},
};

const PAGE: &str = include_str!("../../../docs/ticket-format.md");

/// The fenced blocks of a kind, as their `name = value` lines.
fn blocks(kind: &str) -> Vec<BTreeMap<&'static str, &'static str>> {
    let blocks =
        PAGE.split("\n```").filter_map(|block| block.strip_prefix(kind)?.strip_prefix('\n'));
    let fields = |block: &'static str| {
        let lines = block.lines().filter(|line| !line.is_empty());
        let fields = lines.map(|line| line.split_once('=').unwrap());
        fields.map(|(name, value)| (name.trim(), value.trim())).collect()
    };
    blocks.map(fields).collect()
}

fn quoted(text: &str) -> &str {
    text.strip_prefix('"').unwrap().strip_suffix('"').unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

fn key() -> SigningKey {
    let key = blocks("key").remove(0);
    let seed = bytes(key["seed"]).try_into().unwrap();
    SigningKey::from_seed(KeyId(key["key_id"].parse().unwrap()), &seed)
}

fn keys() -> VerifyingKeys {
    VerifyingKeys::new([key().verifying_key()])
}

#[test]
fn the_key_document_of_the_page_is_the_one_of_its_key() {
    let document = PAGE.split_once("\n```json\n").unwrap().1.split_once("\n```").unwrap().0;
    let compact: serde_json::Value = serde_json::from_str(document).unwrap();
    let ours: serde_json::Value = serde_json::from_str(&keys().public_keys()).unwrap();
    assert_eq!(compact, ours);
    assert_eq!(VerifyingKeys::parse(document).unwrap(), keys());
}

#[test]
fn keys_are_derived_as_the_page_says() {
    let vector = blocks("derived").remove(0);
    let id = KeyId(vector["key_id"].parse().unwrap());
    let derived = SigningKey::derive(id, &bytes(vector["secret"]).try_into().unwrap());
    let expected = SigningKey::from_seed(id, &bytes(vector["seed"]).try_into().unwrap());
    assert_eq!(derived.verifying_key(), expected.verifying_key());
}

#[test]
fn every_genuine_vector_is_what_we_sign_and_believe() {
    let vectors = blocks("genuine");
    assert!(vectors.len() >= 2);
    for vector in vectors {
        let ticket = Ticket {
            ticket_id: vector["ticket_id"].parse().unwrap(),
            performance_id: vector["performance_id"].parse().unwrap(),
            category: vector["category"].parse().unwrap(),
            flags: Flags(vector["flags"].parse().unwrap()),
            valid_from: vector["valid_from"].parse().unwrap(),
            valid_until: vector["valid_until"].parse().unwrap(),
        };
        let text = quoted(vector["text"]);
        assert_eq!(key().sign(&ticket).as_str(), text);
        let barcode = base45::decode(text).unwrap();
        let (payload, signature) = barcode.split_at(PAYLOAD_BYTES);
        assert_eq!(payload, bytes(vector["payload"]));
        assert_eq!(signature, bytes(vector["signature"]));
        let read = verify(text, &keys()).unwrap();
        assert_eq!(read.ticket_id, ticket.ticket_id);
        assert_eq!(read.performance, PerformanceTag::of(ticket.performance_id));
        assert_eq!((read.category, read.flags), (ticket.category, ticket.flags));
        assert_eq!(read.valid_from, ticket.valid_from);
        assert_eq!(read.valid_until, ticket.valid_until);
    }
}

#[test]
fn every_refused_vector_is_refused_for_its_reason() {
    let vectors = blocks("refused");
    assert!(vectors.len() >= 5);
    for vector in vectors {
        let reason = match verify(quoted(vector["text"]), &keys()).unwrap_err() {
            BarcodeError::NotABarcode => "not a barcode".to_owned(),
            BarcodeError::UnknownVersion(version) => format!("unknown version {version}"),
            BarcodeError::UnknownKey(id) => format!("unknown key {id}"),
            BarcodeError::Forged => "forged".to_owned(),
        };
        assert_eq!(reason, vector["reason"], "{}", vector["what"]);
    }
}
