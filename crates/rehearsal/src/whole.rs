//! From measured numbers to whole ones.

/// The whole part; nothing below zero, nothing above what fits.
#[expect(clippy::cast_sign_loss, reason = "what is below zero becomes zero, as the cast saturates")]
pub(crate) const fn whole(value: f64) -> u64 {
    value as u64
}

/// The same, to count with.
pub(crate) fn count(value: f64) -> usize {
    usize::try_from(whole(value)).unwrap_or(usize::MAX)
}
