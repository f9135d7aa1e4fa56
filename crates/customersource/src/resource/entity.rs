//! The `resource`, `resource_text`, `resource_file`, `blob_chunk` and `blob_idle` tables.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::ResourceId;
use crate::newsletter::{NewsletterId, entity::newsletter};

pub mod resource {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "resource")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ResourceId,
        pub section: String,
        pub slug: String,
        pub newsletter_id: Option<NewsletterId>,
        pub product: String,
        pub version: String,
        pub rule: String,
        pub state: String,
        pub published_at: Option<Moment>,
        pub updated_at: Moment,
        pub mailed_at: Option<Moment>,
        pub revision: platform::db::Int,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "newsletter::Entity",
            from = "Column::NewsletterId",
            to = "newsletter::Column::Id"
        )]
        Newsletter,
    }

    impl Related<newsletter::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Newsletter.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod text {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "resource_text")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub resource_id: ResourceId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub language: String,
        pub title: String,
        pub summary: String,
        pub body: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod file {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "resource_file")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub resource_id: ResourceId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub media_type: String,
        pub sha256: String,
        pub size: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod chunk {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "blob_chunk")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sha256: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        #[serde(skip)]
        pub bytes: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod idle {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "blob_idle")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sha256: String,
        pub since: Moment,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
