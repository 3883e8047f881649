//! Waiting for one's turn: the waiting room of a client of the API.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use frontrow_ledger::room::{Phase, Refusal, Turn};
use frontrow_shop::{
    Shop,
    buyer::Email,
    room::{Ask, Joined, Visit},
};
use frontrow_store::room_wishes::Wish;
use frontrow_words::Language;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Problem,
    auth::Through,
    body::{Body, IdempotencyKey, InPath, InQuery},
    model::moment,
};

/// A waiting room.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomBody {
    /// `off`, `closed`, `pre-queue`, `draw`, `queue`, `sold-out` or `ended`.
    phase: &'static str,
    /// No turns come for a while.
    paused: bool,
    /// From when on one may join.
    opens: String,
    /// Who has joined before this moment takes part in the draw; turns come from then on.
    starts: String,
    /// What everybody is told.
    message: Option<String>,
    /// All who have a place.
    joined: u64,
    /// Positions whose turn has come.
    cursor: u64,
    /// Whether there is a draw.
    drawn_at_start: bool,
    /// The place of the receipt that was shown.
    place: Option<PlaceBody>,
    /// Who may join now: `anyone`, `code` or `email`.
    entry: &'static str,
    /// The work that a place costs, once the room is open and if it costs any.
    work: Option<WorkBody>,
}

/// What a place costs: SHA-256 of `challenge:key:found` has to begin with so many zero bits, where the key is the
/// `Idempotency-Key` of joining.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkBody {
    bits: u8,
    challenge: String,
}

/// What is shown to get a place, where it is asked for.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct JoinRequest {
    /// An access code.
    code: Option<String>,
    /// What the work found, at most 32 characters.
    work: Option<String>,
}

/// Where an access code is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterRequest {
    email: String,
    /// `cs` or `en`.
    language: Option<String>,
}

/// Leaves somebody else's shop.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveGateRequest {
    /// As it came in the address.
    token: String,
}

/// A place in a waiting room.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceBody {
    /// In the order of joining, from 0.
    place: u32,
    /// In the queue, from 0; none before the draw.
    position: Option<u64>,
    /// `undrawn`, `waiting`, `open`, `missed`, `in-shop` or `over`.
    turn: &'static str,
    /// How many come before.
    ahead: Option<u64>,
    /// When the turn is missed, or the pass ends.
    until: Option<String>,
    /// How long it may take, in seconds: at least and at most.
    wait_seconds: Option<(u64, u64)>,
}

/// A place that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinedBody {
    /// Keep it: with it the place is found from anywhere.
    receipt: String,
    /// In the order of joining, from 0.
    place: u32,
}

impl From<Joined> for JoinedBody {
    fn from(joined: Joined) -> Self {
        Self { receipt: joined.receipt, place: joined.place.0 }
    }
}

/// Comes in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterRequest {
    /// What joining answered.
    receipt: String,
}

/// Be written to once, or not any more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoomMailRequest {
    /// What joining answered.
    receipt: String,
    /// When: it is their turn, or places come back (the waiting list; the place in the queue is kept).
    about: About,
    /// Where; without one, everything that was asked for this place is forgotten.
    email: Option<String>,
    /// `cs` or `en`.
    locale: Option<String>,
}

/// About what somebody who waits is written to.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// It is their turn.
    Turn,
    /// Places came back.
    Places,
}

/// The right to hold and to pay: send it as `Frontrow-Pass`, and the same `Frontrow-Device`.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassBody {
    pass: String,
    /// When it ends.
    until: String,
    /// Where to go on, if the room stands before somebody else's shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// Whose place is looked at.
#[derive(Debug, Deserialize, IntoParams)]
pub struct RoomQuery {
    /// What joining answered.
    receipt: Option<String>,
}

/// How a waiting room stands, and with a receipt how that place does. Poll `/rooms/{performance}/status` instead:
/// it costs nobody anything.
#[utoipa::path(get, path = "/performances/{performance}/room", tag = "wait",
    params(("performance" = Uuid, Path), RoomQuery),
    responses((status = 200, body = RoomBody), (status = "4XX", body = Problem)))]
