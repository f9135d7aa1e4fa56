//! Lanes of the outbox: which line a job waits in, when it is over, which key it is sealed with; and what is kept
//! of older master keys.
use migration_ground::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0008_mail"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ground::outbox_lanes(manager).await?;
        crate::ground::former_keys(manager).await
    }
}
