//! The `automatic_sign_in` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use super::AutomaticId;
use crate::{account::AccountId, session::SessionId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "automatic_sign_in")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AutomaticId,
    pub account_id: AccountId,
    /// SHA-256 of the token of this generation.
    pub digest: Vec<u8>,
    pub generation: platform::db::Int,
    /// The session that it began last, or was allowed in.
    pub session_id: SessionId,
    /// When the person was proved on this computer: using the token does not move it.
    pub auth_time: Moment,
    pub created_at: Moment,
    pub rotated_at: Moment,
    pub ends_at: Moment,
    pub ended_at: Option<Moment>,
    /// The generation whose holder was given `successor`.
    pub predecessor: Option<platform::db::Int>,
    /// The generation that `predecessor` speaks of; an older program leaves both behind.
    pub successor: Option<platform::db::Int>,
    /// By what the person was proven then: [`oidc::assurance::Methods`] in words.
    pub methods: String,
    /// For which `auth_time` they were written: see [`crate::session::proven_by`].
    pub methods_at: Option<Moment>,
    pub agent: String,
    pub address_block: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