pub async fn find_room(
    State(shop): State<Shop>,
    InPath(performance): InPath<Uuid>,
    InQuery(query): InQuery<RoomQuery>,
) -> Result<Json<RoomBody>, Problem> {
    let visit = shop.room_visit(performance, query.receipt.as_deref()).await?;
    if query.receipt.is_some() && visit.own.is_none() {
        return Err(Refusal::UnknownPlace.into());
    }
    Ok(Json(RoomBody::new(&shop, performance, &visit)))
}

/// Takes a place. The `Idempotency-Key` is whose place it is: again with the same one is the same place. With an access
/// code it is the place of that code. The body may be left out where nothing is asked for.
#[utoipa::path(post, path = "/performances/{performance}/room/places", tag = "wait",
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header)),
    request_body = Option<JoinRequest>,
    responses((status = 201, body = JoinedBody), (status = "4XX", body = Problem), (status = 503, body = Problem)))]
pub async fn join_room(
    State(shop): State<Shop>,
    InPath(performance): InPath<Uuid>,
    key: IdempotencyKey,
    body: Option<Body<JoinRequest>>,
) -> Result<impl IntoResponse, Problem> {
    let Body(request) = body.unwrap_or(Body(JoinRequest::default()));
    let ask =
        Ask { code: request.code.as_deref(), own: key.as_str(), work: request.work.as_deref() };
    Ok(joined(shop.join_room_by_key(performance, key.as_str(), ask).await?))
}

/// What is answered to whoever has a place now.
pub(crate) fn joined(joined: Joined) -> impl IntoResponse {
    (StatusCode::CREATED, Json(JoinedBody::from(joined)))
}

/// The body of the same.
pub(crate) fn joined_bytes(joined: Joined) -> Vec<u8> {
    serde_json::to_vec(&JoinedBody::from(joined))
        .expect("a text and a number always serialise into memory")
}

/// Sends an access code to an address, where the room asks for one. The same address gets the same code.
#[utoipa::path(post, path = "/performances/{performance}/room/registrations", tag = "wait",
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header)),
    request_body = RegisterRequest,
    responses((status = 202), (status = "4XX", body = Problem), (status = 503, body = Problem)))]
pub async fn register(
    State(shop): State<Shop>,
    InPath(performance): InPath<Uuid>,
    _key: IdempotencyKey,
    Body(request): Body<RegisterRequest>,
) -> Result<StatusCode, Problem> {
    let email = Email::parse(&request.email).ok_or_else(|| {
        Problem::fault("/email", "malformed", "must be an address that mail can be sent to")
    })?;
    let language = request.language.as_deref().and_then(Language::parse).unwrap_or(Language::En);
    shop.register_for_room(performance, &email, language).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Leaves somebody else's shop that the room stands before, by the token that one came with: the next one comes in.
#[utoipa::path(post, path = "/performances/{performance}/room/gate/leave", tag = "wait",
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header)),
    request_body = LeaveGateRequest,
    responses((status = 204), (status = "4XX", body = Problem)))]
pub async fn leave_gate(
    State(shop): State<Shop>,
    InPath(performance): InPath<Uuid>,
    _key: IdempotencyKey,
    Body(request): Body<LeaveGateRequest>,
) -> Result<StatusCode, Problem> {
    shop.leave_gate(performance, &request.token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Comes into the shop when it is one's turn. The pass is bound to `Frontrow-Device`, a secret of 16 or more characters
/// that the client chooses; asking again with the same one answers the same pass.
#[utoipa::path(post, path = "/performances/{performance}/room/enter", tag = "wait",
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header),
        ("Frontrow-Device" = String, Header)),
    request_body = EnterRequest,
    responses((status = 200, body = PassBody), (status = "4XX", body = Problem), (status = 503, body = Problem)))]
pub async fn enter_shop(
    State(shop): State<Shop>,
    InPath(performance): InPath<Uuid>,
    _key: IdempotencyKey,
    through: Through,
    Body(request): Body<EnterRequest>,
) -> Result<Json<PassBody>, Problem> {
    let device = through.chosen_device()?;
    let entered = shop.enter_shop(performance, &request.receipt, device).await?;
    let url = shop.gate_address(performance, Some(&entered.pass), device)?;
    Ok(Json(PassBody { pass: entered.pass, until: moment(entered.until), url }))
}

