//! The `account` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use super::AccountId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    pub email: String,
    /// [`platform::email::EmailAddress::key`]; UNIQUE.
    pub email_key: String,
    pub email_verified: bool,
    pub state: Stored,
    /// Why it is disabled, when it was not the operator: see [`super::State`].
    pub hold: Option<String>,
    pub password_hash: String,
    pub question: Option<String>,
    pub answer_hash: Option<String>,
    pub alternate_email: Option<String>,
    pub alternate_verified: bool,
    /// [`oidc::claims::StandardClaims`] as JSON, without e-mail.
    #[sea_orm(column_type = "Text")]
    pub claims: String,
    /// BCP 47 tag.
    pub language: String,
    pub created_at: Moment,
    pub updated_at: Moment,
    pub signed_in_at: Option<Moment>,
    pub admin: bool,
    pub credential_epoch: platform::db::Int,
    /// When its owner was asked for a longer password.
    pub password_advised_at: Option<Moment>,
    /// What is set up besides the password: [`oidc::assurance::Methods`] in words.
    pub factors: String,
}

/// What the table's CHECK knows; [`super::State`] says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Stored {
    #[sea_orm(string_value = "active")]
    Active,
    #[sea_orm(string_value = "disabled")]
    Disabled,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
