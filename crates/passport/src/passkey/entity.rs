//! The `passkey` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use super::PasskeyId;
use crate::account::AccountId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PasskeyId,
    pub account_id: AccountId,
    /// As the authenticator calls it; UNIQUE.
    pub credential_id: Vec<u8>,
    /// What the authenticator calls the account: random, and no `sub`.
    pub user_handle: Uuid,
    /// A COSE key.
    pub public_key: Vec<u8>,
    /// The model of the authenticator.
    pub aaguid: Uuid,
    pub backup_eligible: bool,
    pub backed_up: bool,
    /// Words with blanks between them.
    pub transports: String,
    pub sign_count: i64,
    pub name: String,
    /// [`crate::history::agent::summary`] of where it was made.
    pub agent: String,
    pub created_at: Moment,
    pub used_at: Option<Moment>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
