//! The API of the real binary, over HTTP: the purchase, the waiting room and who attacks it, what an organiser does, and bad input.
#![expect(clippy::unwrap_used, reason = "tests")]

mod attack;
mod bad_input;
mod client;
mod draw;
mod gate;
mod organise;
mod purchase;
