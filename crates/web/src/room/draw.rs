//! The draw of a waiting room, for everybody to check; and a fan's own place in it.

use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::IntoResponse as _,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;
use uuid::Uuid;

use crate::{
    api::moment,
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    pages::fair_queue::FairQueuePage,
    reply,
    visitor::Visitor,
};

/// The specification of the draw, as the project has it.
const RULES: &str = include_str!("../../../../docs/fair-queue.md");

/// The rules of the draw.
pub async fn rules(State(app): State<App>, visitor: Visitor) -> Answer {
    let page = FairQueuePage { frame: visitor.frame(&app).await, rules: RULES };
    reply::page(&app, &visitor, CachePolicy::Shared, &page)
}

/// What was published of a draw.
pub async fn show(State(app): State<App>, Path(performance): Path<Uuid>) -> Answer {
    let draw = app.shop.room_draw(performance).await?.ok_or(Fail::NOT_FOUND)?;
    let beacon = draw.beacon.as_ref().map(|beacon| {
        json!({
            "name": beacon.name,
            "round": beacon.round,
            "value": beacon.value.as_deref().map(hex::encode),
        })
    });
    let body = json!({
        "sale": performance,
        "places": draw.places,
        "root": hex::encode(draw.root),
        "commitment": hex::encode(draw.commitment),
        "seed": draw.seed.as_ref().map(hex::encode),
        "beacon": beacon,
        "key": hex::encode(draw.key),
    });
    let mut response = Json(body).into_response();
    CachePolicy::Shared.apply(response.headers_mut());
    Ok(response)
}

/// Who takes part in a draw, published before the round of the beacon that decides it.
pub async fn root(State(app): State<App>, Path(performance): Path<Uuid>) -> Answer {
    let published = app.shop.room_root(performance).await?.ok_or(Fail::NOT_FOUND)?;
    let beacon =
        published.beacon.map(|beacon| json!({ "name": beacon.name, "round": beacon.round }));
    let body = json!({
        "sale": performance,
        "places": published.places,
        "root": hex::encode(published.root),
        "published": moment(published.at),
        "commitment": hex::encode(published.commitment),
        "beacon": beacon,
    });
    let mut response = Json(body).into_response();
    CachePolicy::Shared.apply(response.headers_mut());
    Ok(response)
}

/// The whole draw as a file.
pub async fn file(State(app): State<App>, Path(performance): Path<Uuid>) -> Answer {
    let file = app.shop.room_draw_file(performance).await?.ok_or(Fail::NOT_FOUND)?;
    let disposition = format!("attachment; filename=\"draw-{performance}.txt\"");
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    let mut response = (headers, file).into_response();
    CachePolicy::Shared.apply(response.headers_mut());
    Ok(response)
}

/// What proves that the visitor took part in the draw, at their place.
pub async fn proof(
    State(app): State<App>,
    visitor: Visitor,
    Path(performance): Path<Uuid>,
) -> Answer {
    let receipt = visitor.receipt(performance).ok_or(Fail::NOT_FOUND)?;
    let proven = app.shop.room_proof(performance, receipt).await?;
    let body = json!({
        "place": proven.place.0,
        "position": proven.position,
        "fan": hex::encode(proven.fan.0),
        "proof": BASE64_STANDARD.encode(proven.proof.to_bytes()),
    });
    let mut response = Json(body).into_response();
    CachePolicy::Secret.apply(response.headers_mut());
    Ok(response)
}
