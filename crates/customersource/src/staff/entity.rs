//! The `staff` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "staff")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub iss: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub sub: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: String,
    /// How people know them; never a key.
    pub email: String,
    pub added_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
