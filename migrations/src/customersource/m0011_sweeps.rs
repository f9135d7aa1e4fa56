//! Indices for the sweeps, which find what is over by its time.
use migration_ground::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0011_sweeps"
    }
}

/// Index, table, column.
const INDICES: [(&str, &str, &str); 2] =
    [("budget_ends", "budget", "ends_at"), ("invitation_expires", "invitation", "expires_at")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, column) in INDICES {
            let index = Index::create().name(name).table(table).col(column).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
