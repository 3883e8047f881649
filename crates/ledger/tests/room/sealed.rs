//! Receipts and passes: what was changed, is another's, or is over is not believed.

use frontrow_ledger::{
    Place, Time,
    room::{BadSeal, DeviceDigest, KeyId, Pass, Receipt, SealKeys, draw::FanDigest},
};

use crate::fixtures::{SALE, device};

const OLD: (KeyId, &[u8; 32]) = (KeyId(1), &[1; 32]);
const NEW: (KeyId, &[u8; 32]) = (KeyId(2), &[2; 32]);
const NOW: Time = Time(1_800_000_000_000);

fn receipt() -> Receipt {
    Receipt {
        sale: SALE,
        place: Place(123_456),
        fan: FanDigest([9; 16]),
        joined_second: 1_800_000_000,
    }
}

fn pass() -> Pass {
    Pass { sale: SALE, place: Place(77), device: device(5), until: NOW.plus_ms(60_000) }
}

fn open(sealed: &[u8], keys: &SealKeys) -> Result<Pass, BadSeal> {
    Pass::open(sealed, keys, SALE, device(5), NOW)
}

#[test]
fn what_was_sealed_opens_and_is_short() {
    let keys = SealKeys::new(NEW, &[]);
    assert_eq!(Receipt::open(&receipt().seal(&keys), &keys, SALE), Ok(receipt()));
    assert_eq!(open(&pass().seal(&keys), &keys), Ok(pass()));
    assert_eq!((Receipt::SEALED, Pass::SEALED), (59, 63));
    assert_eq!(receipt().seal(&keys), receipt().seal(&keys), "a retry gets the same receipt");
}

#[test]
fn every_changed_bit_is_noticed() {
    let keys = SealKeys::new(NEW, &[OLD]);
    let (receipt, pass) = (receipt().seal(&keys), pass().seal(&keys));
    for bit in 0..Receipt::SEALED * 8 {
        let mut forged = receipt;
        forged[bit / 8] ^= 1 << (bit % 8);
        assert!(Receipt::open(&forged, &keys, SALE).is_err(), "bit {bit}");
    }
    for bit in 0..Pass::SEALED * 8 {
        let mut forged = pass;
        forged[bit / 8] ^= 1 << (bit % 8);
        assert!(open(&forged, &keys).is_err(), "bit {bit}");
    }
    for len in 0..Pass::SEALED {
        assert!(open(&pass[..len], &keys).is_err(), "{len} bytes");
    }
    assert!(open(&[&pass[..], &[0]].concat(), &keys).is_err());
}

#[test]
fn a_key_that_was_rotated_still_opens_until_it_is_retired() {
    let before = SealKeys::new(OLD, &[]);
    let during = SealKeys::new(NEW, &[OLD]);
    let after = SealKeys::new(NEW, &[]);
    let (old, new) = (receipt().seal(&before), receipt().seal(&during));
    assert_eq!(Receipt::open(&old, &during, SALE), Ok(receipt()));
    assert_eq!(Receipt::open(&new, &during, SALE), Ok(receipt()));
    assert_eq!(Receipt::open(&new, &after, SALE), Ok(receipt()));
    assert_eq!(Receipt::open(&old, &after, SALE), Err(BadSeal::UnknownKey(KeyId(1))));
    // The id is under the seal, too: the same secret under another name is another key.
    let renamed = SealKeys::new((KeyId(3), OLD.1), &[]);
    let mut forged = old;
    forged[1..3].copy_from_slice(&3u16.to_be_bytes());
    assert_eq!(Receipt::open(&forged, &renamed, SALE), Err(BadSeal::Forged));
}

#[test]
fn a_receipt_is_no_pass() {
    // Both with the same key and of the same length would differ still: their keys are derived.
    let keys = SealKeys::new(NEW, &[]);
    let mut receipt = receipt().seal(&keys).to_vec();
    receipt.splice(43..43, [0; 4]);
    assert_eq!(open(&receipt, &keys), Err(BadSeal::Forged));
}

#[test]
fn a_pass_is_for_one_sale_one_device_and_its_time() {
    let keys = SealKeys::new(NEW, &[]);
    let sealed = pass().seal(&keys);
    let open = |sale, device, now| Pass::open(&sealed, &keys, sale, device, now);
    assert_eq!(open(SALE + 1, device(5), NOW), Err(BadSeal::OtherSale));
    assert_eq!(open(SALE, DeviceDigest([0; 16]), NOW), Err(BadSeal::OtherDevice));
    assert_eq!(open(SALE, device(5), NOW.plus_ms(59_999)), Ok(pass()));
    assert_eq!(open(SALE, device(5), NOW.plus_ms(60_000)), Err(BadSeal::Expired));
    let receipt = receipt().seal(&keys);
    assert_eq!(Receipt::open(&receipt, &keys, SALE + 1), Err(BadSeal::OtherSale));
}

#[test]
fn secrets_are_not_printed() {
    assert_eq!(format!("{:?}", SealKeys::new(NEW, &[OLD])), "[KeyId(2), KeyId(1)]");
}
