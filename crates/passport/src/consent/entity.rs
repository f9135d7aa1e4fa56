//! The `consent` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use crate::account::AccountId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub client_id: String,
    pub scope: String,
    /// Names of claims asked for one by one, separated by spaces.
    pub claims: String,
    /// The person said yes; false for a trusted site, which is not asked about.
    pub agreed: bool,
    pub since: Moment,
    pub used_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
