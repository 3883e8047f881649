//! Holding places: the cart of a client of the API.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use frontrow_ledger::{ChannelId, HoldId};
use frontrow_shop::{
    Shop,
    cart::{HoldRef, HoldStatus, HoldView},
    facts::{Facts, PlaceName},
    room::Purpose,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Problem,
    auth::Through,
    body::{Body, IdempotencyKey, InPath},
    model::{LocalText, Money, hold_text, moment, parse_hold},
    wants::{self, Want},
};

/// What to hold: all of it, or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldRequest {
    wants: Vec<Want>,
}

/// What is held.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoldBody {
    /// Who knows it may use it: treat it as a secret.
    id: String,
    performance: Uuid,
    /// `live`, `paying`, `expired`, `sold` or `empty`.
    state: &'static str,
    /// When it lapses.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// How often more time may be asked for.
    extensions_left: u8,
    positions: Vec<PositionBody>,
    total: Money,
}

/// A place that is held or sold, with its price.
#[derive(Debug, Serialize, ToSchema)]
pub struct PositionBody {
    /// Of the position.
    pub index: u16,
    pub place: PlaceBody,
    /// Key of the category.
    pub category: String,
    /// Key of the ticket type.
    pub ticket_type: String,
    /// What is charged, whatever the prices are meanwhile.
    pub price: Money,
}

/// Where.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum PlaceBody {
    /// A numbered seat.
    Seat {
        /// Section.
        section: String,
        /// Row.
        row: String,
        /// Seat.
        seat: String,
    },
    /// A place of a standing area.
    Area {
        /// Of the area.
        name: LocalText,
    },
}

type HoldPath = InPath<(Uuid, String)>;

/// Holds places for some minutes. With a pass of a waiting room there is one hold: what is asked for again is added to it.
#[utoipa::path(post, path = "/performances/{performance}/holds", tag = "buy",
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header),
        ("Frontrow-Pass" = Option<String>, Header), ("Frontrow-Device" = Option<String>, Header)),
    request_body = HoldRequest,
    responses((status = 201, body = HoldBody), (status = "4XX", body = Problem), (status = 503, body = Problem)))]
pub async fn create_hold(
    State(shop): State<Shop>,
    InPath(performance): InPath<Uuid>,
    key: IdempotencyKey,
    through: Through,
    Body(request): Body<HoldRequest>,
) -> Result<impl IntoResponse, Problem> {
    let facts = shop.facts(performance).await?;
    let admitted = through.admitted(&shop, performance, Purpose::Hold).await?;
    let wants = wants::read(&facts.offer, request.wants)?;
    // The hold follows from the key, so that a retry finds the same one and nobody else guesses it.
    let at = HoldRef { performance, hold: HoldId(key.command(&shop, "hold-id").0) };
    let view = shop.hold_for_client(at, wants, admitted, key.command(&shop, "hold")).await?;
    let location = format!("/api/v1/performances/{performance}/holds/{}", hold_text(view.at.hold));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(HoldBody::from(&view))))
}

/// What is held.
#[utoipa::path(get, path = "/performances/{performance}/holds/{hold}", tag = "buy",
    params(("performance" = Uuid, Path), ("hold" = String, Path)),
    responses((status = 200, body = HoldBody), (status = "4XX", body = Problem)))]
pub async fn find_hold(
    State(shop): State<Shop>,
    path: HoldPath,
) -> Result<Json<HoldBody>, Problem> {
    let view = shop.hold_view_now(at(path)?).await?;
    if view.state == HoldStatus::Empty {
        return Err(Problem::not_found("hold"));
    }
    Ok(Json(HoldBody::from(&view)))
}

/// Adds places to a live hold; its time stays.
#[utoipa::path(post, path = "/performances/{performance}/holds/{hold}/places", tag = "buy",
    params(("performance" = Uuid, Path), ("hold" = String, Path), ("Idempotency-Key" = String, Header),
        ("Frontrow-Pass" = Option<String>, Header), ("Frontrow-Device" = Option<String>, Header)),
    request_body = HoldRequest,
    responses((status = 200, body = HoldBody), (status = "4XX", body = Problem)))]
pub async fn add_places(
    State(shop): State<Shop>,
    path: HoldPath,
    key: IdempotencyKey,
    through: Through,
    Body(request): Body<HoldRequest>,
) -> Result<Json<HoldBody>, Problem> {
    let at = at(path)?;
    let admitted = through.admitted(&shop, at.performance, Purpose::Hold).await?;
    let held = shop.hold_view_now(at).await?;
    if held.state == HoldStatus::Empty {
        return Err(Problem::not_found("hold"));
    }
    let wants = wants::read(&held.facts.offer, request.wants)?;
    let view = shop.hold(at, ChannelId::API, wants, admitted, key.command(&shop, "add")).await?;
    Ok(Json(HoldBody::from(&view)))
}

