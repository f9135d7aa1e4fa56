//! What sites that call people by names of their own were told to call them, so that such a name is found and not
//! searched; which of the sites that ask by name have been written down; and names that wait for whoever claimed them.
use migration_ground::{prelude::*, schema};

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum ConsentName {
    Table,
    Name,
    AccountId,
}

#[derive(DeriveIden)]
enum NameClaim {
    Table,
    FreeUntil,
}

#[derive(DeriveIden)]
enum BillingSupplier {
    Table,
    NamedAt,
}

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0014_names"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let of_account = ForeignKey::create()
            .from(ConsentName::Table, ConsentName::AccountId)
            .to(Account::Table, Account::Id)
            .on_delete(ForeignKeyAction::Cascade)
            .to_owned();
        let table = Table::create()
            .table(ConsentName::Table)
            .col(schema::text(ConsentName::Name).primary_key())
            .col(schema::uuid(ConsentName::AccountId))
            .foreign_key(&mut of_account.clone())
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create()
            .name("consent_name_account")
            .table(ConsentName::Table)
            .col(ConsentName::AccountId)
            .to_owned();
        manager.create_index(index).await?;
        let named = schema::big_integer_null(BillingSupplier::NamedAt);
        manager
            .alter_table(Table::alter().table(BillingSupplier::Table).add_column(named).to_owned())
            .await?;
        let free = schema::big_integer_null(NameClaim::FreeUntil);
        manager.alter_table(Table::alter().table(NameClaim::Table).add_column(free).to_owned()).await?;
        let index = Index::create()
            .name("name_claim_free")
            .table(NameClaim::Table)
            .col(NameClaim::FreeUntil)
            .to_owned();
        manager.create_index(index).await
    }
}
