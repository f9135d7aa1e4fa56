//! The `computer` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use super::ComputerId;
use crate::account::AccountId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "computer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ComputerId,
    pub account_id: AccountId,
    /// SHA-256 of the cookie; unique with the account.
    pub digest: Vec<u8>,
    pub created_at: Moment,
    pub seen_at: Moment,
    /// [`crate::history::agent::summary`].
    pub agent: String,
    /// When a passkey was offered here.
    pub passkey_asked_at: Option<Moment>,
    /// And none is wanted, ever.
    pub passkey_never: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
