//! Places go into the cart.

use axum::extract::{Path, State};
use frontrow_shop::{Error, room::Purpose};
use uuid::Uuid;

use crate::{
    app::App,
    fail::Answer,
    form::Posted,
    reply,
    room::gate,
    shop::{refusals, wants},
    urls::Url,
};

/// Holds what a form asks for: all of it, or says why not.
pub async fn create(
    State(app): State<App>,
    Path(performance): Path<Uuid>,
    posted: Posted,
) -> Answer {
    let visitor = &posted.visitor;
    let admitted = match gate::admit(&app, visitor, performance, Purpose::Hold).await {
        Ok(admitted) => admitted,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let held = match wants::read(posted.fields()) {
        Ok(wants) => {
            let command = posted.command(&app, "hold");
            app.shop.hold_in_cart(visitor.cart, performance, wants, admitted, command).await
        }
        Err(refusal) => Err(Error::Refused(refusal)),
    };
    match held {
        Ok(_) => Ok(reply::redirect(&Url::Cart)),
        Err(Error::Refused(refusal)) => {
            let facts = app.shop.facts(performance).await?;
            let flash = refusals::flash(&facts, &refusal, visitor.language);
            Ok(reply::redirect_saying(&app, &Url::Performance(performance), &flash))
        }
        Err(error) => Err(error.into()),
    }
}
