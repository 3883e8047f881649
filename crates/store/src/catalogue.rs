//! What is on: organisations, venues, plans, events, performances.
//!
//! Every `put_*` inserts or replaces by id, so that an import can be run again.

mod events;
mod geometries;
mod organisations;
mod performances;
mod plans;
mod venues;

pub use events::Event;
pub use geometries::ContentHash;
pub use organisations::Organisation;
pub use performances::{Performance, PerformanceDetails, PerformanceOnSale, SaleState};
pub use plans::SeatingPlan;
pub use venues::Venue;

pub(crate) use performances::projected_columns_reset;
