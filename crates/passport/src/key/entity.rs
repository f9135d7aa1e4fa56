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
    pub state: State,
    /// PKCS #8, sealed to the kid.
    pub sealed: Vec<u8>,
    pub public_jwk: String,
    pub created_at: Moment,
    pub active_at: Option<Moment>,
    pub retired_at: Option<Moment>,
}

/// A key's way: published, then signing, then only published until its tokens have run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    #[sea_orm(string_value = "next")]
    Next,
    #[sea_orm(string_value = "active")]
    Active,
    #[sea_orm(string_value = "retired")]
    Retired,
}

impl State {
    /// As it is stored and shown.
    pub fn name(self) -> String {
        self.to_value()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
