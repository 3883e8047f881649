//! The purchase as a fan does it: the real binary, a real browser, phone and desktop, Czech and
//! English, with scripts and without, and an accessibility check of every page on the way.
#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(clippy::disallowed_methods, reason = "a test reads its environment")]

mod axe;
mod chrome;
mod draw;
mod expiry;
mod fan;
mod payment;
mod picking;
mod purchase;
mod room;
mod rows;
mod shop;
mod stadium;
