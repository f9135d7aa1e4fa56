//! The `used_once` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "used_once")]
pub struct Model {
    /// A digest: a name has no place in a table that everybody with a backup can read.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub ends_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
