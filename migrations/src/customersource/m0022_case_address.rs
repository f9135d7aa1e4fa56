//! The address with which somebody was proposed when the case was approved: who could object was told it.
use migration_ground::{prelude::*, schema};

#[derive(DeriveIden)]
enum AdminCase {
    Table,
    ApprovedEmail,
}

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0022_case_address"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = schema::text(AdminCase::ApprovedEmail).default("").to_owned();
        manager.alter_table(Table::alter().table(AdminCase::Table).add_column(column).to_owned()).await
    }
}
