//! The `import_run` table.
use platform::clock::Moment;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use super::RunId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "import_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RunId,
    pub source: String,
    pub what: String,
    /// Steps.
    pub done: platform::db::Int,
    pub total: platform::db::Int,
    pub started_at: Moment,
    /// It was at work then.
    pub beat_at: Moment,
    pub finished_at: Option<Moment>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
