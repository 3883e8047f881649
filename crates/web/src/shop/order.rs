//! An order, for whoever has its link.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::IntoResponse,
};
use frontrow_shop::{
    Error,
    orders::{OrderView, Stage},
    ticket::zoned,
};
use frontrow_store::{
    orders::OrderPosition,
    tickets::{Ticket, TicketState},
};
use frontrow_tickets::pdf::Paper;
use frontrow_words::Language;
use uuid::Uuid;

use crate::{
    app::App,
    cache::CachePolicy,
    fail::{Answer, Fail},
    form::Posted,
    pages::order::{OrderLine, OrderPage, OrderState},
    reply,
    shop::{
        checkout::{local, next},
        labels, refusals,
    },
    urls::Url,
    visitor::Visitor,
};

/// The page of an order. Coming back from the provider, it asks the provider how it went.
pub async fn show(State(app): State<App>, visitor: Visitor, Path(token): Path<String>) -> Answer {
    let view = app.shop.order_returned(&token).await?;
    if matches!(view.stage, Stage::Paid) {
        make_room(&app, &visitor, view.details.order.performance_id).await;
    }
    let page = page(&app, &visitor, &view).await;
    reply::page(&app, &visitor, CachePolicy::Secret, &page)
}

/// Who has bought makes room in the shop for the next one of the waiting room.
async fn make_room(app: &App, visitor: &Visitor, performance: Uuid) {
    let Some(pass) = visitor.pass(performance) else { return };
    let left = app.shop.leave_shop(performance, Some(pass), visitor.device()).await;
    if let Err(error) = left {
        // The pass ends by itself.
        tracing::warn!(error = &error as &dyn std::error::Error, "somebody is still counted");
    }
}

/// Pays again after a payment failed: the same places if they are still free.
pub async fn pay(State(app): State<App>, Path(token): Path<String>, posted: Posted) -> Answer {
    let visitor = &posted.visitor;
    let pass = |performance| visitor.pass(performance).map(str::to_owned);
    match app.shop.pay_again(&token, pass, visitor.device()).await {
        Ok(checked_out) => Ok(reply::redirect(&next(&app, &checked_out))),
        Err(Error::Refused(refusal)) => {
            let view = app.shop.order(&token).await?;
            let flash = refusals::flash(&view.facts, &refusal, posted.visitor.language);
            Ok(reply::redirect_saying(&app, &Url::Order(token), &flash))
        }
        // What was held has lapsed, and taking it again needs a turn.
        Err(Error::Room(_)) => {
            let view = app.shop.order(&token).await?;
            Ok(reply::redirect(&Url::Room(view.details.order.performance_id)))
        }
        Err(error) => Err(error.into()),
    }
}

/// All tickets to print.
pub async fn pdf_a4(state: State<App>, visitor: Visitor, token: Path<String>) -> Answer {
    pdf(state, visitor, token, Paper::A4).await
}

/// All tickets for a phone.
pub async fn pdf_phone(state: State<App>, visitor: Visitor, token: Path<String>) -> Answer {
    pdf(state, visitor, token, Paper::Phone).await
}

async fn pdf(
    State(app): State<App>,
    visitor: Visitor,
    Path(token): Path<String>,
    paper: Paper,
) -> Answer {
    let view = app.shop.order(&token).await?;
    if tickets(&view).next().is_none() {
        return Err(Fail::NOT_FOUND);
    }
    let bytes = app.shop.tickets_pdf(&view.details, visitor.language, paper).await?;
    let name = format!("inline; filename=\"tickets-{}.pdf\"", view.details.order.code);
    let mut response = ([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response();
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    CachePolicy::Secret.apply(response.headers_mut());
    Ok(response)
}

/// The valid tickets of an order with their places, in the order of the places.
pub fn tickets(view: &OrderView) -> impl Iterator<Item = (&Ticket, &OrderPosition)> {
    let details = &view.details;
    let valid = details.tickets.iter().filter(|ticket| ticket.state == TicketState::Valid);
    valid.filter_map(|ticket| {
        let position = details.positions.iter().find(|position| position.index == ticket.index)?;
        Some((ticket, position))
    })
}

async fn page(app: &App, visitor: &Visitor, view: &OrderView) -> OrderPage {
    let order = &view.details.order;
    let token = view.token.as_str();
    let numbers: Vec<u16> = tickets(view).map(|(_, position)| position.index).collect();
    let line = |position: &OrderPosition| {
        let number = numbers.iter().position(|index| *index == position.index);
        let ticket = number.map(|number| Url::Ticket(token.to_owned(), number + 1));
        line(view, position, ticket, visitor.language)
    };
    OrderPage {
        frame: visitor.frame(app).await,
        code: order.code.clone(),
        secret: token.to_owned(),
        placed: zoned(&view.facts, order.created_at),
        email: order.contact.email.clone(),
        heading: labels::heading(&view.facts, visitor.language),
        state: state(app, view),
        positions: view.details.positions.iter().map(line).collect(),
        total: view.total,
    }
}

fn state(app: &App, view: &OrderView) -> OrderState {
    let countdown = |until| labels::countdown(&view.facts, until, view.now);
    match &view.stage {
        Stage::AwaitingPayment { page_url, .. } => {
            OrderState::Pending { pay: page_url.as_deref().map(|url| local(app, url)) }
        }
        Stage::Confirming | Stage::Paid => OrderState::Paid,
        Stage::Unpaid { until } => OrderState::Failed { countdown: until.map(countdown) },
        Stage::Cancelled => OrderState::Cancelled,
        Stage::Refunding => OrderState::Refunding,
        Stage::Refunded => OrderState::Refunded,
    }
}

fn line(
    view: &OrderView,
    position: &OrderPosition,
    ticket: Option<Url>,
    language: Language,
) -> OrderLine {
    OrderLine {
        place: labels::place(&view.facts.place(position.place), language),
        category: labels::category(&view.facts, position.category, language),
        ticket_type: labels::ticket_type(&view.facts, position.ticket_type, language),
        attendee: position.attendee_name.clone(),
        price: labels::money(position.price_minor, view.total.currency),
        ticket,
        cancelled: position.cancelled_at.is_some(),
    }
}
