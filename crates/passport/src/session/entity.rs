//! The `session` table.
use sea_orm::entity::prelude::*;

use super::SessionId;
use crate::account::AccountId;
use platform::clock::Moment;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    pub secret_digest: Vec<u8>,
    pub account_id: AccountId,
    pub auth_time: Moment,
    pub created_at: Moment,
    pub seen_at: Moment,
    pub ends_at: Moment,
    pub ended_at: Option<Moment>,
    /// [`crate::history::agent::summary`].
    pub agent: String,
    /// [`platform::web::Visit::address_block`]; no whole address is kept.
    pub address_block: String,
    /// Others use the computer too.
    pub shared: bool,
    /// [`oidc::assurance::Methods`] in words.
    pub methods: String,
    /// For which `auth_time` they were written: see [`crate::session::proven_by`].
    pub methods_at: Option<Moment>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
