//! Which hold a visitor has in which sale, so that who comes back finds their own cart.

use std::sync::LazyLock;

use frontrow_ledger::Time;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::Expr,
};
use uuid::Uuid;

use crate::{Error, Result, Store, entity::carts, limits, rows, sql};

/// What a visitor holds in one sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cart {
    /// The visitor's cart; a secret of theirs.
    pub cart_id: Uuid,
    /// In which sale.
    pub performance_id: Uuid,
    /// The ledger's [`HoldId`](frontrow_ledger::HoldId).
    pub hold_id: Uuid,
    /// When it last changed.
    pub updated_at: Time,
}

static OF_VISITOR: LazyLock<String> = LazyLock::new(|| {
    let (select, most) = (sql::select::<carts::Entity>(), limits::CARTS_PER_VISITOR_MAX);
    // Ordered by the column alone, PostgreSQL may walk through everybody's carts by age instead.
    format!("{select} WHERE cart_id = $1 ORDER BY updated_at + 0 DESC LIMIT {most}")
});

impl Store {
    /// The visitor's hold in a sale; `cart.hold_id` becomes it if there is none. Two tabs that start at once get the
    /// same answer.
    pub async fn find_or_create_cart(&self, cart: Cart) -> Result<Cart> {
        if let Some(cart) = self.cart(cart.cart_id, cart.performance_id).await? {
            return Ok(cart);
        }
        let row = carts::Model {
            cart_id: cart.cart_id,
            performance_id: cart.performance_id,
            hold_id: cart.hold_id,
            updated_at: cart.updated_at.0,
        };
        let write = self.write_one().await?;
        let is_new = rows::insert_missing(&write, vec![row]).await? == 1;
        write.commit().await?;
        if is_new {
            return Ok(cart);
        }
        let kept = self.cart(cart.cart_id, cart.performance_id).await?;
        kept.ok_or_else(|| Error::Conflict("the cart was removed while it was created".into()))
    }

    /// Starts over with a new hold, as after the old one was sold. False, changing nothing, if the visitor's hold is
    /// not the `old` one any more.
    pub async fn replace_cart_hold(&self, cart: Cart, new_hold: Uuid, now: Time) -> Result<bool> {
        let write = self.write_one().await?;
        let done = carts::Entity::update_many()
            .col_expr(carts::Column::HoldId, Expr::value(new_hold))
            .col_expr(carts::Column::UpdatedAt, Expr::value(now.0))
            .filter(carts::Column::CartId.eq(cart.cart_id))
            .filter(carts::Column::PerformanceId.eq(cart.performance_id))
            .filter(carts::Column::HoldId.eq(cart.hold_id))
            .exec(&write)
            .await?;
        write.commit().await?;
        Ok(done.rows_affected == 1)
    }

    /// The visitor's hold in a sale.
    pub async fn cart(&self, cart_id: Uuid, performance_id: Uuid) -> Result<Option<Cart>> {
        let key = [cart_id.into(), performance_id.into()];
        let row = sql::find::<carts::Entity, _>(self.db(), key).await?;
        Ok(row.map(Cart::from))
    }

    /// All that a visitor holds, newest first.
    pub async fn carts(&self, cart_id: Uuid) -> Result<Vec<Cart>> {
        let rows = sql::rows(self.db(), &OF_VISITOR, [cart_id.into()]).await?;
        rows.iter().map(|row| Ok(sql::part::<carts::Model>(row, "")?.into())).collect()
    }

    /// Forgets what a visitor holds in a sale, if it is still this hold.
    pub async fn remove_cart(&self, cart: Cart) -> Result<bool> {
        let write = self.write_one().await?;
        let remove =
            "DELETE FROM carts WHERE cart_id = $1 AND performance_id = $2 AND hold_id = $3";
        let values = [cart.cart_id.into(), cart.performance_id.into(), cart.hold_id.into()];
        let removed = sql::run(&write, remove, values).await?;
        write.commit().await?;
        Ok(removed == 1)
    }

    /// Forgets some carts that did not change since a moment; call again until it answers zero.
    pub async fn purge_carts(&self, before: Time) -> Result<u64> {
        let key = [carts::Column::CartId, carts::Column::PerformanceId];
        let old = carts::Entity::find()
            .select_only()
            .columns(key)
            .filter(carts::Column::UpdatedAt.lt(before.0))
            .order_by_asc(carts::Column::UpdatedAt)
            .limit(limits::PURGE_MAX);
        let write = self.write_one().await?.long();
        let purged = carts::Entity::delete_many()
            .filter(Expr::tuple(key.map(Expr::col)).in_subquery(old.into_query()))
            .exec(&write)
            .await?;
        write.commit().await?;
        Ok(purged.rows_affected)
    }
}

impl From<carts::Model> for Cart {
    fn from(row: carts::Model) -> Self {
        Self {
            cart_id: row.cart_id,
            performance_id: row.performance_id,
            hold_id: row.hold_id,
            updated_at: Time(row.updated_at),
        }
    }
}
