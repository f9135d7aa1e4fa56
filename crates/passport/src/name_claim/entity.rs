//! The `name_claim` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use crate::account::AccountId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "name_claim")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// The name that is claimed: [`platform::email::EmailAddress::key`]; UNIQUE.
    pub email_key: String,
    pub new_name: String,
    pub created_at: Moment,
    pub ready_at: Moment,
    /// The account gave the name up; until then it waits for whoever claimed it.
    pub free_until: Option<Moment>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
