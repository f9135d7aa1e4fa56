//! Authenticator apps and recovery codes.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0019_second_step"
    }
}

fn of_account(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, "account_id")
        .to("account", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let authenticator = Table::create()
            .table("authenticator")
            .col(schema::uuid("account_id").primary_key())
            .col(schema::blob("sealed"))
            .col(schema::big_integer("last_step"))
            .col(schema::big_integer("created_at"))
            .col(schema::big_integer_null("off_at"))
            .foreign_key(&mut of_account("authenticator"))
            .to_owned();
        manager.create_table(authenticator).await?;
        let codes = Table::create()
            .table("recovery_code")
            .col(schema::uuid("account_id"))
            .col(schema::blob("tag"))
            .primary_key(Index::create().col("account_id").col("tag"))
            .foreign_key(&mut of_account("recovery_code"))
            .to_owned();
        manager.create_table(codes).await
    }
}
