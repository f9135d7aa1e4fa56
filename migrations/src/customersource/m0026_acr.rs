//! How strongly somebody was proven who visits, by the provider's word; a program one version older says nothing.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0026_acr"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let acr = schema::text("acr").default("").to_owned();
        manager.alter_table(Table::alter().table("portal_session").add_column(acr).to_owned()).await
    }
}
