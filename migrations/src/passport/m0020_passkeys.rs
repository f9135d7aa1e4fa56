//! Passkeys of accounts.
use migration_ground::{prelude::*, schema};

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Passkey {
    Table,
    Id,
    AccountId,
    CredentialId,
    UserHandle,
    PublicKey,
    Aaguid,
    BackupEligible,
    BackedUp,
    Transports,
    SignCount,
    Name,
    Agent,
    CreatedAt,
    UsedAt,
}

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0020_passkeys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use Passkey as P;
        let of_account = ForeignKey::create()
            .from(P::Table, P::AccountId)
            .to(Account::Table, Account::Id)
            .on_delete(ForeignKeyAction::Cascade)
            .to_owned();
        let table = Table::create()
            .table(P::Table)
            .col(schema::uuid(P::Id).primary_key())
            .col(schema::uuid(P::AccountId))
            .col(schema::blob(P::CredentialId).unique_key())
            .col(schema::uuid(P::UserHandle))
            .col(schema::blob(P::PublicKey))
            .col(schema::uuid(P::Aaguid))
            .col(schema::boolean(P::BackupEligible))
            .col(schema::boolean(P::BackedUp))
            .col(schema::text(P::Transports))
            .col(schema::big_integer(P::SignCount))
            .col(schema::text(P::Name))
            .col(schema::text(P::Agent))
            .col(schema::big_integer(P::CreatedAt))
            .col(schema::big_integer_null(P::UsedAt))
            .foreign_key(&mut of_account.clone())
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create().name("passkey_account").table(P::Table).col(P::AccountId).to_owned();
        manager.create_index(index).await
    }
}
