//! Who refused a case, and why: until now only the audit knew.
use migration_ground::{prelude::*, schema};

#[derive(DeriveIden)]
enum AdminCase {
    Table,
    RefusedBy,
    RefusedFor,
}

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0023_case_refusal"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [AdminCase::RefusedBy, AdminCase::RefusedFor] {
            let column = schema::text(column).default("").to_owned();
            let table = Table::alter().table(AdminCase::Table).add_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
