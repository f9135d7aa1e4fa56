//! The `plan` and `entitlement` tables.
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::EntitlementId;
use crate::company::{self, CompanyId};

pub mod plan {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "plan")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub category: String,
        pub name: String,
        pub rank: platform::db::Int,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod entitlement {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "entitlement")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: EntitlementId,
        pub organization_id: CompanyId,
        pub plan_code: String,
        pub source: String,
        pub external_id: Option<String>,
        pub state: Stored,
        pub starts_on: String,
        pub ends_on: String,
        /// A full file left it out, and that alone cancelled it.
        pub left_out: bool,
    }

    /// What the table's CHECK knows; what is not active opens nothing.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize)]
    #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
    #[serde(rename_all = "snake_case")]
    pub enum Stored {
        Draft,
        Active,
        Cancelled,
        Expired,
        Waiting,
    }

    impl Stored {
        pub fn of_text(text: &str) -> Option<Self> {
            Self::try_from_value(&text.to_owned()).ok()
        }

        pub const fn text(self) -> &'static str {
            match self {
                Self::Draft => "draft",
                Self::Active => "active",
                Self::Cancelled => "cancelled",
                Self::Expired => "expired",
                Self::Waiting => "waiting",
            }
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::plan::Entity",
            from = "Column::PlanCode",
            to = "super::plan::Column::Code"
        )]
        Plan,
        #[sea_orm(
            belongs_to = "company::entity::Entity",
            from = "Column::OrganizationId",
            to = "company::entity::Column::Id"
        )]
        Company,
    }

    impl Related<plan::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Plan.def()
        }
    }

    impl Related<company::entity::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Company.def()
        }
    }

    impl Related<Entity> for company::entity::Entity {
        fn to() -> RelationDef {
            Relation::Company.def().rev()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}
