//! The `claim` table. The typed address is there as a MAC alone.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::ClaimId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "claim")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ClaimId,
    pub iss: String,
    pub sub: String,
    #[serde(skip)]
    pub email_mac: Vec<u8>,
    pub at: Moment,
    pub matches: Option<platform::db::Int>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
