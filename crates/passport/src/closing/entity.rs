//! The `closing` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use crate::account::AccountId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "closing")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// SHA-256 of the secret in the letter's link.
    pub undo_digest: Vec<u8>,
    pub asked_at: Moment,
    pub erases_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
