//! The `staff` table.
use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "staff")]
pub struct Model {
    /// The issuer of the Passport.
    #[sea_orm(primary_key, auto_increment = false)]
    pub iss: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub sub: String,
    /// A label for people; never compared.
    pub name: String,
    pub role: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
