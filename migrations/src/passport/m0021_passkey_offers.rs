//! When an account was last asked on a computer whether it wants a passkey, and that it wants none there.
use migration_ground::{prelude::*, schema};

#[derive(DeriveIden)]
enum Computer {
    Table,
    PasskeyAskedAt,
    PasskeyNever,
}

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0021_passkey_offers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            schema::big_integer_null(Computer::PasskeyAskedAt),
            schema::boolean(Computer::PasskeyNever).default(false).to_owned(),
        ] {
            manager.alter_table(Table::alter().table(Computer::Table).add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
