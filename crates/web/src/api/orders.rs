//! Buying what is held, and the order that comes of it.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use frontrow_ledger::ChannelId;
use frontrow_shop::{
    Shop,
    cart::HoldRef,
    checkout::{CheckedOut, CheckoutForm, CheckoutRequest},
    orders::{OrderView, Stage},
    room::Purpose,
};
use frontrow_store::tickets::TicketState;
use frontrow_tickets::pdf::Paper;
use frontrow_words::Language;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Problem,
    auth::Through,
    body::{Body, IdempotencyKey, InPath, InQuery},
    holds::{PlaceBody, PositionBody, category_key, ticket_type_key},
    model::{Money, moment, parse_hold},
};

/// Who buys what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderRequest {
    performance: Uuid,
    /// Of the hold.
    hold: String,
    /// Who buys.
    name: String,
    /// Where the tickets go.
    email: String,
    /// May be left out.
    #[serde(default)]
    phone: String,
    /// Names on the tickets, in the order of the positions; may be left out unless the performance
    /// requires names.
    #[serde(default)]
    attendees: Vec<String>,
    /// `cs` or `en`; English if left out.
    #[serde(default)]
    locale: Option<String>,
    /// The buyer accepts the terms.
    terms: bool,
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderBody {
    id: Uuid,
    /// The secret part of its link: who has it sees the order and its tickets.
    token: String,
    /// What people read out on the phone.
    code: String,
    performance: Uuid,
    /// `awaiting-payment`, `confirming`, `unpaid`, `paid`, `cancelled`, `refunding` or `refunded`.
    state: &'static str,
    /// Where the buyer pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_url: Option<String>,
    /// Until when its places are held.
    #[serde(skip_serializing_if = "Option::is_none")]
    held_until: Option<String>,
    total: Money,
    positions: Vec<PositionBody>,
    tickets: Vec<TicketBody>,
    /// Where the buyer sees it.
    page_url: String,
}

/// The right to enter.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketBody {
    id: Uuid,
    /// Index of its position.
    index: u16,
    /// Whether it lets in.
    valid: bool,
    /// What is scanned (`docs/ticket-format.md`); absent if it does not let in.
    #[serde(skip_serializing_if = "Option::is_none")]
    barcode: Option<String>,
}

/// How the tickets are printed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PdfQuery {
    /// `a4` or `phone`; A4 if left out.
    paper: Option<String>,
    /// `cs` or `en`; the order's if left out.
    locale: Option<String>,
}

/// Buys what is held: writes the order and opens its payment. The same request goes on with the same
/// order.
#[utoipa::path(post, path = "/orders", tag = "buy",
    params(("Idempotency-Key" = String, Header),
        ("Frontrow-Pass" = Option<String>, Header), ("Frontrow-Device" = Option<String>, Header)),
    request_body = OrderRequest,
    responses((status = 201, body = OrderBody), (status = "4XX", body = Problem), (status = 503, body = Problem)))]
pub async fn create_order(
    State(shop): State<Shop>,
    _key: IdempotencyKey,
    through: Through,
    Body(request): Body<OrderRequest>,
) -> Result<impl IntoResponse, Problem> {
    let unknown = || Problem::fault("/hold", "unknown-reference", "is no hold of this performance");
    let hold = parse_hold(&request.hold).ok_or_else(unknown)?;
    let language = request.locale.as_deref().and_then(Language::parse).unwrap_or(Language::En);
    let admitted = through.admitted(&shop, request.performance, Purpose::Pay).await?;
    let checkout = CheckoutRequest {
        admitted,
        at: HoldRef { performance: request.performance, hold },
        channel: ChannelId::API,
        form: CheckoutForm {
            name: request.name,
            email: request.email,
            phone: request.phone,
            attendees: request.attendees,
            terms_accepted: request.terms,
        },
        language,
    };
    let done = shop.checkout(checkout).await?;
    let body = body_of(&shop, &done).await?;
    let location = format!("/api/v1/orders/{}", body.token);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(body)))
}

/// An order, by the secret part of its link.
#[utoipa::path(get, path = "/orders/{token}", tag = "buy", params(("token" = String, Path)),
    responses((status = 200, body = OrderBody), (status = "4XX", body = Problem)))]
pub async fn find_order(
    State(shop): State<Shop>,
    InPath(token): InPath<String>,
) -> Result<Json<OrderBody>, Problem> {
    let view = shop.order(&token).await?;
    Ok(Json(OrderBody::of(&shop, &view)))
}

