//! Rows of `replicas`.

use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait,
    EnumIter, PrimaryKeyTrait,
};
use serde_json::Value;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "replicas")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) build: String,
    pub(crate) roles: String,
    pub(crate) address: String,
    pub(crate) state: String,
    pub(crate) knows: i32,
    pub(crate) secret_print: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) streams: Value,
    pub(crate) started_at: i64,
    pub(crate) seen_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
