//! The `new_address` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::profile::ProfileId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "new_address")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: ProfileId,
    pub email: String,
    pub email_key: String,
    #[serde(skip)]
    pub digest: Vec<u8>,
    pub iss: String,
    pub sub: String,
    pub asked_at: Moment,
    pub expires_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
