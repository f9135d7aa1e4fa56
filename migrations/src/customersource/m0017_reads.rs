//! Who read which thread up to when.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0017_reads"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("thread_read")
            .col(schema::uuid("profile_id"))
            .col(schema::uuid("thread_id"))
            .col(schema::big_integer("read_at"))
            .primary_key(Index::create().col("profile_id").col("thread_id"))
            .foreign_key(ForeignKey::create().from("thread_read", "profile_id").to("profile", "id"))
            .foreign_key(ForeignKey::create().from("thread_read", "thread_id").to("thread", "id"))
            .to_owned();
        manager.create_table(table).await?;
        let last = Index::create().name("thread_latest").table("thread").col("last_at").to_owned();
        manager.create_index(last).await
    }
}
