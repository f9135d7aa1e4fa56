//! Recovery by the account's own address and by support, told apart beside what an older program knows of a way; and
//! what one operator asked for and a second one has to confirm.
use migration_ground::{prelude::*, schema};

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Recovery {
    Table,
    Means,
}

#[derive(DeriveIden)]
enum SupportCase {
    Table,
    Id,
    AccountId,
    Operator,
    Reason,
    Printed,
    CreatedAt,
    EndsAt,
}

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0016_ways"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    /// The CHECK of `way` stays, so that a program one version older reads every row: it takes either for the nearest
    /// way that it knows, and this column says which it is.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let means = schema::text_null(Recovery::Means);
        manager.alter_table(Table::alter().table(Recovery::Table).add_column(means).to_owned()).await?;
        let of_account = ForeignKey::create()
            .from(SupportCase::Table, SupportCase::AccountId)
            .to(Account::Table, Account::Id)
            .on_delete(ForeignKeyAction::Cascade)
            .to_owned();
        let table = Table::create()
            .table(SupportCase::Table)
            .col(schema::uuid(SupportCase::Id).primary_key())
            .col(schema::uuid(SupportCase::AccountId))
            .col(schema::text(SupportCase::Operator))
            .col(schema::text(SupportCase::Reason))
            .col(schema::boolean(SupportCase::Printed))
            .col(schema::big_integer(SupportCase::CreatedAt))
            .col(schema::big_integer(SupportCase::EndsAt))
            .foreign_key(&mut of_account.clone())
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create()
            .name("support_case_account")
            .table(SupportCase::Table)
            .col(SupportCase::AccountId)
            .to_owned();
        manager.create_index(index).await
    }
}