/// Opens another payment after one failed, for the same places if they are still free.
#[utoipa::path(post, path = "/orders/{token}/payments", tag = "buy",
    params(("token" = String, Path), ("Idempotency-Key" = String, Header),
        ("Frontrow-Pass" = Option<String>, Header), ("Frontrow-Device" = Option<String>, Header)),
    responses((status = 201, body = OrderBody), (status = "4XX", body = Problem)))]
pub async fn create_payment(
    State(shop): State<Shop>,
    InPath(token): InPath<String>,
    _key: IdempotencyKey,
    through: Through,
) -> Result<impl IntoResponse, Problem> {
    let device = through.device();
    let done = shop.pay_again(&token, |_| through.pass, device).await?;
    Ok((StatusCode::CREATED, Json(body_of(&shop, &done).await?)))
}

/// The valid tickets of an order as PDF.
#[utoipa::path(get, path = "/orders/{token}/tickets.pdf", tag = "buy",
    params(("token" = String, Path), PdfQuery),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = "4XX", body = Problem)))]
pub async fn find_tickets_pdf(
    State(shop): State<Shop>,
    InPath(token): InPath<String>,
    InQuery(query): InQuery<PdfQuery>,
) -> Result<impl IntoResponse, Problem> {
    let view = shop.order(&token).await?;
    if !view.details.tickets.iter().any(|ticket| ticket.state == TicketState::Valid) {
        return Err(Problem::not_found("ticket"));
    }
    let locale = query.locale.as_deref().unwrap_or(&view.details.order.locale);
    let language = Language::parse(locale).unwrap_or(Language::En);
    let paper = if query.paper.as_deref() == Some("phone") { Paper::Phone } else { Paper::A4 };
    let pdf = shop.tickets_pdf(&view.details, language, paper).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf"), (header::CACHE_CONTROL, "no-store")], pdf))
}

/// The public keys that check barcodes offline (`docs/ticket-format.md`).
#[utoipa::path(get, path = "/ticket-keys", tag = "buy",
    responses((status = 200, content_type = "application/json", body = String)))]
pub async fn list_ticket_keys(State(shop): State<Shop>) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, shop.keys().verifying().public_keys())
}

async fn body_of(shop: &Shop, done: &CheckedOut) -> Result<OrderBody, Problem> {
    let view = shop.order(done.order().as_str()).await?;
    let mut body = OrderBody::of(shop, &view);
    if let CheckedOut::Pay { url, .. } = done {
        body.payment_url = Some(url.clone());
    }
    Ok(body)
}

impl OrderBody {
    /// An order as the API shows it to who has its link.
    pub fn of(shop: &Shop, view: &OrderView) -> Self {
        let order = &view.details.order;
        let (state, payment_url, until) = match &view.stage {
            Stage::AwaitingPayment { page_url, until } => {
                ("awaiting-payment", page_url.clone(), *until)
            }
            Stage::Confirming => ("confirming", None, None),
            Stage::Unpaid { until } => ("unpaid", None, *until),
            Stage::Paid => ("paid", None, None),
            Stage::Cancelled => ("cancelled", None, None),
            Stage::Refunding => ("refunding", None, None),
            Stage::Refunded => ("refunded", None, None),
        };
        Self {
            id: order.id,
            token: view.token.as_str().to_owned(),
            code: order.code.clone(),
            performance: order.performance_id,
            state,
            payment_url,
            held_until: until.map(moment),
            total: Money::new(view.total.minor, view.total.currency),
            positions: positions(view),
            tickets: tickets(shop, view),
            page_url: shop.order_url(&view.token),
        }
    }
}

fn positions(view: &OrderView) -> Vec<PositionBody> {
    let facts = &view.facts;
    let valid = view.details.positions.iter().filter(|position| position.cancelled_at.is_none());
    valid
        .map(|position| PositionBody {
            index: position.index,
            place: PlaceBody::from(&facts.place(position.place)),
            category: category_key(facts, position.category),
            ticket_type: ticket_type_key(facts, position.ticket_type),
            price: Money::new(position.price_minor, view.total.currency),
        })
        .collect()
}

fn tickets(shop: &Shop, view: &OrderView) -> Vec<TicketBody> {
    let positions = &view.details.positions;
    let body = |ticket: &frontrow_store::tickets::Ticket| {
        let valid = ticket.state == TicketState::Valid;
        let position = positions.get(usize::from(ticket.index)).filter(|_| valid);
        TicketBody {
            id: ticket.id,
            index: ticket.index,
            valid,
            barcode: position
                .map(|position| shop.barcode(&view.facts, position, ticket).as_str().to_owned()),
        }
    };
    view.details.tickets.iter().map(body).collect()
}
