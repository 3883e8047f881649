//! The shop's pages: one file per page or two, each a handler that asks the shop and fills a view.

pub mod cart;
pub mod checkout;
pub mod drawings;
pub mod event;
pub mod front;
pub mod halls;
pub mod hold;
pub mod labels;
pub mod legal;
pub mod order;
pub mod outbox;
pub mod performance;
pub mod refusals;
pub mod rows;
pub mod statuses;
pub mod test_bank;
pub mod ticket;
pub mod wants;
