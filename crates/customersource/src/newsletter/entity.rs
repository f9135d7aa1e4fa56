//! The `newsletter`, `newsletter_subscription` and `issue_figures` tables.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::NewsletterId;
use crate::{ids::ResourceId, profile::ProfileId};

pub mod newsletter {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "newsletter")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: NewsletterId,
        pub slug: String,
        pub language: String,
        pub name: String,
        pub about: String,
        pub rule: String,
        pub state: Stored,
        pub revision: platform::db::Int,
    }

    /// What the column `state` says.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize)]
    #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
    #[serde(rename_all = "snake_case")]
    pub enum Stored {
        Open,
        Closed,
    }

    impl Stored {
        pub const fn of(is_open: bool) -> Self {
            if is_open { Self::Open } else { Self::Closed }
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod subscription {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "newsletter_subscription")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub newsletter_id: NewsletterId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub profile_id: ProfileId,
        pub since: Moment,
        /// Mails in a row that were refused for good.
        pub refused: platform::db::Int,
        pub paused_at: Option<Moment>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod figures {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "issue_figures")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub resource_id: ResourceId,
        pub sent: platform::db::Int,
        pub refused: platform::db::Int,
        pub unsubscribed: platform::db::Int,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
