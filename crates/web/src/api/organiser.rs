//! What an organiser does, with an API key: venues, plans, events, performances, sales, orders.
//!
//! Bodies have the keys of the sale file (`docs/sale-file.md`), in JSON.

pub mod catalogue;
pub mod orders;
pub mod plans;
pub mod room;
pub mod sale;

use std::sync::Arc;

use frontrow_shop::{Shop, facts::Facts};
use uuid::Uuid;

use super::{Problem, auth::Organiser};

/// A performance, if it is this organiser's; to others it does not exist.
async fn own(shop: &Shop, organiser: &Organiser, performance: Uuid) -> Result<Arc<Facts>, Problem> {
    let facts = shop.facts(performance).await?;
    if facts.details.event.organisation_id == organiser.organisation {
        Ok(facts)
    } else {
        Err(Problem::not_found("performance"))
    }
}
