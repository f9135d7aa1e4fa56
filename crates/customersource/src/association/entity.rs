//! The `invitation` and `association` tables.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::{AssociationId, InvitationId};
use crate::{
    claim::ClaimId,
    company::CompanyId,
    profile::{self, ProfileId},
};

pub mod invitation {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "invitation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: InvitationId,
        pub profile_id: ProfileId,
        pub purpose: String,
        #[serde(skip)]
        pub token_digest: Vec<u8>,
        pub sent_to_key: String,
        pub bound_iss: Option<String>,
        pub bound_sub: Option<String>,
        pub requester: String,
        /// The profile of who asked: an administrator's, or the person's own.
        pub asked_by: Option<ProfileId>,
        /// The company that the profile was of.
        pub organization_id: Option<CompanyId>,
        pub claim_id: Option<ClaimId>,
        pub state: Stored,
        pub language: String,
        pub created_at: Moment,
        pub expires_at: Moment,
        pub accepted_at: Option<Moment>,
        pub accepted_iss: Option<String>,
        pub accepted_sub: Option<String>,
        pub declined_at: Option<Moment>,
        pub mails: platform::db::Int,
        /// Why its mail did not arrive, as the other side said it.
        pub why: Option<String>,
    }

    /// What the table's CHECK knows of [`super::super::State`].
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize)]
    #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
    #[serde(rename_all = "snake_case")]
    pub enum Stored {
        Queued,
        Pending,
        Accepted,
        Declined,
        Superseded,
        Revoked,
        Expired,
        Undeliverable,
    }

    impl Stored {
        /// Links in force, but for the clock.
        pub const LIVE: [Self; 2] = [Self::Queued, Self::Pending];
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod association {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "association")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: AssociationId,
        pub profile_id: ProfileId,
        pub iss: String,
        pub sub: String,
        pub invitation_id: InvitationId,
        pub state: Stored,
        pub created_at: Moment,
        pub ended_at: Option<Moment>,
        pub ended_by: Option<String>,
        pub seen_at: Option<Moment>,
        pub language: Option<String>,
        #[serde(skip)]
        pub notice_to: Option<String>,
    }

    /// What the table's CHECK knows.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize)]
    #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
    #[serde(rename_all = "snake_case")]
    pub enum Stored {
        Active,
        Superseded,
        Revoked,
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
}
