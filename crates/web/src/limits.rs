//! Every bound of the web, each with its reason.

/// Bytes of a body of the API; fifty places with names and prices stay far below.
pub const API_BODY_BYTES_MAX: usize = 256 * 1024;
/// Characters of an idempotency key: one that could be guessed would show somebody else's hold.
pub const IDEMPOTENCY_KEY_CHARS_MIN: usize = 16;
/// Characters of an idempotency key: nobody needs more to be unique.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 128;
