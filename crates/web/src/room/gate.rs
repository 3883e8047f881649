//! Between the waiting room and the shop: who may go on, and where everybody else is sent.

use axum::response::{IntoResponse as _, Response};
use frontrow_ledger::room::{Phase, Turn};
use frontrow_shop::{
    Error,
    room::{Admitted, Purpose},
    ticket::zoned,
};
use uuid::Uuid;

use crate::{
    app::App,
    fail::Fail,
    pages::performance::{RoomCall, RoomStand},
    reply,
    shop::labels,
    urls::Url,
    visitor::Visitor,
};

/// Lets a visitor through, or sends them to the waiting room.
pub async fn admit(
    app: &App,
    visitor: &Visitor,
    performance: Uuid,
    purpose: Purpose,
) -> Result<Admitted, Response> {
    let pass = visitor.pass(performance);
    match app.shop.admit(performance, purpose, pass, visitor.device()).await {
        Ok(admitted) => Ok(admitted),
        Err(Error::Room(_)) => Err(reply::redirect(&Url::Room(performance))),
        Err(error) => Err(Fail::from(error).into_response()),
    }
}

/// What the page of a performance says of its waiting room; nothing where nobody waits.
pub async fn call(app: &App, visitor: &Visitor, performance: Uuid) -> Option<RoomCall> {
    if !app.shop.has_room(performance) {
        return None;
    }
    let visit = match app.shop.room_visit(performance, visitor.receipt(performance)).await {
        Ok(visit) => visit,
        // It is announced, and says nothing yet.
        Err(Error::NotFound(_)) => return None,
        // Whoever only looks may: holding and paying ask the room itself, and are refused without it.
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(performance.id = %performance, error, "shown without its waiting room");
            return None;
        }
    };
    let stand = match (visit.phase, visit.own.map(|own| own.turn)) {
        (Phase::Off, _) => return None,
        (Phase::Closed, _) => RoomStand::Opens(zoned(&visit.facts, visit.opens)),
        (_, Some(Turn::InShop { until, .. })) => {
            RoomStand::Inside(labels::countdown(&visit.facts, until, visit.now))
        }
        (_, Some(_)) => RoomStand::Waiting,
        (_, None) => RoomStand::Stranger,
    };
    Some(RoomCall { url: Url::Room(performance), stand })
}
