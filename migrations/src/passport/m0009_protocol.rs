//! What a client holds is found by the client: to end it, and to remove the client.
use migration_ground::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0009_protocol"
    }
}

#[derive(DeriveIden)]
enum Grants {
    Table,
    ClientId,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create().name("grants_client").table(Grants::Table).col(Grants::ClientId).to_owned();
        manager.create_index(index).await
    }
}
