//! Every bound of this crate, each with its reason.

/// Characters of a barcode text that are looked at; a version 1 text has 153. Longer text was not
/// printed by us, and decoding it would be work for a stranger.
pub const BARCODE_CHARS_MAX: usize = 512;
/// Keys that a scanner believes at a time: one is in use, the others await the end of tickets that
/// they signed.
pub const KEYS_MAX: usize = 64;
/// Bytes of a key document: [`KEYS_MAX`] keys of some 130 bytes, with room for members we ignore.
pub const KEY_DOCUMENT_BYTES_MAX: usize = 64 * 1_024;
/// Pages of one PDF: an order has at most 50 places, and each is a page.
pub const TICKETS_PER_DOCUMENT_MAX: usize = 50;
/// Characters of any one text on a ticket; what is longer ends in an ellipsis before it is laid
/// out, so that a hostile name costs nothing.
pub const TEXT_CHARS_MAX: usize = 400;
/// Texts whose measures are kept in memory, of each face: what some sales print on all of their tickets, and at most a
/// few megabytes.
pub const TEXTS_KEPT_MAX: usize = 1_000;
/// Labelled facts of one kind (place, details) on a ticket; more do not fit on a page.
pub const FACTS_MAX: usize = 8;
/// Paragraphs of small print on a ticket.
pub const SMALL_PRINT_MAX: usize = 6;