/// Gives one place back.
#[utoipa::path(delete, path = "/performances/{performance}/holds/{hold}/places/{index}", tag = "buy",
    params(("performance" = Uuid, Path), ("hold" = String, Path), ("index" = u16, Path),
        ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = HoldBody), (status = "4XX", body = Problem)))]
pub async fn remove_place(
    State(shop): State<Shop>,
    InPath((performance, hold, index)): InPath<(Uuid, String, u16)>,
    key: IdempotencyKey,
) -> Result<Json<HoldBody>, Problem> {
    let at = at(InPath((performance, hold)))?;
    let view = shop.remove(at, vec![index], key.command(&shop, "remove")).await?;
    Ok(Json(HoldBody::from(&view)))
}

/// Gives everything back.
#[utoipa::path(delete, path = "/performances/{performance}/holds/{hold}", tag = "buy",
    params(("performance" = Uuid, Path), ("hold" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub async fn release_hold(
    State(shop): State<Shop>,
    path: HoldPath,
    key: IdempotencyKey,
) -> Result<StatusCode, Problem> {
    shop.release(at(path)?, key.command(&shop, "release")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// More time, as often as the sale allows.
#[utoipa::path(post, path = "/performances/{performance}/holds/{hold}/extend", tag = "buy",
    params(("performance" = Uuid, Path), ("hold" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = HoldBody), (status = "4XX", body = Problem)))]
pub async fn extend_hold(
    State(shop): State<Shop>,
    path: HoldPath,
    key: IdempotencyKey,
) -> Result<Json<HoldBody>, Problem> {
    let view = shop.extend(at(path)?, key.command(&shop, "extend")).await?;
    Ok(Json(HoldBody::from(&view)))
}

/// Takes the places of a lapsed hold again, at the same prices, if all are free.
#[utoipa::path(post, path = "/performances/{performance}/holds/{hold}/reacquire", tag = "buy",
    params(("performance" = Uuid, Path), ("hold" = String, Path), ("Idempotency-Key" = String, Header),
        ("Frontrow-Pass" = Option<String>, Header), ("Frontrow-Device" = Option<String>, Header)),
    responses((status = 200, body = HoldBody), (status = "4XX", body = Problem)))]
pub async fn reacquire_hold(
    State(shop): State<Shop>,
    path: HoldPath,
    key: IdempotencyKey,
    through: Through,
) -> Result<Json<HoldBody>, Problem> {
    let at = at(path)?;
    let admitted = through.admitted(&shop, at.performance, Purpose::Hold).await?;
    let view = shop.reacquire(at, admitted, key.command(&shop, "reacquire")).await?;
    Ok(Json(HoldBody::from(&view)))
}

fn at(InPath((performance, hold)): HoldPath) -> Result<HoldRef, Problem> {
    let hold = parse_hold(&hold).ok_or_else(|| Problem::not_found("hold"))?;
    Ok(HoldRef { performance, hold })
}

impl From<&HoldView> for HoldBody {
    fn from(view: &HoldView) -> Self {
        let (state, until, extensions_left) = match view.state {
            HoldStatus::Live { until, extensions_left } => ("live", Some(until), extensions_left),
            HoldStatus::Paying { until, .. } => ("paying", Some(until), 0),
            HoldStatus::Expired { .. } => ("expired", None, 0),
            HoldStatus::Sold { .. } => ("sold", None, 0),
            HoldStatus::Empty => ("empty", None, 0),
        };
        let positions = view.positions.iter().map(|position| PositionBody {
            index: position.index,
            place: (&position.place).into(),
            category: category_key(&view.facts, position.category),
            ticket_type: ticket_type_key(&view.facts, position.ticket_type),
            price: Money::new(position.price_minor, view.currency),
        });
        Self {
            id: hold_text(view.at.hold),
            performance: view.at.performance,
            state,
            expires_at: until.map(moment),
            extensions_left,
            positions: positions.collect(),
            total: Money::new(view.total_minor, view.currency),
        }
    }
}

impl From<&PlaceName> for PlaceBody {
    fn from(name: &PlaceName) -> Self {
        match name {
            PlaceName::Seat { zone, row, seat } => {
                Self::Seat { section: zone.clone(), row: row.clone(), seat: seat.clone() }
            }
            PlaceName::Area(name) => Self::Area { name: name.into() },
        }
    }
}

/// The organiser's key of a category.
pub fn category_key(facts: &Facts, id: frontrow_ledger::CategoryId) -> String {
    facts.offer.category(id).map(|label| label.key.clone()).unwrap_or_default()
}

/// The organiser's key of a ticket type.
pub fn ticket_type_key(facts: &Facts, id: frontrow_ledger::TicketTypeId) -> String {
    facts.offer.ticket_type(id).map(|label| label.key.clone()).unwrap_or_default()
}
