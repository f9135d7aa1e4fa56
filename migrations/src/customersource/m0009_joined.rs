//! An index for letters that join the one of their kind that waits.
use migration_ground::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0009_joined"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let waiting = Index::create()
            .name("outbox_lane")
            .table("outbox")
            .col("lane")
            .col("due_at")
            .cond_where(Expr::col("state").eq("due"))
            .to_owned();
        manager.create_index(waiting).await
    }
}
