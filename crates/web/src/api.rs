//! The API under `/api/v1`: the purchase that the pages make, and what an organiser does.
//!
//! Every URL of the API is on this screen; the document at `/api/v1/openapi.json` is made from the same
//! lines. Errors are problem details ([`problem`]), bodies are read by [`body`], and every unsafe call carries an
//! `Idempotency-Key`, from which the ledger's command id follows: a retry gets the same answer.

mod auth;
mod body;
mod catalogue;
mod holds;
mod listing;
mod model;
mod orders;
mod organiser;
mod problem;
mod room;
mod wants;

use axum::{Json, Router, http::StatusCode, routing::get};
use frontrow_shop::{Shop, limits::PLAN_BYTES_MAX};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use body::{KEY, key_in as idempotency_key, sound_key};
pub(crate) use model::moment;
pub use problem::Problem;
pub(crate) use room::{joined, joined_bytes};

use crate::{limits::API_BODY_BYTES_MAX, middleware::size};

/// What stands at the head of the document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Frontrow",
        description = "Buy tickets, and organise what is sold. Money is in minor units, times are \
            RFC 3339 in UTC, errors are RFC 9457 problem details with a stable `code`. Every unsafe \
            call carries an `Idempotency-Key` of 16 to 128 characters that nobody can guess, such as \
            a UUID: the same call with the same key gets the same answer.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/api/v1")),
    tags(
        (name = "buy", description = "What a fan does; no key needed"),
        (name = "wait", description = "The waiting room of a sale in demand"),
        (name = "organise", description = "What an organiser does, with an API key")
    ),
    components(schemas(Problem)),
    modifiers(&ApiKeyScheme)
)]
struct Head;

struct ApiKeyScheme;

impl Modify for ApiKeyScheme {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("api_key", scheme);
    }
}

/// Every URL of the API, below `/api/v1`.
pub fn router() -> Router<Shop> {
    let (router, document) = parts();
    let document = Json(document);
    router
        .route("/openapi.json", get(move || async move { document.clone() }))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
}

/// The document that describes the API, as `docs/openapi.json` has it.
pub fn document() -> utoipa::openapi::OpenApi {
    parts().1
}

/// Too many places are taken from one network.
pub fn crowded(retry_seconds: u32) -> Problem {
    let title = "Too many places from one network";
    let detail = format!("Come back in {retry_seconds} s, with the same Idempotency-Key.");
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-joins", title, detail)
        .retry_after(retry_seconds)
}

fn parts() -> (Router<Shop>, utoipa::openapi::OpenApi) {
    let plans = OpenApiRouter::new()
        .routes(routes!(organiser::plans::create_plan))
        .layer(size::at_most(PLAN_BYTES_MAX));
    let rest = OpenApiRouter::with_openapi(Head::openapi())
        .routes(routes!(catalogue::list_events))
        .routes(routes!(catalogue::find_event))
        .routes(routes!(catalogue::find_performance))
        .routes(routes!(holds::create_hold))
        .routes(routes!(holds::find_hold, holds::release_hold))
        .routes(routes!(holds::add_places))
        .routes(routes!(holds::remove_place))
        .routes(routes!(holds::extend_hold))
        .routes(routes!(holds::reacquire_hold))
        .routes(routes!(room::find_room, organiser::room::put_room))
        .routes(routes!(room::join_room))
        .routes(routes!(room::enter_shop))
        .routes(routes!(room::extend_pass))
        .routes(routes!(room::leave_shop))
        .routes(routes!(room::mail_room))
        .routes(routes!(organiser::room::list_waiting))
        .routes(routes!(room::register))
        .routes(routes!(room::leave_gate))
        .routes(routes!(organiser::room::make_codes))
        .routes(routes!(organiser::room::find_gate))
        .routes(routes!(organiser::room::change_room, organiser::room::list_room_actions))
        .routes(routes!(orders::create_order))
        .routes(routes!(orders::find_order))
        .routes(routes!(orders::create_payment))
        .routes(routes!(orders::find_tickets_pdf))
        .routes(routes!(orders::list_ticket_keys))
        .routes(routes!(organiser::catalogue::put_venue))
        .routes(routes!(organiser::catalogue::put_event))
        .routes(routes!(organiser::catalogue::put_performance))
        .routes(routes!(organiser::sale::put_prices))
        .routes(routes!(organiser::sale::put_allocation))
        .routes(routes!(organiser::sale::create_block, organiser::sale::list_blocks))
        .routes(routes!(organiser::sale::release_block))
        .routes(routes!(organiser::sale::open_sale))
        .routes(routes!(organiser::sale::close_sale))
        .routes(routes!(organiser::orders::list_orders))
        .routes(routes!(organiser::orders::cancel_order))
        .layer(size::at_most(API_BODY_BYTES_MAX));
    rest.merge(plans).split_for_parts()
}
