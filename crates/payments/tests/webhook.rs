//! Whatever arrives as a webhook, only what was signed just now is believed, and nothing panics.

#![expect(clippy::unwrap_used, reason = "tests")]

use frontrow_ledger::Time;
use frontrow_payments::{
    limits::{WEBHOOK_BYTES_MAX, WEBHOOK_TOLERANCE_MS},
    webhook::{SIGNATURE_HEADER, WebhookError, WebhookSecret},
};
use http::{HeaderMap, HeaderValue};
use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

const NOW: Time = Time(1_800_000_000_000);
const BODY: &[u8] = br#"{"event_id":"decided_test_1","provider_ref":"test_1"}"#;

fn secret() -> WebhookSecret {
    WebhookSecret::new(b"a secret of the test bank".to_vec())
}

fn headers(value: HeaderValue) -> HeaderMap {
    HeaderMap::from_iter([(SIGNATURE_HEADER.parse().unwrap(), value)])
}

#[test]
fn the_signature_is_the_documented_one() {
    let header = secret().sign(b"{}", Time(1_799_999_999_999));
    // printf '1799999999.{}' | openssl dgst -sha256 -hmac 'a secret of the test bank'
    let known = "t=1799999999,v1=3a3b533b01ff65ee003f5d14e3ab209d0c075a1a60b062eedb59be5ae1880d1d";
    assert_eq!(header.to_str().unwrap(), known);
}

#[test]
fn a_fresh_webhook_is_believed_within_the_tolerance_only() {
    let headers = headers(secret().sign(BODY, NOW));
    for (ms, expected) in [
        (0, Ok(())),
        (WEBHOOK_TOLERANCE_MS, Ok(())),
        (-WEBHOOK_TOLERANCE_MS, Ok(())),
        (WEBHOOK_TOLERANCE_MS + 1, Err(WebhookError::Stale)),
        (-WEBHOOK_TOLERANCE_MS - 1, Err(WebhookError::Stale)),
    ] {
        assert_eq!(secret().verify(&headers, BODY, NOW.plus_ms(ms)), expected, "{ms}");
    }
}

#[test]
fn another_secret_does_not_sign_for_us() {
    let other = WebhookSecret::new(b"another secret".to_vec());
    let headers = headers(other.sign(BODY, NOW));
    assert_eq!(secret().verify(&headers, BODY, NOW), Err(WebhookError::Forged));
}

#[test]
fn two_signatures_are_none() {
    let mut headers = headers(secret().sign(BODY, NOW));
    headers.append(SIGNATURE_HEADER, secret().sign(BODY, NOW));
    assert_eq!(secret().verify(&headers, BODY, NOW), Err(WebhookError::Unsigned));
}

#[test]
fn a_long_body_is_refused_before_it_is_hashed() {
    let body = vec![b' '; WEBHOOK_BYTES_MAX + 1];
    let headers = headers(secret().sign(&body, NOW));
    assert_eq!(secret().verify(&headers, &body, NOW), Err(WebhookError::TooLong));
}

#[test]
fn every_flipped_bit_of_the_header_is_noticed() {
    let genuine = secret().sign(BODY, NOW);
    for bit in 0..genuine.len() * 8 {
        let mut bytes = genuine.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let Ok(altered) = HeaderValue::from_bytes(&bytes) else { continue };
        assert!(secret().verify(&headers(altered), BODY, NOW).is_err(), "bit {bit}");
    }
}

proptest! {
    #[test]
    fn any_header_is_answered(value in prop::collection::vec(any::<u8>(), 0..200), now: i64) {
        if let Ok(value) = HeaderValue::from_bytes(&value) {
            prop_assert!(secret().verify(&headers(value), BODY, Time(now)).is_err());
        }
    }

    #[test]
    fn any_signed_body_is_believed(body in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let headers = headers(secret().sign(&body, NOW));
        prop_assert_eq!(secret().verify(&headers, &body, NOW), Ok(()));
    }

    #[test]
    fn any_time_is_answered(t: i64, now: i64) {
        let value = HeaderValue::from_str(&format!("t={t},v1=00")).unwrap();
        prop_assert_eq!(
            secret().verify(&headers(value), BODY, Time(now)),
            Err(WebhookError::Forged)
        );
    }
}
