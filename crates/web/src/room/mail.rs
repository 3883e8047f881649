//! Those who wait leave an address: to be written to when it is their turn, or when places come back.

use axum::extract::{Path, State};
use frontrow_ledger::Place;
use frontrow_shop::Error;
use frontrow_store::room_wishes::Wish;
use uuid::Uuid;

use crate::{
    app::App,
    fail::Answer,
    form::Posted,
    pages::{
        parts::{Flash, Tone},
        room::RoomMail,
    },
    reply,
    urls::Url,
};

/// Takes an address, or forgets it.
pub async fn create(
    State(app): State<App>,
    Path(performance): Path<Uuid>,
    posted: Posted,
) -> Answer {
    let (room, language) = (Url::Room(performance), posted.visitor.language);
    let Some(receipt) = posted.visitor.receipt(performance) else {
        return Ok(reply::redirect(&room));
    };
    if posted.get("stop") == "1" {
        app.shop.wish_for_no_mail(performance, receipt).await?;
        return Ok(reply::redirect(&room));
    }
    let wish = Wish::parse(posted.get("about")).unwrap_or(Wish::Turn);
    let email = posted.get("email");
    match app.shop.wish_for_mail(performance, receipt, wish, email, language).await {
        // The page says how it stands by now.
        Ok(()) | Err(Error::Room(_)) => Ok(reply::redirect(&room)),
        Err(Error::Faults(_)) => {
            let text = language.t("room-mail-wrong").into_owned();
            Ok(reply::redirect_saying(&app, &room, &Flash { tone: Tone::Bad, text }))
        }
        Err(error) => Err(error.into()),
    }
}

/// What somebody who waits is written to about. Nothing is offered while nobody can tell: the page is worth more.
pub async fn wished(app: &App, performance: Uuid, place: Place) -> Option<RoomMail> {
    match app.shop.mails_wished(performance, place).await {
        Ok(wishes) => Some(RoomMail {
            action: Url::RoomMail(performance),
            turn: wishes.contains(&Wish::Turn),
            places: wishes.contains(&Wish::Places),
        }),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(performance.id = %performance, error, "mail from a room is not offered");
            None
        }
    }
}
