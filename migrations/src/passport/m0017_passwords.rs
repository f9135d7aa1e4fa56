//! When the owner of a short password was asked for a longer one: once.
use migration_ground::{prelude::*, schema};

#[derive(DeriveIden)]
enum Account {
    Table,
    PasswordAdvisedAt,
}

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0017_passwords"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let advised = schema::big_integer_null(Account::PasswordAdvisedAt);
        manager.alter_table(Table::alter().table(Account::Table).add_column(advised).to_owned()).await
    }
}
