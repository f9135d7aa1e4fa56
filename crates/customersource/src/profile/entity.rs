//! The `profile` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::ProfileId;
use crate::company::{self, CompanyId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "profile")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProfileId,
    pub organization_id: CompanyId,
    pub source: String,
    pub external_id: Option<String>,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub email_key: String,
    pub is_bill_to: bool,
    pub is_admin: bool,
    pub admin_source: Option<String>,
    pub state: Stored,
    pub version: platform::db::Int,
    pub crm_etag: Option<String>,
    pub synced_at: Option<Moment>,
    pub no_bulk_mail: bool,
    /// The fields that the portal decides ([`super::held::Held`]).
    pub held: String,
    /// A full file left it out, and that alone removed it.
    pub left_out: bool,
    /// What is searched.
    #[serde(skip)]
    pub folded: Option<String>,
}

/// What the table's CHECK knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Stored {
    Active,
    Removed,
}

impl Stored {
    pub const fn of(is_active: bool) -> Self {
        if is_active { Self::Active } else { Self::Removed }
    }

    pub fn of_text(text: &str) -> Option<Self> {
        Self::try_from_value(&text.to_owned()).ok()
    }

    pub const fn text(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Removed => "removed",
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "company::entity::Entity",
        from = "Column::OrganizationId",
        to = "company::entity::Column::Id"
    )]
    Company,
}

impl Related<company::entity::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Company.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
