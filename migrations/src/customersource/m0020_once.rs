//! Names that were used once, as both halves keep them. The older table (`spent`) goes on to keep forms.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0020_once"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("used_once")
            .col(schema::text("id").primary_key())
            .col(schema::big_integer("ends_at"))
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create().name("used_once_ends").table("used_once").col("ends_at").to_owned();
        manager.create_index(index).await
    }
}
