//! Getting a place in a waiting room: with a code, after some work, or just so.

use axum::extract::{Path, State};
use frontrow_ledger::room::Phase;
use frontrow_shop::{
    Error,
    buyer::Email,
    room::{Ask, Entry, Shut, Visit},
};
use uuid::Uuid;

use crate::{
    app::App,
    fail::Answer,
    form::Posted,
    limits::RECEIPT_SECONDS,
    pages::{
        parts::{Flash, Tone},
        room::DoorAsks,
    },
    reply,
    urls::Url,
    visitor::receipt_cookie,
};

/// What the page asks of somebody who wants a place.
pub fn asks(app: &App, visit: &Visit, code: Option<String>, performance: Uuid) -> DoorAsks {
    let door = app.shop.door(performance);
    let entry = door.entry_at(visit.now);
    let sends = entry == Entry::Email && visit.phase != Phase::Ended;
    DoorAsks {
        code: code.or_else(|| (entry != Entry::Anyone).then(String::new)),
        register: sends.then_some(Url::RoomRegister(performance)),
        work: (door.work_bits > 0).then_some(Url::RoomApi(performance)),
    }
}

/// Takes a place.
pub async fn join(State(app): State<App>, Path(performance): Path<Uuid>, posted: Posted) -> Answer {
    let token = posted.visitor.form_token(&app);
    let ask = Ask { code: Some(posted.get("code")), own: &token, work: Some(posted.get("work")) };
    let joined = app.shop.join_room(performance, posted.visitor.cart, ask).await;
    let room = Url::Room(performance);
    let key = match joined {
        Ok(joined) => {
            let name = receipt_cookie(performance);
            let keeping =
                reply::redirect_keeping(&app, &room, &name, &joined.receipt, RECEIPT_SECONDS);
            return Ok(keeping);
        }
        // The page says how it stands by now.
        Err(Error::Room(_)) => return Ok(reply::redirect(&room)),
        Err(Error::Shut(shut)) => match shut {
            Shut::CodeNeeded => "room-code-needed",
            Shut::RegistrationNeeded => "room-register-needed",
            Shut::CodeUnknown => "room-code-unknown",
            Shut::CodeCalledBack => "room-code-called-back",
            Shut::WorkNeeded { .. } => "room-work-script",
        },
        Err(error) => return Err(error.into()),
    };
    let text = posted.visitor.language.t(key).into_owned();
    Ok(reply::redirect_saying(&app, &room, &Flash { tone: Tone::Bad, text }))
}

/// Has an access code sent to an address.
pub async fn register(
    State(app): State<App>,
    Path(performance): Path<Uuid>,
    posted: Posted,
) -> Answer {
    let language = posted.visitor.language;
    let (tone, key) = match Email::parse(posted.get("email")) {
        None => (Tone::Bad, "room-register-wrong"),
        Some(email) => match app.shop.register_for_room(performance, &email, language).await {
            Ok(()) => (Tone::Good, "room-registered"),
            Err(Error::TooManyMails { .. }) => (Tone::Note, "room-register-again"),
            // The page says how it stands by now.
            Err(Error::Room(_)) => return Ok(reply::redirect(&Url::Room(performance))),
            Err(error) => return Err(error.into()),
        },
    };
    let flash = Flash { tone, text: language.t(key).into_owned() };
    Ok(reply::redirect_saying(&app, &Url::Room(performance), &flash))
}
