//! The `signing_key` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kid: String,
    pub algorithm: String,
    /// `next`, `active` or `retired`.
    pub state: String,
    /// PKCS #8, sealed to the kid.
    pub sealed: Vec<u8>,
    pub public_jwk: String,
    pub created_at: Moment,
    pub active_at: Option<Moment>,
    pub retired_at: Option<Moment>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
