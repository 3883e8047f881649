//! Randomness and ids, handed in: tests know what comes next.

use frontrow_ledger::Time;
use uuid::Uuid;

/// A source of randomness that nobody can guess. Only the binary has one that asks the system.
pub trait Random: Send + Sync + 'static {
    /// Fills all bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// A random number.
pub(crate) fn number(random: &dyn Random) -> u128 {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    u128::from_be_bytes(bytes)
}

/// A UUID of version 7: ordered by time, so that rows written together lie together.
pub(crate) fn uuid(random: &dyn Random, now: Time) -> Uuid {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let millis = u64::try_from(now.0).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

/// A UUID that follows from a number that was derived elsewhere.
pub fn custom_uuid(number: u128) -> Uuid {
    uuid::Builder::from_custom_bytes(number.to_be_bytes()).into_uuid()
}
