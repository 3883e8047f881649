//! What was sold, and undoing it.

use axum::{Json, extract::State};
use frontrow_shop::{Error, Shop, orders::channel_word};
use frontrow_store::orders::{Order, OrderFilter, OrderScope, OrderState};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::own;
use crate::api::{
    Problem,
    auth::Organiser,
    body::{Body, IdempotencyKey, InPath, InQuery},
    listing::{ListQuery, Listed},
    model::{Money, moment},
    orders::OrderBody,
};

/// Which orders.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrdersQuery {
    /// Only of this performance.
    performance: Option<Uuid>,
    /// `pending`, `paid`, `partly-cancelled`, `cancelled` or `failed`.
    state: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many.
    limit: Option<u32>,
}

/// An order in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderItem {
    id: Uuid,
    code: String,
    performance: Uuid,
    state: &'static str,
    /// `web`, `box-office`, `api` or `presale`.
    channel: &'static str,
    name: String,
    email: String,
    total: Money,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_at: Option<String>,
}

/// What to undo.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// Indexes of positions; all that are left if absent.
    #[serde(default)]
    positions: Option<Vec<u16>>,
}

/// Orders of the organisation, newest first.
#[utoipa::path(get, path = "/orders", tag = "organise", security(("api_key" = [])), params(OrdersQuery),
    responses((status = 200, body = Listed<OrderItem>), (status = "4XX", body = Problem)))]
pub async fn list_orders(
    State(shop): State<Shop>,
    organiser: Organiser,
    InQuery(query): InQuery<OrdersQuery>,
) -> Result<Json<Listed<OrderItem>>, Problem> {
    let scope = match query.performance {
        None => OrderScope::Organisation(organiser.organisation),
        Some(performance) => {
            own(&shop, &organiser, performance).await?;
            OrderScope::Performance(performance)
        }
    };
    let state = match query.state.as_deref() {
        None => None,
        Some(word) => Some(state(word)?),
    };
    let page = ListQuery { after: query.after, limit: query.limit }.request()?;
    let page =
        shop.store().orders(OrderFilter { scope, state }, page).await.map_err(Error::from)?;
    Ok(Json(Listed::of(page, item)))
}

/// Undoes a purchase, whole or by position. What was paid for it goes back by itself.
#[utoipa::path(post, path = "/performances/{performance}/orders/{order}/cancel", tag = "organise",
    security(("api_key" = [])),
    params(("performance" = Uuid, Path), ("order" = Uuid, Path), ("Idempotency-Key" = String, Header)),
    request_body = CancelRequest,
    responses((status = 200, body = OrderBody), (status = "4XX", body = Problem)))]
pub async fn cancel_order(
    State(shop): State<Shop>,
    organiser: Organiser,
    InPath((performance, order)): InPath<(Uuid, Uuid)>,
    key: IdempotencyKey,
    Body(request): Body<CancelRequest>,
) -> Result<Json<OrderBody>, Problem> {
    own(&shop, &organiser, performance).await?;
    let known = shop.store().order(order).await.map_err(Error::from)?;
    if known.is_none_or(|order| order.performance_id != performance) {
        return Err(Problem::not_found("order"));
    }
    shop.cancel(order, request.positions, key.command(&shop, "cancel")).await?;
    let view = shop.order_view(order).await?;
    Ok(Json(OrderBody::of(&shop, &view)))
}

fn state(word: &str) -> Result<OrderState, Problem> {
    let states = [
        OrderState::Pending,
        OrderState::Paid,
        OrderState::PartlyCancelled,
        OrderState::Cancelled,
        OrderState::Failed,
    ];
    states.into_iter().find(|state| state.as_str() == word).ok_or_else(|| {
        let title = "The query is not valid";
        let detail = "`state` must be pending, paid, partly-cancelled, cancelled or failed.";
        Problem::new(axum::http::StatusCode::BAD_REQUEST, "bad-query", title, detail)
    })
}

fn item(order: Order) -> OrderItem {
    OrderItem {
        id: order.id,
        code: order.code,
        performance: order.performance_id,
        state: order.state.as_str(),
        channel: channel_word(order.channel),
        name: order.contact.name,
        email: order.contact.email,
        total: Money { amount: order.total_minor, currency: order.currency },
        created_at: moment(order.created_at),
        paid_at: order.paid_at.map(moment),
    }
}
