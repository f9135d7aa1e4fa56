//! The `plan` and `entitlement` tables.
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::EntitlementId;
use crate::organization::OrganizationId;

pub mod plan {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "plan")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub category: String,
        pub name: String,
        pub rank: i32,
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
        pub organization_id: OrganizationId,
        pub plan_code: String,
        pub source: String,
        pub external_id: Option<String>,
        pub state: String,
        pub starts_on: String,
        pub ends_on: String,
        /// A full file left it out, and that alone cancelled it.
        pub left_out: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::plan::Entity",
            from = "Column::PlanCode",
            to = "super::plan::Column::Code"
        )]
        Plan,
    }

    impl Related<plan::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Plan.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}
