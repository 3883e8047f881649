//! Until when a hold lives.

use crate::{
    CommandId, Time,
    sale::{Hold, HoldTimes},
};

/// Spreads command ids over all 64-bit numbers.
pub(super) fn salt(id: CommandId) -> u64 {
    let bytes = id.0.to_le_bytes();
    let half = |from: usize| {
        bytes
            .iter()
            .skip(from)
            .take(8)
            .rev()
            .fold(0u64, |number, byte| number << 8 | u64::from(*byte))
    };
    mix(mix(half(0)) ^ half(8))
}

/// `SplitMix64`'s finaliser: every bit of the number changes about half of the bits of the answer.
const fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// For places taken now into a hold that was created at a moment: the hold's time and its own share
/// of jitter.
pub(super) fn held(times: &HoldTimes, now: Time, created: Time, salt: u64) -> Time {
    let jitter = match u64::try_from(times.jitter_ms) {
        Ok(range) if range > 0 => i64::try_from(salt % range).unwrap_or(0),
        _ => 0,
    };
    now.plus_ms(times.hold_ms).plus_ms(jitter).min(ceiling(times, created))
}

/// After one more extension; not later than now if there is none left.
pub(super) fn extended(times: &HoldTimes, hold: &Hold) -> Time {
    if hold.extended >= times.extensions {
        return hold.until;
    }
    hold.until.plus_ms(times.extension_ms).min(ceiling(times, hold.created))
}

/// From the moment a payment opens.
pub(super) fn paying(times: &HoldTimes, now: Time, hold: &Hold) -> Time {
    hold.until.max(now.plus_ms(times.payment_ms)).min(ceiling(times, hold.created))
}

/// Nothing is held longer, whatever is extended, paid or reacquired.
pub(super) fn ceiling(times: &HoldTimes, created: Time) -> Time {
    created.plus_ms(times.ceiling_ms)
}
