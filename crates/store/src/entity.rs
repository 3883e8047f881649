//! One file per table: its row as SeaORM sees it. Nothing of this leaves the crate. Each is listed in `sqlite/kinds.rs`,
//! which tells SQLite's ids from its bytes; a test finds what is not.

pub(crate) mod api_keys;
pub(crate) mod carts;
pub(crate) mod events;
pub(crate) mod geometries;
pub(crate) mod idempotency;
pub(crate) mod jobs;
pub(crate) mod order_positions;
pub(crate) mod orders;
pub(crate) mod organisations;
pub(crate) mod payment_events;
pub(crate) mod payments;
pub(crate) mod performances;
pub(crate) mod projections;
pub(crate) mod refunds;
pub(crate) mod replicas;
pub(crate) mod room_actions;
pub(crate) mod room_samples;
pub(crate) mod room_wishes;
pub(crate) mod rooms;
pub(crate) mod seating_plans;
pub(crate) mod settings;
pub(crate) mod test_bank_deliveries;
pub(crate) mod test_bank_payments;
pub(crate) mod tickets;
pub(crate) mod venues;
