//! The cart: what is held, and what one can do about it.

use axum::extract::State;
use frontrow_ledger::sale::Refusal;
use frontrow_shop::{
    Error,
    cart::{HoldRef, HoldStatus, HoldView, PositionView},
    room::Purpose,
};
use frontrow_words::Language;
use uuid::Uuid;

use crate::{
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    form::Posted,
    pages::cart::{CartHold, CartItem, CartPage, HoldState},
    reply,
    room::gate,
    shop::{labels, refusals},
    urls::Url,
    visitor::{Visitor, badge},
};

/// Everything that this visitor holds.
pub async fn show(State(app): State<App>, visitor: Visitor) -> Answer {
    let holds = if visitor.is_new { Vec::new() } else { app.shop.cart(visitor.cart).await? };
    let hold = |view: &HoldView| hold(&app, view, visitor.language);
    let page = CartPage {
        frame: visitor.frame_with(&app, badge(&holds)),
        holds: holds.iter().filter_map(hold).collect(),
    };
    reply::page(&app, &visitor, CachePolicy::Secret, &page)
}

/// Gives back one place.
pub async fn remove(State(app): State<App>, posted: Posted) -> Answer {
    let Some(hold) = held(&app, &posted).await? else { return Ok(reply::redirect(&Url::Cart)) };
    let position = posted.get("position").parse().map_err(|_| Fail::BAD_REQUEST)?;
    let command = posted.command(&app, "remove");
    let done = app.shop.remove(hold.at, vec![position], command).await;
    back(&app, &posted, &hold, done.map(drop))
}

/// More time.
pub async fn extend(State(app): State<App>, posted: Posted) -> Answer {
    let Some(hold) = held(&app, &posted).await? else { return Ok(reply::redirect(&Url::Cart)) };
    let done = app.shop.extend(hold.at, posted.command(&app, "extend")).await;
    back(&app, &posted, &hold, done.map(drop))
}

/// Gives back everything of one performance.
pub async fn release(State(app): State<App>, posted: Posted) -> Answer {
    let Some(hold) = held(&app, &posted).await? else { return Ok(reply::redirect(&Url::Cart)) };
    let command = posted.command(&app, "release");
    let done = app.shop.give_up(posted.visitor.cart, hold.at.performance, command).await;
    back(&app, &posted, &hold, done)
}

/// Takes lapsed places again.
pub async fn reacquire(State(app): State<App>, posted: Posted) -> Answer {
    let Some(hold) = held(&app, &posted).await? else { return Ok(reply::redirect(&Url::Cart)) };
    let performance = hold.at.performance;
    let admitted = match gate::admit(&app, &posted.visitor, performance, Purpose::Hold).await {
        Ok(admitted) => admitted,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let done = app.shop.reacquire(hold.at, admitted, posted.command(&app, "reacquire")).await;
    back(&app, &posted, &hold, done.map(drop))
}

/// The hold that a form is about: of this visitor's own cart, whatever the form says. Nothing if it was given back
/// before, as by the first of two clicks.
async fn held(app: &App, posted: &Posted) -> Result<Option<HoldView>, Fail> {
    let performance: Uuid = posted.get("performance").parse().map_err(|_| Fail::BAD_REQUEST)?;
    Ok(app.shop.cart_hold(posted.visitor.cart, performance).await?)
}

/// To the cart, which says what did not work.
fn back(app: &App, posted: &Posted, hold: &HoldView, done: Result<(), Error>) -> Answer {
    match done {
        // A place that is not there any more was given back before.
        Ok(()) | Err(Error::Refused(Refusal::UnknownPosition(_))) => {
            Ok(reply::redirect(&Url::Cart))
        }
        Err(Error::Refused(refusal)) => {
            let flash = refusals::flash(&hold.facts, &refusal, posted.visitor.language);
            Ok(reply::redirect_saying(app, &Url::Cart, &flash))
        }
        Err(error) => Err(error.into()),
    }
}

/// A hold as the cart shows it; nothing if nothing is left of it.
fn hold(app: &App, view: &HoldView, language: Language) -> Option<CartHold> {
    let HoldRef { performance, .. } = view.at;
    let countdown = |until| labels::countdown(&view.facts, until, view.now);
    let state = match view.state {
        _ if view.positions.is_empty() => return None,
        HoldStatus::Live { until, extensions_left } => {
            HoldState::Live { countdown: countdown(until), can_extend: extensions_left > 0 }
        }
        HoldStatus::Paying { until, order } => HoldState::Paying {
            countdown: countdown(until),
            order: Url::Order(app.shop.token(order).as_str().to_owned()),
        },
        HoldStatus::Expired { .. } => HoldState::Expired,
        HoldStatus::Sold { .. } | HoldStatus::Empty => return None,
    };
    Some(CartHold {
        performance: performance.to_string(),
        heading: labels::heading(&view.facts, language),
        url: Url::Performance(performance),
        checkout: Url::Checkout(performance),
        items: view.positions.iter().map(|position| item(view, position, language)).collect(),
        total: labels::money(view.total_minor, view.currency),
        state,
    })
}

/// A place of a hold.
pub fn item(view: &HoldView, position: &PositionView, language: Language) -> CartItem {
    CartItem {
        index: position.index,
        place: labels::place(&position.place, language),
        category: labels::category(&view.facts, position.category, language),
        ticket_type: labels::ticket_type(&view.facts, position.ticket_type, language),
        price: labels::money(position.price_minor, view.currency),
    }
}
