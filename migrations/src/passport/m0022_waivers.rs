//! Wishes to be let in once without the second step: by owners who lost what they prove it by.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0022_waivers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut of_account = ForeignKey::create()
            .from("waiver", "account_id")
            .to("account", "id")
            .on_delete(ForeignKeyAction::Cascade)
            .to_owned();
        let table = Table::create()
            .table("waiver")
            .col(schema::uuid("account_id").primary_key())
            .col(schema::big_integer("ready_at"))
            .col(schema::big_integer("ends_at"))
            .foreign_key(&mut of_account)
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create().name("waiver_ends_at").table("waiver").col("ends_at").to_owned();
        manager.create_index(index).await?;
        // Whoever waits already for the second step to be switched off waits no longer by this; a week to come back.
        let waiting = "INSERT INTO waiver (account_id, ready_at, ends_at) \
            SELECT account_id, off_at, off_at + 604800000 FROM authenticator WHERE off_at IS NOT NULL";
        manager.get_connection().execute_unprepared(waiting).await?;
        Ok(())
    }
}
