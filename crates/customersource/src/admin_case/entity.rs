//! The `admin_case` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::CaseId;
use crate::{
    company::CompanyId,
    profile::{self, ProfileId},
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "admin_case")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CaseId,
    pub organization_id: CompanyId,
    pub profile_id: ProfileId,
    pub replaces: bool,
    pub asked_by: String,
    pub evidence: String,
    pub opened_iss: String,
    pub opened_sub: String,
    pub opened_by: String,
    pub approved_iss: Option<String>,
    pub approved_sub: Option<String>,
    pub approved_by: Option<String>,
    pub state: String,
    pub opened_at: Moment,
    pub approved_at: Option<Moment>,
    pub effective_at: Option<Moment>,
    /// Key of the address that was told; empty before, and of cases that were approved before it was kept.
    pub approved_email: String,
    /// Label of who refused it; empty: its time did. Cases that were refused before it was kept have no reason either.
    pub refused_by: String,
    pub refused_for: String,
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
