//! Every bound of this crate, each with its reason.

use frontrow_ledger::limits::{PLACES_PER_HOLD_MAX, PRICE_MAX};

/// The largest payment in minor units: the dearest places of the fullest hold.
pub const AMOUNT_MINOR_MAX: i64 = PRICE_MAX * 50;
const _: () = assert!(PLACES_PER_HOLD_MAX == 50, "the largest payment is for the fullest hold");
/// Bytes of a provider's name for a payment; the longest we know of has 66.
pub const PROVIDER_REF_BYTES_MAX: usize = 128;
/// Bytes of a text that we hand to a provider: description, order code, language.
pub const TEXT_BYTES_MAX: usize = 1_000;
/// Bytes of a URL that we hand to a provider or receive from one.
pub const URL_BYTES_MAX: usize = 2_048;
/// Bytes of a webhook; it names an event and a payment, the truth is asked for.
pub const WEBHOOK_BYTES_MAX: usize = 64 * 1_024;
/// How far the signed time of a webhook may be from ours: slow networks and clocks pass, a
/// recording does not.
pub const WEBHOOK_TOLERANCE_MS: i64 = 5 * 60 * 1_000;
/// Refunds of one payment: position by position, each once, and some more.
pub const REFUNDS_PER_PAYMENT_MAX: usize = 2 * PLACES_PER_HOLD_MAX;
/// Times the test bank tries to deliver a webhook; afterwards the truth is found by asking.
pub const DELIVERY_ATTEMPTS_MAX: u32 = 10;
/// The first wait of the test bank after a failed delivery; each further one doubles.
pub const DELIVERY_BACKOFF_MS: i64 = 2_000;
/// Webhooks that the test bank hands out at a time.
pub const DELIVERIES_PER_BATCH_MAX: usize = 100;
/// Longest that the test bank lets a payment be late: a day.
pub const LATE_MS_MAX: i64 = 24 * 60 * 60 * 1_000;
/// How long after a payment's expiry the test bank pays it when asked to be too late: clearly
/// after the hold, which outlives its payment by half a minute, and soon enough to be watched.
pub const AFTER_EXPIRY_MS: i64 = 45_000;
/// Times the test bank starts over when two requests change one payment; each loss means that
/// somebody else's change went through.
pub const CHANGE_ATTEMPTS_MAX: usize = 16;
