//! The `mailing` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::MailingId;
use crate::{ids::InvitationId, newsletter::NewsletterId, profile::ProfileId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "mailing")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MailingId,
    pub kind: String,
    pub subject: String,
    pub sent_to: String,
    pub to_key: String,
    pub profile_id: Option<ProfileId>,
    pub invitation_id: Option<InvitationId>,
    pub newsletter_id: Option<NewsletterId>,
    pub state: String,
    pub why: Option<String>,
    pub made_at: Moment,
    pub state_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
