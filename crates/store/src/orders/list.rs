//! Lists of orders.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    Result, Store,
    entity::orders,
    orders::{Order, OrderState},
    page::{Cursor, Page, PageRequest},
    rows,
};

/// Which orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderFilter {
    /// Whose.
    pub scope: OrderScope,
    /// Only those that are this far.
    pub state: Option<OrderState>,
}

/// Whose orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderScope {
    /// Everything that an organisation sold.
    Organisation(Uuid),
    /// One performance.
    Performance(Uuid),
    /// Every attempt to buy one hold.
    Hold(Uuid),
}

impl Store {
    /// Orders, newest first.
    pub async fn orders(&self, filter: OrderFilter, page: PageRequest) -> Result<Page<Order>> {
        let scope = match filter.scope {
            OrderScope::Organisation(id) => orders::Column::OrganisationId.eq(id),
            OrderScope::Performance(id) => orders::Column::PerformanceId.eq(id),
            OrderScope::Hold(id) => orders::Column::HoldId.eq(id),
        };
        let mut query = orders::Entity::find()
            .filter(scope)
            .order_by_desc(orders::Column::CreatedAt)
            .order_by_desc(orders::Column::Id)
            .limit(page.fetch());
        if let Some(state) = filter.state {
            query = query.filter(orders::Column::State.eq(state.as_str()));
        }
        if let Some(after) = page.after {
            let columns = (orders::Column::CreatedAt, orders::Column::Id);
            query = query.filter(rows::before(columns, after));
        }
        let rows = query.all(&self.long()).await?;
        let orders = rows.into_iter().map(Order::try_from).collect::<Result<_>>()?;
        Ok(page.page(orders, |order: &Order| Cursor { at: order.created_at, id: order.id }))
    }
}
