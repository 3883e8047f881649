//! Tickets: what is scanned at the gate and what the fan prints. A ticket goes in, bytes come out.
//!
//! - [`barcode`]: a signed text of 153 characters that a scanner checks without a network. The
//!   format is written down for strangers in `docs/ticket-format.md`.
//! - [`keys`]: who may sign and whose signature is believed, with rotation.
//! - [`qr`]: the QR symbol of a text, as a matrix and as SVG.
//! - [`pdf`]: the tickets of an order as an accessible PDF, on A4 or as wide as a phone.
//! - [`limits`]: every bound of this crate with its reason.
//!
//! What is absent: I/O, clocks, randomness and languages. Every text on a ticket comes in already
//! localised ([`view`]), every moment as an argument, and equal input gives equal bytes.

pub mod barcode;
pub mod keys;
pub mod limits;
pub mod pdf;
pub mod qr;
pub mod view;
