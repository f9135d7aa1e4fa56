//! The `course_date` and `enrolment` tables.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::CourseDateId;
use crate::{profile::ProfileId, resource::ResourceId};

pub mod course_date {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "course_date")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: CourseDateId,
        pub resource_id: ResourceId,
        pub starts_at: Moment,
        pub ends_at: Moment,
        pub place: String,
        pub time_zone: String,
        pub seats: platform::db::Int,
        pub cancelled_at: Option<Moment>,
        pub revision: platform::db::Int,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod enrolment {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "enrolment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub course_date_id: CourseDateId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub profile_id: ProfileId,
        pub enrolled_at: Moment,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
