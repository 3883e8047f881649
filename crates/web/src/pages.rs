//! What each page shows: view structs, with the template beside each that fills it.
//!
//! A view holds what the page says and nothing about where it came from: handlers in
//! [`shop`](crate::shop) fill them, tests fill them with samples. Texts come from the `Frame`'s
//! language inside the template.

pub mod cart;
pub mod checkout;
pub mod event;
pub mod fair_queue;
pub mod fault;
pub mod frame;
pub mod front;
pub mod legal;
pub mod map_data;
pub mod office_login;
pub mod order;
pub mod outbox;
pub mod parts;
pub mod performance;
pub mod room;
pub mod room_control;
pub mod rows;
pub mod testpay;
pub mod ticket;

#[cfg(test)]
mod gallery;
#[cfg(test)]
mod texts;
