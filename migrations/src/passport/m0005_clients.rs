//! Registration by clients themselves, the key of pairwise subjects, documents that clients are read from, and
//! administrators.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0005_clients"
    }
}

#[derive(DeriveIden)]
enum Account {
    Table,
    Admin,
}

#[derive(DeriveIden)]
enum Client {
    Table,
    Id,
}

/// What proves the owner of a client that registered by itself.
#[derive(DeriveIden)]
enum Registration {
    Table,
    ClientId,
    TokenDigest,
    CreatedAt,
}

/// What lets somebody register.
#[derive(DeriveIden)]
enum InitialToken {
    Table,
    Id,
    Digest,
    Note,
    UsesLeft,
    CreatedAt,
    EndsAt,
}

/// One row: the key under which people get another name at every site.
#[derive(DeriveIden)]
enum PairwiseKey {
    Table,
    Id,
    Sealed,
}

/// When a client's own document was read last.
#[derive(DeriveIden)]
enum ClientDocument {
    Table,
    ClientId,
    ReadAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let admin = Table::alter()
            .table(Account::Table)
            .add_column(schema::boolean(Account::Admin).default(false))
            .to_owned();
        manager.alter_table(admin).await?;
        registrations(manager).await?;
        let key = Table::create()
            .table(PairwiseKey::Table)
            .col(schema::integer(PairwiseKey::Id).primary_key())
            .col(schema::blob(PairwiseKey::Sealed))
            .to_owned();
        manager.create_table(key).await
    }
}

async fn registrations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(InitialToken::Table)
        .col(schema::uuid(InitialToken::Id).primary_key())
        .col(schema::blob(InitialToken::Digest).unique_key())
        .col(schema::text(InitialToken::Note))
        .col(schema::integer(InitialToken::UsesLeft))
        .col(schema::big_integer(InitialToken::CreatedAt))
        .col(schema::big_integer(InitialToken::EndsAt))
        .to_owned();
    manager.create_table(table).await?;
    let table = Table::create()
        .table(Registration::Table)
        .col(schema::text(Registration::ClientId).primary_key())
        .col(schema::blob(Registration::TokenDigest))
        .col(schema::big_integer(Registration::CreatedAt))
        .foreign_key(
            ForeignKey::create()
                .from(Registration::Table, Registration::ClientId)
                .to(Client::Table, Client::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(table).await?;
    let table = Table::create()
        .table(ClientDocument::Table)
        .col(schema::text(ClientDocument::ClientId).primary_key())
        .col(schema::big_integer(ClientDocument::ReadAt))
        .foreign_key(
            ForeignKey::create()
                .from(ClientDocument::Table, ClientDocument::ClientId)
                .to(Client::Table, Client::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(table).await
}
