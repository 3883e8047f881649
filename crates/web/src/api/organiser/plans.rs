//! Seating plans, as the editor at seats.pretix.eu exports them.

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
};
use frontrow_shop::Shop;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::{
    Problem,
    auth::Organiser,
    body::{InPath, InQuery},
};

/// Which hall.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlanQuery {
    /// What the hall is called; the plan's own name if left out.
    hall: Option<String>,
}

/// A hall of a venue.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanBody {
    id: Uuid,
    hall: String,
    seats: u32,
}

/// Adds a hall to a venue of the organisation, or gives it another plan for performances to come.
#[utoipa::path(post, path = "/venues/{venue}/plans", tag = "organise", security(("api_key" = [])),
    params(("venue" = Uuid, Path), PlanQuery),
    request_body(content_type = "application/json", content = String,
        description = "A seating plan in the JSON of seats.pretix.eu, at most 32 MB"),
    responses((status = 200, body = PlanBody), (status = "4XX", body = Problem)))]
pub async fn create_plan(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath(venue): InPath<Uuid>,
    InQuery(query): InQuery<PlanQuery>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<PlanBody>, Problem> {
    let body = body.map_err(|_| Problem::too_large())?;
    let plan = shop.put_plan(organiser.organisation, venue, query.hall.as_deref(), &body).await?;
    Ok(Json(PlanBody { id: plan.id, hall: plan.name, seats: plan.seats }))
}
