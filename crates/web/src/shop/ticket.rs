//! One ticket on the screen.

use axum::extract::{Path, State};
use frontrow_tickets::qr::Matrix;

use crate::{
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    pages::ticket::{Qr, TicketPage},
    reply,
    shop::{labels, order::tickets},
    urls::Url,
    visitor::Visitor,
};

/// The page of a ticket, by its running number among the valid ones of the order.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path((token, number)): Path<(String, usize)>,
) -> Answer {
    let view = app.shop.order(&token).await?;
    let count = tickets(&view).count();
    let index = number.checked_sub(1).ok_or(Fail::NOT_FOUND)?;
    let (ticket, position) = tickets(&view).nth(index).ok_or(Fail::NOT_FOUND)?;
    let barcode = app.shop.barcode(&view.facts, position, ticket);
    let matrix = Matrix::of(barcode.as_str()).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a barcode is too long");
        Fail::BROKEN
    })?;
    let language = visitor.language;
    let neighbour = |number: usize| Url::Ticket(token.clone(), number);
    let page = TicketPage {
        heading: labels::heading(&view.facts, language),
        place: labels::place(&view.facts.place(position.place), language),
        category: labels::category(&view.facts, position.category, language).name,
        ticket_type: labels::ticket_type(&view.facts, position.ticket_type, language),
        attendee: position.attendee_name.clone(),
        code: view.details.order.code.clone(),
        qr: Qr::draw(&matrix),
        number,
        count,
        order: Url::Order(token.clone()),
        previous: (number > 1).then(|| neighbour(number - 1)),
        next: (number < count).then(|| neighbour(number + 1)),
        frame: visitor.frame(&app).await,
    };
    reply::page(&app, &visitor, CachePolicy::Secret, &page)
}
