//! Which browser used a link up, and for what: the same button pressed twice is answered twice alike. And an index for
//! the sessions that were proven at a given time.
use migration_ground::{prelude::*, schema};

#[derive(DeriveIden)]
enum Link {
    Table,
    SpentBy,
}

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0013_twice"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let link =
            Table::alter().table(Link::Table).add_column(schema::binary_null(Link::SpentBy)).to_owned();
        manager.alter_table(link).await?;
        let index = Index::create().name("session_auth_time").table("session").col("auth_time").to_owned();
        manager.create_index(index).await
    }
}
