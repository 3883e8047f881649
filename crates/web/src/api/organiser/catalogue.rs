//! Venues, events and performances; each is found again by its slug or key, so that repeating a call changes nothing.

use axum::{Json, extract::State};
use frontrow_shop::{
    Error, Shop,
    catalogue::Outcome,
    spec::{EventSpec, PerformanceSpec, SaleSpec, VenueSpec},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::{
    Problem,
    auth::Organiser,
    body::{Body, InPath},
};

/// What was written, by its id.
#[derive(Debug, Serialize, ToSchema)]
pub struct Written {
    id: Uuid,
    /// `created`, `changed` or `unchanged`, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
}

/// A performance with what it sells.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PerformanceRequest {
    /// Id of the plan of a hall of the organisation.
    plan: Uuid,
    /// `key`, `starts`, `doors`, `windows`, `open` as in the sale file.
    performance: Value,
    /// `currency`, `per_order`, `categories`, `ticket_types`, `prices`, `areas`, `allocations`,
    /// `blocks`, `windows`, ... as in the sale file.
    sale: Value,
}

/// Adds a venue, or changes the one with its slug if it is the organisation's.
#[utoipa::path(post, path = "/venues", tag = "organise", security(("api_key" = [])),
    request_body(content = Value, description = "`[venue]` of the sale file"),
    responses((status = 200, body = Written), (status = "4XX", body = Problem)))]
pub async fn put_venue(
    State(shop): State<Shop>,
    organiser: Organiser,
    Body(body): Body<Value>,
) -> Result<Json<Written>, Problem> {
    let spec = VenueSpec::read(&body).map_err(Error::from)?;
    let venue = shop.put_venue(organiser.organisation, &spec).await?;
    Ok(Json(Written { id: venue.id, outcome: None }))
}

/// Adds an event, or changes the one with its slug if it is the organisation's.
#[utoipa::path(post, path = "/events", tag = "organise", security(("api_key" = [])),
    request_body(content = Value, description = "`[event]` of the sale file"),
    responses((status = 200, body = Written), (status = "4XX", body = Problem)))]
pub async fn put_event(
    State(shop): State<Shop>,
    organiser: Organiser,
    Body(body): Body<Value>,
) -> Result<Json<Written>, Problem> {
    let spec = EventSpec::read(&body).map_err(Error::from)?;
    let event = shop.put_event(organiser.organisation, &spec).await?;
    Ok(Json(Written { id: event.id, outcome: None }))
}

/// Adds a performance and defines what it sells, or changes what can still be changed.
#[utoipa::path(post, path = "/events/{event}/performances", tag = "organise",
    security(("api_key" = [])), params(("event" = Uuid, Path)),
    request_body = PerformanceRequest,
    responses((status = 200, body = Written), (status = "4XX", body = Problem)))]
pub async fn put_performance(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath(event): InPath<Uuid>,
    Body(body): Body<PerformanceRequest>,
) -> Result<Json<Written>, Problem> {
    let inside = |at: &str, error: Error| Problem::from(error).below(at);
    let performance = PerformanceSpec::read(&body.performance);
    let performance = performance.map_err(|faults| inside("/performance", faults.into()))?;
    let sale = SaleSpec::read(&body.sale);
    let sale = sale.map_err(|faults| inside("/sale", faults.into()))?;
    let written =
        shop.put_performance(organiser.organisation, event, body.plan, &performance, &sale).await;
    let (id, outcome) = written.map_err(|error| inside("/sale", error))?;
    let outcome = match outcome {
        Outcome::Created => "created",
        Outcome::Changed => "changed",
        Outcome::Unchanged => "unchanged",
    };
    Ok(Json(Written { id, outcome: Some(outcome) }))
}
