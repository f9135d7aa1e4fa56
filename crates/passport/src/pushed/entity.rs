//! The `pushed_request` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use super::PushedId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pushed_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PushedId,
    pub client_id: String,
    /// The parameters in form encoding, sealed to the id.
    pub sealed: Vec<u8>,
    pub signed: bool,
    pub created_at: Moment,
    pub ends_at: Moment,
    pub used_at: Option<Moment>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
