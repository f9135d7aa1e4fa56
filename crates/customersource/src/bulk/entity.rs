//! The `bulk` and `bulk_line` tables.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::BulkId;
use crate::{company::CompanyId, profile::ProfileId};

pub mod bulk {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "bulk")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: BulkId,
        pub organization_id: CompanyId,
        pub profile_id: ProfileId,
        pub iss: String,
        pub sub: String,
        pub kind: Kind,
        pub state: State,
        pub language: String,
        pub invites: bool,
        pub created_at: Moment,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize)]
    #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
    #[serde(rename_all = "snake_case")]
    pub enum Kind {
        Invite,
        Add,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize)]
    #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
    #[serde(rename_all = "snake_case")]
    pub enum State {
        /// It was looked at only.
        Draft,
        Running,
        Done,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod line {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "bulk_line")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub bulk_id: BulkId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: platform::db::Int,
        pub profile_id: Option<ProfileId>,
        pub first_name: String,
        pub last_name: String,
        pub email: String,
        pub outcome: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
