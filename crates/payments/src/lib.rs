//! Payments: somebody else's computer takes the money, and says so first, late, twice or never.
//!
//! - [`provider`]: the trait that every payment provider implements, and the words of it.
//! - [`outside`]: what goes wrong out there: whose fault it is, and whether to try again.
//! - [`webhook`]: signing and checking what a provider sends by itself.
//! - [`test_provider`]: a built-in bank for demonstrations and tests, with every bad habit.
//! - `contract` (feature `contract`): the suite that every provider passes.
//! - [`limits`]: every bound of this crate with its reason.
//!
//! A provider is believed only when it is asked: a webhook says *which* payment to look at, and
//! [`Provider::check`](provider::Provider::check) says what is true. So a forged, repeated or
//! reordered webhook can at worst cause a question.
//!
//! What is absent: tables, the log, the order. Who calls decides what a payment means, in
//! `docs/payments.md`; this crate moves the words. No clock either: every moment is an argument.

#[cfg(feature = "contract")]
pub mod contract;
pub mod limits;
pub mod outside;
pub mod provider;
pub mod test_provider;
pub mod webhook;
