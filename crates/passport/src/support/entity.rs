//! The `support_case` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use super::CaseId;
use crate::account::AccountId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "support_case")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CaseId,
    pub account_id: AccountId,
    pub operator: String,
    pub reason: String,
    pub printed: bool,
    pub created_at: Moment,
    pub ends_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
