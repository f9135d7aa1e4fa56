//! The `grants` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use super::GrantId;
use crate::{account::AccountId, session::SessionId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GrantId,
    pub client_id: String,
    pub account_id: AccountId,
    pub session_id: Option<SessionId>,
    pub scope: String,
    pub redirect_uri: String,
    pub nonce: Option<String>,
    pub code_challenge: Option<String>,
    pub auth_time: Moment,
    pub state: Stored,
    pub generation: platform::db::Int,
    /// Outlives its session (scope `offline_access`).
    pub offline: bool,
    pub created_at: Moment,
    pub code_ends_at: Moment,
    pub ends_at: Moment,
    pub not_before: Moment,
    pub refreshed_at: Moment,
    /// The authentication context that ID tokens name.
    pub acr: Option<String>,
    /// By what the person was proven: [`oidc::assurance::Methods`] in words.
    pub methods: String,
    /// `oidc::claims::wishes::ClaimsRequest` as JSON.
    pub claims: Option<String>,
    /// A JSON list of resource indicators (RFC 8707).
    pub resource: Option<String>,
    /// Thumbprint of the key that the code is bound to (RFC 9449 §10).
    pub dpop_jkt: Option<String>,
    /// What a public client's refresh tokens are bound to (`oidc::token::binding::Binding` as text).
    pub bound_to: Option<String>,
}

/// What the table's CHECK knows of [`oidc::token::GrantState`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Stored {
    #[sea_orm(string_value = "code")]
    Code,
    #[sea_orm(string_value = "live")]
    Live,
    #[sea_orm(string_value = "revoked")]
    Revoked,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
