//! The `maintenance` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::WindowId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "maintenance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WindowId,
    pub starts_at: Moment,
    pub ends_at: Moment,
    pub message: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