/// More time in the shop, once.
#[utoipa::path(post, path = "/performances/{performance}/room/extend", tag = "wait",
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header),
        ("Frontrow-Pass" = String, Header), ("Frontrow-Device" = String, Header)),
    responses((status = 200, body = PassBody), (status = "4XX", body = Problem)))]
pub async fn extend_pass(
    State(shop): State<Shop>,
    InPath(performance): InPath<Uuid>,
    _key: IdempotencyKey,
    through: Through,
) -> Result<Json<PassBody>, Problem> {
    let extended = shop.extend_pass(performance, through.pass.as_deref(), through.device()).await?;
    let url = shop.gate_address(performance, Some(&extended.pass), through.device())?;
    Ok(Json(PassBody { pass: extended.pass, until: moment(extended.until), url }))
}

/// Leaves the shop, so that the next one comes in.
#[utoipa::path(post, path = "/performances/{performance}/room/leave", tag = "wait",
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header),
        ("Frontrow-Pass" = String, Header), ("Frontrow-Device" = String, Header)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub async fn leave_shop(
    State(shop): State<Shop>,
    InPath(performance): InPath<Uuid>,
    _key: IdempotencyKey,
    through: Through,
) -> Result<StatusCode, Problem> {
    shop.leave_shop(performance, through.pass.as_deref(), through.device()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leaves an address to be written to once, or takes it back.
#[utoipa::path(post, path = "/performances/{performance}/room/mail", tag = "wait",
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header)),
    request_body = RoomMailRequest,
    responses((status = 204), (status = "4XX", body = Problem)))]
pub async fn mail_room(
    State(shop): State<Shop>,
    InPath(performance): InPath<Uuid>,
    _key: IdempotencyKey,
    Body(request): Body<RoomMailRequest>,
) -> Result<StatusCode, Problem> {
    let RoomMailRequest { receipt, about, email, locale } = request;
    let language = locale.as_deref().and_then(Language::parse).unwrap_or(Language::En);
    let wish = match about {
        About::Turn => Wish::Turn,
        About::Places => Wish::Places,
    };
    match email {
        Some(email) => {
            shop.wish_for_mail(performance, &receipt, wish, &email, language).await?;
        }
        None => shop.wish_for_no_mail(performance, &receipt).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

impl RoomBody {
    fn new(shop: &Shop, performance: Uuid, visit: &Visit) -> Self {
        let door = shop.door(performance);
        let work = door
            .asks_work(visit.phase)
            .map(|bits| WorkBody { bits, challenge: shop.work_challenge(performance) });
        let place = visit.own.map(|own| {
            let (turn, ahead, until) = turn(own.turn);
            PlaceBody {
                place: own.place.0,
                position: own.position,
                turn,
                ahead,
                until,
                wait_seconds: own
                    .wait
                    .and_then(|wait| Some((wait.from_ms / 1_000, wait.to_ms?.div_ceil(1_000)))),
            }
        });
        Self {
            phase: phase(visit.phase),
            paused: visit.status.paused,
            opens: moment(visit.opens),
            starts: moment(visit.starts),
            message: visit.message.clone(),
            joined: visit.headcount.joined,
            cursor: visit.status.cursor,
            drawn_at_start: visit.draw.is_some(),
            place,
            entry: door.entry_at(visit.now).name(),
            work,
        }
    }
}

/// A phase as the API names it.
pub const fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Off => "off",
        Phase::Closed => "closed",
        Phase::PreQueue => "pre-queue",
        Phase::Draw => "draw",
        Phase::Queue => "queue",
        Phase::SoldOut => "sold-out",
        Phase::Ended => "ended",
    }
}

fn turn(turn: Turn) -> (&'static str, Option<u64>, Option<String>) {
    match turn {
        Turn::Undrawn => ("undrawn", None, None),
        Turn::Waiting { ahead } => ("waiting", Some(ahead), None),
        Turn::Open { until } => ("open", Some(0), Some(moment(until))),
        Turn::Missed => ("missed", Some(0), None),
        Turn::InShop { until, .. } => ("in-shop", None, Some(moment(until))),
        Turn::Over => ("over", None, None),
    }
}
