//! Rows of `orders`.

use sea_orm::{
    ActiveModelBehavior, DeriveEntityModel, DerivePrimaryKey, DeriveRelation, EntityTrait,
    EnumIter, PrimaryKeyTrait,
};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) code: String,
    pub(crate) secret_hash: Vec<u8>,
    pub(crate) organisation_id: Uuid,
    pub(crate) performance_id: Uuid,
    pub(crate) hold_id: Uuid,
    pub(crate) channel: i32,
    pub(crate) state: String,
    pub(crate) contact_name: String,
    pub(crate) contact_email: String,
    pub(crate) contact_phone: String,
    pub(crate) locale: String,
    pub(crate) total_minor: i64,
    pub(crate) currency: String,
    pub(crate) idempotency_hash: Option<Vec<u8>>,
    pub(crate) created_at: i64,
    pub(crate) paid_at: Option<i64>,
    pub(crate) cancelled_at: Option<i64>,
    pub(crate) erased_at: Option<i64>,
    pub(crate) position: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
