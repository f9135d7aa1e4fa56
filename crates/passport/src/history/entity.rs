//! The `event` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use super::EventId;
use crate::account::AccountId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub account_id: AccountId,
    /// [`super::Kind::as_str`].
    pub kind: String,
    pub at: Moment,
    pub address_block: String,
    pub agent: String,
    pub detail: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
