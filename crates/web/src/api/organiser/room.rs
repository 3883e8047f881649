//! Setting up a waiting room, and steering it.

use axum::{Json, extract::State, http::StatusCode};
use frontrow_ledger::room::Steering;
use frontrow_shop::{Error, Shop, limits::ACCESS_CODES_MAX, room::RoomChange, spec::RoomSpec};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::own;
use crate::api::{
    Problem,
    auth::Organiser,
    body::{Body, IdempotencyKey, InPath, InQuery},
    listing::{ListQuery, Listed},
    model::moment,
};

/// What to do to a room.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ActionRequest {
    /// No more turns come.
    Pause {},
    /// Turns come again.
    Resume {},
    /// Everybody is told this; nothing takes it back.
    Say {
        /// At most 200 bytes.
        message: Option<String>,
    },
    /// Changes how many are let in.
    Steer {
        /// Turns a minute.
        rate_per_minute: u32,
        /// People in the shop at once on average.
        target: u32,
        /// People in the shop at once, ever.
        cap: u32,
    },
    /// What the announced beacon said.
    Beacon {
        /// In hex.
        value: String,
    },
    /// No access code that was made so far is valid any more. Places that were taken with one stay.
    CallBackCodes {},
    /// Nobody waits any more, for good.
    End {},
}

/// Something that was done to a room.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionBody {
    id: Uuid,
    at: String,
    /// The name of the API key.
    who: String,
    action: String,
    detail: Value,
}

/// Which access codes: so many by number, or one for each name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodesRequest {
    /// The first number; 0 if it is not said.
    #[serde(default)]
    first: u32,
    /// How many numbers, at most 10,000.
    #[serde(default)]
    count: u32,
    /// Names of accounts or members, or addresses; at most 10,000.
    #[serde(default)]
    names: Vec<String>,
}

/// Access codes, each of one place: those by number first, then those by name in their order.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodesBody {
    codes: Vec<String>,
    /// How often codes of this room were called back.
    series: u32,
}

/// What somebody else's shop checks tokens with.
#[derive(Debug, Serialize, ToSchema)]
pub struct GateBody {
    /// `HS256`.
    algorithm: &'static str,
    /// The key: these 64 letters and digits as they are written.
    key: String,
    /// The claim `aud` of each token.
    audience: Uuid,
}

/// Makes access codes. Nothing is kept: the same question has the same answer until codes are called back.
#[utoipa::path(post, path = "/performances/{performance}/room/codes", tag = "organise",
    security(("api_key" = [])),
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header)),
    request_body = CodesRequest,
    responses((status = 200, body = CodesBody), (status = "4XX", body = Problem)))]
pub async fn make_codes(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath(performance): InPath<Uuid>,
    _key: IdempotencyKey,
    Body(request): Body<CodesRequest>,
) -> Result<Json<CodesBody>, Problem> {
    own(&shop, &organiser, performance).await?;
    // Another replica may have called codes back a moment ago.
    shop.learn_rooms().await?;
    let too_many = |pointer| {
        Problem::fault(pointer, "too-many", format!("must be at most {ACCESS_CODES_MAX}"))
    };
    if request.count > ACCESS_CODES_MAX {
        return Err(too_many("/count"));
    }
    if request.names.len() > ACCESS_CODES_MAX as usize {
        return Err(too_many("/names"));
    }
    let end = request.first.checked_add(request.count);
    let end = end.ok_or_else(|| Problem::fault("/first", "range", "must leave room for them"))?;
    let mut codes = shop.access_codes(performance, request.first..end);
    codes.extend(request.names.iter().map(|name| shop.access_code_of(performance, name)));
    Ok(Json(CodesBody { codes, series: shop.door(performance).code_series }))
}

/// The key with which somebody else's shop checks the tokens of whoever comes through this room.
#[utoipa::path(get, path = "/performances/{performance}/room/gate", tag = "organise",
    security(("api_key" = [])), params(("performance" = Uuid, Path)),
    responses((status = 200, body = GateBody), (status = "4XX", body = Problem)))]
pub async fn find_gate(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath(performance): InPath<Uuid>,
) -> Result<Json<GateBody>, Problem> {
    own(&shop, &organiser, performance).await?;
    let key = shop.gate_key(performance);
    Ok(Json(GateBody { algorithm: "HS256", key, audience: performance }))
}

