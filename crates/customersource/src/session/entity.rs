//! The `portal_session` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::{ids::AssociationId, staff::entity as staff};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "portal_session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    #[serde(skip)]
    pub digest: Vec<u8>,
    pub iss: String,
    pub sub: String,
    pub op_sid: Option<String>,
    pub label: String,
    pub email: Option<String>,
    /// The ID token, sealed: the hint for signing out at the provider.
    #[serde(skip)]
    pub id_token: Vec<u8>,
    /// For asking the provider again, sealed.
    #[serde(skip)]
    pub refresh_token: Option<Vec<u8>>,
    /// When it was last asked.
    pub refreshed_at: Option<Moment>,
    pub association_id: Option<AssociationId>,
    pub proven_for: Option<Uuid>,
    pub auth_time: Moment,
    /// How strongly, by the provider's word; empty when it said nothing.
    pub acr: String,
    pub created_at: Moment,
    pub seen_at: Moment,
    pub ends_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Somebody of the staff.
    #[sea_orm(
        belongs_to = "staff::Entity",
        from = "(Column::Iss, Column::Sub)",
        to = "(staff::Column::Iss, staff::Column::Sub)"
    )]
    Staff,
}

impl Related<staff::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Staff.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
