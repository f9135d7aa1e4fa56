//! The `device_request` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;

use super::DeviceId;
use crate::grant::GrantId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "device_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeviceId,
    pub client_id: String,
    pub user_code_tag: String,
    pub scope: String,
    /// A JSON list of resource indicators.
    pub resource: Option<String>,
    /// `pending`, `approved`, `denied` or `spent`.
    pub state: String,
    pub grant_id: Option<GrantId>,
    pub interval: i32,
    pub polled_at: Option<Moment>,
    pub created_at: Moment,
    pub ends_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