/// Sets up the waiting room of a performance, or changes what may still change of it.
#[utoipa::path(put, path = "/performances/{performance}/room", tag = "organise",
    security(("api_key" = [])),
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header)),
    request_body(content = Value, description = "As `docs/waiting-room.md` has it"),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub async fn put_room(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath(performance): InPath<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<Value>,
) -> Result<StatusCode, Problem> {
    own(&shop, &organiser, performance).await?;
    let spec = RoomSpec::read(&body).map_err(Error::from)?;
    shop.put_room(performance, &spec, &organiser.name, key.command(&shop, "room")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Pauses a room, tells everybody something, changes how many are let in, ends it.
#[utoipa::path(post, path = "/performances/{performance}/room/actions", tag = "organise",
    security(("api_key" = [])),
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header)),
    request_body = ActionRequest,
    responses((status = 204), (status = "4XX", body = Problem)))]
pub async fn change_room(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath(performance): InPath<Uuid>,
    key: IdempotencyKey,
    Body(request): Body<ActionRequest>,
) -> Result<StatusCode, Problem> {
    own(&shop, &organiser, performance).await?;
    let change = change(request)?;
    let command = key.command(&shop, change.name());
    shop.change_room(performance, change, &organiser.name, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was done to a room, newest first.
#[utoipa::path(get, path = "/performances/{performance}/room/actions", tag = "organise",
    security(("api_key" = [])), params(("performance" = Uuid, Path), ListQuery),
    responses((status = 200, body = Listed<ActionBody>), (status = "4XX", body = Problem)))]
pub async fn list_room_actions(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath(performance): InPath<Uuid>,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Listed<ActionBody>>, Problem> {
    own(&shop, &organiser, performance).await?;
    let page = shop.room_actions(performance, query.request()?).await?;
    Ok(Json(Listed::of(page, |action| ActionBody {
        id: action.id,
        at: moment(action.at),
        who: action.who,
        action: action.action,
        detail: action.detail,
    })))
}

/// Somebody on the waiting list.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingBody {
    /// In the order of joining, from 0; the receipt that a fan can read out.
    place: u32,
    /// In the queue, from 0.
    position: Option<u64>,
    email: String,
    /// `cs` or `en`.
    locale: String,
    /// When they joined the list.
    since: String,
    /// When they were written to; none while they were not.
    mailed: Option<String>,
}

/// Who wants to know when places come back, longest on the list first.
#[utoipa::path(get, path = "/performances/{performance}/room/waiting-list", tag = "organise",
    security(("api_key" = [])), params(("performance" = Uuid, Path), ListQuery),
    responses((status = 200, body = Listed<WaitingBody>), (status = "4XX", body = Problem)))]
pub async fn list_waiting(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath(performance): InPath<Uuid>,
    InQuery(query): InQuery<ListQuery>,
) -> Result<Json<Listed<WaitingBody>>, Problem> {
    own(&shop, &organiser, performance).await?;
    let page = shop.waiting_list(performance, query.request()?).await?;
    Ok(Json(Listed::of(page, |wish| WaitingBody {
        place: wish.place,
        position: wish.position,
        email: wish.email,
        locale: wish.locale,
        since: moment(wish.created_at),
        mailed: wish.mailed_at.map(moment),
    })))
}

fn change(request: ActionRequest) -> Result<RoomChange, Problem> {
    Ok(match request {
        ActionRequest::Pause {} => RoomChange::Pause,
        ActionRequest::Resume {} => RoomChange::Resume,
        ActionRequest::Say { message } => RoomChange::Say(message.filter(|text| !text.is_empty())),
        ActionRequest::Steer { rate_per_minute, target, cap } => {
            RoomChange::Steer(Steering { rate_per_minute, target, cap })
        }
        ActionRequest::Beacon { value } => {
            RoomChange::Beacon(hex::decode(&value).map_err(|_| {
                Problem::fault(
                    "/value",
                    "malformed",
                    "must be an even number of hexadecimal digits",
                )
            })?)
        }
        ActionRequest::CallBackCodes {} => RoomChange::CallBackCodes,
        ActionRequest::End {} => RoomChange::End,
    })
}
