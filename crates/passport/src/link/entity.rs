//! The `link` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use super::LinkId;
use crate::account::AccountId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "link")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LinkId,
    pub account_id: AccountId,
    /// [`super::Purpose::as_str`].
    pub purpose: String,
    /// SHA-256 of the secret; UNIQUE.
    pub digest: Vec<u8>,
    pub detail: String,
    pub created_at: Moment,
    pub ends_at: Moment,
    pub spent_at: Option<Moment>,
    /// [`super::Press`]: by which browser, and for what.
    pub spent_by: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
