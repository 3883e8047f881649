//! Rows of `events`.

use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait,
    EnumIter, PrimaryKeyTrait,
};
use serde_json::Value;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) slug: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) title: Value,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) summary: Value,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) description: Value,
    pub(crate) genre: String,
    pub(crate) image: Option<String>,
    pub(crate) folded: String,
    pub(crate) created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
