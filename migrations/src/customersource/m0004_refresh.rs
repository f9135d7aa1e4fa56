//! Refresh tokens of portal sessions, and when they were last used.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_refresh"
    }
}

#[derive(DeriveIden)]
enum PortalSession {
    Table,
    RefreshToken,
    RefreshedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            schema::blob_null(PortalSession::RefreshToken),
            schema::big_integer_null(PortalSession::RefreshedAt),
        ] {
            let step = Table::alter().table(PortalSession::Table).add_column(column).to_owned();
            manager.alter_table(step).await?;
        }
        let due = Index::create()
            .name("portal_session_refreshed")
            .table(PortalSession::Table)
            .col(PortalSession::RefreshedAt)
            .to_owned();
        manager.create_index(due).await
    }
}
