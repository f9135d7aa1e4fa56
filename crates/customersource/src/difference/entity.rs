//! The `difference` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::DifferenceId;
use crate::profile::{self, ProfileId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "difference")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DifferenceId,
    pub profile_id: ProfileId,
    pub field: String,
    pub theirs: String,
    pub state: Stored,
    pub seen_at: Moment,
}

/// What the table's CHECK knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Stored {
    Open,
    Kept,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "profile::entity::Entity",
        from = "Column::ProfileId",
        to = "profile::entity::Column::Id"
    )]
    Profile,
}

impl Related<profile::entity::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Profile.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
