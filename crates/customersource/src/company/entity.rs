//! The `company` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::CompanyId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "organization")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CompanyId,
    pub source: String,
    pub external_id: Option<String>,
    pub name: String,
    pub kind: String,
    pub region: String,
    /// Names, separated by commas.
    pub products: String,
    pub state: Stored,
    pub crm_etag: Option<String>,
    pub synced_at: Option<Moment>,
    /// It has, or had, an administrator: the business system names no further one.
    pub administered: bool,
    /// A full file left it out, and that alone closed it.
    pub left_out: bool,
    /// IANA name; empty: what the settings say.
    pub time_zone: String,
    /// What is searched.
    #[serde(skip)]
    pub folded: Option<String>,
    /// From when on its people must be proven by a second step.
    pub second_step_from: Option<Moment>,
}

/// What the table's CHECK knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Stored {
    Active,
    Closed,
}

impl Stored {
    pub fn of_text(text: &str) -> Option<Self> {
        Self::try_from_value(&text.to_owned()).ok()
    }

    pub const fn text(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Closed => "closed",
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
