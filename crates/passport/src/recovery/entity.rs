//! The `recovery` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use super::RecoveryId;
use crate::account::AccountId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recovery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RecoveryId,
    pub account_id: AccountId,
    /// What the table's CHECK knows; [`super::store::columns`].
    pub way: String,
    /// Which way it is, where the CHECK does not know it.
    pub means: Option<String>,
    /// SHA-256 of the code; UNIQUE.
    pub digest: Vec<u8>,
    pub state: Stored,
    pub created_at: Moment,
    pub ready_at: Moment,
    pub ends_at: Moment,
}

/// What the table's CHECK knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Stored {
    #[sea_orm(string_value = "open")]
    Open,
    #[sea_orm(string_value = "vetoed")]
    Vetoed,
    #[sea_orm(string_value = "done")]
    Done,
    #[sea_orm(string_value = "ended")]
    Ended,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
