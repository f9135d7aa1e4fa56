//! The `client` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "client")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub name: String,
    pub secret_digest: Option<Vec<u8>>,
    /// `oidc::client::Client` as JSON.
    pub metadata: String,
    /// The secret itself, sealed to the id, for `client_secret_jwt` alone: a MAC needs it whole.
    pub sealed_secret: Option<Vec<u8>>,
    /// Access tokens without a grant name it: raising it ends them all.
    pub epoch: platform::db::Int,
    pub created_at: Moment,
    pub updated_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
