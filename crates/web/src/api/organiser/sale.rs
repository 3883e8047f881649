//! One sale: prices, allocations, seat blocks, opening and closing.

use axum::{Json, extract::State, http::StatusCode};
use frontrow_ledger::{BlockId, sale::BlockKind};
use frontrow_shop::{
    Error, Shop,
    spec::{AllocationSpec, BlockSpec, PriceSpec},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::own;
use crate::api::{
    Problem,
    auth::Organiser,
    body::{Body, IdempotencyKey, InPath},
};

/// Places that are not for sale.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockBody {
    id: Uuid,
    /// `house`, `promoter`, `kill` or `production`.
    kind: &'static str,
    /// A note for colleagues.
    reason: String,
    /// Numbers of the seats in the seat map.
    seats: Vec<u32>,
    /// Number of the area, and how many of its places.
    areas: Vec<(u16, u32)>,
}

/// A block that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewBlock {
    id: Uuid,
}

/// Replaces all prices; what is held keeps the price it was shown.
#[utoipa::path(put, path = "/performances/{performance}/prices", tag = "organise",
    security(("api_key" = [])),
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header)),
    request_body(content = Value, description = "`{\"prices\": ...}` as in the sale file"),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub async fn put_prices(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath(performance): InPath<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<Value>,
) -> Result<StatusCode, Problem> {
    own(&shop, &organiser, performance).await?;
    let currency =
        shop.performance(performance, frontrow_ledger::ChannelId::API).await?.sale.currency;
    let prices = PriceSpec::read_all(&body, currency).map_err(Error::from)?;
    shop.reprice(performance, &prices, key.command(&shop, "reprice")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Adds an allocation, or changes the one with its key.
#[utoipa::path(put, path = "/performances/{performance}/allocations", tag = "organise",
    security(("api_key" = [])),
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header)),
    request_body(content = Value, description = "One of `[[allocations]]` of the sale file"),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub async fn put_allocation(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath(performance): InPath<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<Value>,
) -> Result<StatusCode, Problem> {
    own(&shop, &organiser, performance).await?;
    let spec = AllocationSpec::read(&body).map_err(Error::from)?;
    shop.set_allocation(performance, &spec, key.command(&shop, "allocation")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes places out of sale, all or none.
#[utoipa::path(post, path = "/performances/{performance}/blocks", tag = "organise",
    security(("api_key" = [])),
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header)),
    request_body(content = Value, description = "One of `[[blocks]]` of the sale file"),
    responses((status = 201, body = NewBlock), (status = "4XX", body = Problem)))]
pub async fn create_block(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath(performance): InPath<Uuid>,
    key: IdempotencyKey,
    Body(body): Body<Value>,
) -> Result<(StatusCode, Json<NewBlock>), Problem> {
    own(&shop, &organiser, performance).await?;
    let spec = BlockSpec::read(&body).map_err(Error::from)?;
    let block = shop.block(performance, &spec, key.command(&shop, "block")).await?;
    Ok((StatusCode::CREATED, Json(NewBlock { id: Uuid::from_u128(block.0) })))
}

/// The blocks that still have places.
#[utoipa::path(get, path = "/performances/{performance}/blocks", tag = "organise",
    security(("api_key" = [])), params(("performance" = Uuid, Path)),
    responses((status = 200, body = Vec<BlockBody>), (status = "4XX", body = Problem)))]
pub async fn list_blocks(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath(performance): InPath<Uuid>,
) -> Result<Json<Vec<BlockBody>>, Problem> {
    own(&shop, &organiser, performance).await?;
    let blocks = shop.blocks(performance).await?;
    let body = |(id, block): (BlockId, frontrow_ledger::sale::Block)| BlockBody {
        id: Uuid::from_u128(id.0),
        kind: match block.kind {
            BlockKind::House => "house",
            BlockKind::Promoter => "promoter",
            BlockKind::Kill => "kill",
            BlockKind::Production => "production",
        },
        reason: block.reason,
        seats: block.places.seats.iter().map(|seat| seat.0).collect(),
        areas: block.places.areas.iter().map(|(area, count)| (area.0, *count)).collect(),
    };
    Ok(Json(blocks.into_iter().map(body).collect()))
}

/// Returns all places of a block to sale.
#[utoipa::path(delete, path = "/performances/{performance}/blocks/{block}", tag = "organise",
    security(("api_key" = [])),
    params(("performance" = Uuid, Path), ("block" = Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub async fn release_block(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath((performance, block)): InPath<(Uuid, Uuid)>,
    key: IdempotencyKey,
) -> Result<StatusCode, Problem> {
    own(&shop, &organiser, performance).await?;
    let command = key.command(&shop, "unblock");
    shop.unblock(performance, BlockId(block.as_u128()), None, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Starts selling.
#[utoipa::path(post, path = "/performances/{performance}/open", tag = "organise",
    security(("api_key" = [])),
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub async fn open_sale(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath(performance): InPath<Uuid>,
    key: IdempotencyKey,
) -> Result<StatusCode, Problem> {
    own(&shop, &organiser, performance).await?;
    shop.open_sale(performance, key.command(&shop, "open")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops selling; what is held may still be paid.
#[utoipa::path(post, path = "/performances/{performance}/close", tag = "organise",
    security(("api_key" = [])),
    params(("performance" = Uuid, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub async fn close_sale(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath(performance): InPath<Uuid>,
    key: IdempotencyKey,
) -> Result<StatusCode, Problem> {
    own(&shop, &organiser, performance).await?;
    shop.close_sale(performance, key.command(&shop, "close")).await?;
    Ok(StatusCode::NO_CONTENT)
}
