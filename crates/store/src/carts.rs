//! Which hold a visitor has in which sale, so that who comes back finds their own cart.

use std::sync::LazyLock;

use frontrow_ledger::Time;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::Expr,
};
use uuid::Uuid;

use crate::{Result, Store, connect::Db, entity::carts, limits, sql};

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

const PUT: &str = "INSERT INTO carts (cart_id, performance_id, hold_id, updated_at)";
/// Who adds places to what they hold changes nothing here.
const REPLACE: &str = "ON CONFLICT (cart_id, performance_id) DO UPDATE
    SET hold_id = excluded.hold_id, updated_at = excluded.updated_at
    WHERE carts.hold_id <> excluded.hold_id";

static OF_VISITOR: LazyLock<String> = LazyLock::new(|| {
    let (select, most) = (sql::select::<carts::Entity>(), limits::CARTS_PER_VISITOR_MAX);
    // Ordered by the column alone, PostgreSQL may walk through everybody's carts by age instead.
    format!("{select} WHERE cart_id = $1 ORDER BY updated_at + 0 DESC LIMIT {most}")
});

impl Store {
    /// The visitor's hold in a sale is this one from now on, as after the one before it was sold.
    pub async fn put_cart(&self, cart: Cart) -> Result<()> {
        let values = [
            cart.cart_id.into(),
            cart.performance_id.into(),
            cart.hold_id.into(),
            cart.updated_at.0.into(),
        ];
        if let Db::Postgres(postgres) = self.db() {
            let sql = format!("{PUT} SELECT p1, p2, p3, p4 FROM {{asked}} {REPLACE}");
            postgres.change(&sql, values.into()).await?;
            return Ok(());
        }
        let write = self.write_one().await?;
        sql::run(&write, &format!("{PUT} VALUES ($1, $2, $3, $4) {REPLACE}"), values).await?;
        write.commit().await
    }

    /// The visitor's hold in a sale.
    pub async fn cart(&self, cart_id: Uuid, performance_id: Uuid) -> Result<Option<Cart>> {
        let key = [cart_id.into(), performance_id.into()];
        let row = self.find::<carts::Entity, _>(key).await?;
        Ok(row.map(Cart::from))
    }

    /// All that a visitor holds, newest first.
    pub async fn carts(&self, cart_id: Uuid) -> Result<Vec<Cart>> {
        let rows = self.ask(&OF_VISITOR, [cart_id.into()]).await?;
        rows.iter().map(|row| Ok(sql::part::<carts::Model>(row, "")?.into())).collect()
    }

    /// Forgets what a visitor holds in a sale, if it is still this hold.
    pub async fn remove_cart(&self, cart: Cart) -> Result<bool> {
        let remove =
            "DELETE FROM carts WHERE cart_id = $1 AND performance_id = $2 AND hold_id = $3";
        let values = [cart.cart_id.into(), cart.performance_id.into(), cart.hold_id.into()];
        let write = self.write_one().await?;
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
