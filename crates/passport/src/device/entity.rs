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
    pub state: Stored,
    pub grant_id: Option<GrantId>,
    pub interval: platform::db::Int,
    pub polled_at: Option<Moment>,
    pub created_at: Moment,
    pub ends_at: Moment,
}

/// What the table's CHECK knows of [`oidc::token::device::State`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Stored {
    #[sea_orm(string_value = "pending")]
    Pending,
    #[sea_orm(string_value = "approved")]
    Approved,
    #[sea_orm(string_value = "denied")]
    Denied,
    #[sea_orm(string_value = "spent")]
    Spent,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
