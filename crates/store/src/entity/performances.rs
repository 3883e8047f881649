//! Rows of `performances`.

use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait,
    EnumIter, PrimaryKeyTrait,
};
use serde_json::Value;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "performances")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) event_id: Uuid,
    pub(crate) venue_id: Uuid,
    pub(crate) plan_id: Uuid,
    pub(crate) starts_at: i64,
    pub(crate) doors_at: Option<i64>,
    pub(crate) currency: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) offer: Value,
    pub(crate) created_at: i64,
    pub(crate) sale_state: String,
    pub(crate) on_sale_from: Option<i64>,
    pub(crate) price_from: Option<i64>,
    pub(crate) price_to: Option<i64>,
    pub(crate) capacity: i64,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) area_capacities: Value,
    /// Categories that anybody may buy: what a performance costs is what those cost.
    pub(crate) public_categories: Value,
    pub(crate) blocked: i64,
    pub(crate) sold: i64,
    pub(crate) tickets_issued: i64,
    pub(crate) updated_position: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
