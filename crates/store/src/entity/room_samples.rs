//! Rows of `room_samples`.

use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait,
    EnumIter, PrimaryKeyTrait,
};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "room_samples")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) performance_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) at: i64,
    pub(crate) joined: i64,
    pub(crate) waiting: i64,
    pub(crate) called: i64,
    pub(crate) missed: i64,
    pub(crate) in_shop: i64,
    pub(crate) rate_per_minute: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
