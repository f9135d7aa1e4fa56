//! The `newsgroup`, `thread`, `post`, `thread_watch` and `thread_read` tables.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::{NewsgroupId, PostId, ThreadId};
use crate::profile::{self, ProfileId};

pub mod newsgroup {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "newsgroup")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: NewsgroupId,
        pub slug: String,
        pub language: String,
        pub name: String,
        pub about: String,
        pub rule: String,
        pub is_readonly: bool,
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

pub mod thread {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "thread")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: ThreadId,
        pub newsgroup_id: NewsgroupId,
        pub subject: String,
        pub is_locked: bool,
        pub started_at: Moment,
        pub last_at: Moment,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod post {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "post")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: PostId,
        pub thread_id: ThreadId,
        pub parent_id: Option<PostId>,
        pub message_id: String,
        /// Message ids of the posts before it, the first one first.
        pub refs: String,
        pub author_profile_id: ProfileId,
        pub body: String,
        pub state: Stored,
        pub posted_at: Moment,
    }

    /// What the table's CHECK knows.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize)]
    #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
    #[serde(rename_all = "snake_case")]
    pub enum Stored {
        Visible,
        Hidden,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "profile::entity::Entity",
            from = "Column::AuthorProfileId",
            to = "profile::entity::Column::Id"
        )]
        Author,
    }

    impl Related<profile::entity::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Author.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod watch {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "thread_watch")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub thread_id: ThreadId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub profile_id: ProfileId,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod read {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "thread_read")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub profile_id: ProfileId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub thread_id: ThreadId,
        /// When the newest post that was read was posted.
        pub read_at: Moment,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
