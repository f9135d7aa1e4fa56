//! What Account Services show of a browser, automatic sign-ins, what sites were given, accounts to be closed.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0006_services"
    }
}

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Client {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Session {
    Table,
    Agent,
    AddressBlock,
    Shared,
}

#[derive(DeriveIden)]
enum Computer {
    Table,
    Digest,
    Agent,
}

#[derive(DeriveIden)]
enum AutomaticSignIn {
    Table,
    Id,
    AccountId,
    Digest,
    Generation,
    SessionId,
    AuthTime,
    CreatedAt,
    RotatedAt,
    EndsAt,
    EndedAt,
    Agent,
    AddressBlock,
}

#[derive(DeriveIden)]
enum Consent {
    Table,
    AccountId,
    ClientId,
    Scope,
    Claims,
    Agreed,
    Since,
    UsedAt,
}

#[derive(DeriveIden)]
enum Closing {
    Table,
    AccountId,
    UndoDigest,
    AskedAt,
    ErasesAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        browsers(manager).await?;
        automatic(manager).await?;
        consents(manager).await?;
        closings(manager).await
    }
}

fn of_account(table: impl IntoIden + 'static, column: impl IntoIden + 'static) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, column)
        .to(Account::Table, Account::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

/// Every new column has a default: a program one version older leaves them out.
async fn browsers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for column in [
        schema::text(Session::Agent).default("").to_owned(),
        schema::text(Session::AddressBlock).default("").to_owned(),
        schema::boolean(Session::Shared).default(false).to_owned(),
    ] {
        manager.alter_table(Table::alter().table(Session::Table).add_column(column).to_owned()).await?;
    }
    let agent = schema::text(Computer::Agent).default("").to_owned();
    manager.alter_table(Table::alter().table(Computer::Table).add_column(agent).to_owned()).await?;
    let index =
        Index::create().name("computer_digest").table(Computer::Table).col(Computer::Digest).to_owned();
    manager.create_index(index).await
}

async fn automatic(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    use AutomaticSignIn as A;
    let table = Table::create()
        .table(A::Table)
        .col(schema::uuid(A::Id).primary_key())
        .col(schema::uuid(A::AccountId))
        .col(schema::blob(A::Digest))
        .col(schema::integer(A::Generation))
        .col(schema::uuid(A::SessionId))
        .col(schema::big_integer(A::AuthTime))
        .col(schema::big_integer(A::CreatedAt))
        .col(schema::big_integer(A::RotatedAt))
        .col(schema::big_integer(A::EndsAt))
        .col(schema::big_integer_null(A::EndedAt))
        .col(schema::text(A::Agent))
        .col(schema::text(A::AddressBlock))
        .foreign_key(&mut of_account(A::Table, A::AccountId))
        .to_owned();
    manager.create_table(table).await?;
    let index =
        Index::create().name("automatic_sign_in_account").table(A::Table).col(A::AccountId).to_owned();
    manager.create_index(index).await
}

async fn consents(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut of_client = ForeignKey::create()
        .from(Consent::Table, Consent::ClientId)
        .to(Client::Table, Client::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned();
    let table = Table::create()
        .table(Consent::Table)
        .col(schema::uuid(Consent::AccountId))
        .col(schema::text(Consent::ClientId))
        .col(schema::text(Consent::Scope))
        .col(schema::text(Consent::Claims))
        .col(schema::boolean(Consent::Agreed))
        .col(schema::big_integer(Consent::Since))
        .col(schema::big_integer(Consent::UsedAt))
        .primary_key(Index::create().col(Consent::AccountId).col(Consent::ClientId))
        .foreign_key(&mut of_account(Consent::Table, Consent::AccountId))
        .foreign_key(&mut of_client)
        .to_owned();
    manager.create_table(table).await
}

async fn closings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Closing::Table)
        .col(schema::uuid(Closing::AccountId).primary_key())
        .col(schema::blob(Closing::UndoDigest).unique_key())
        .col(schema::big_integer(Closing::AskedAt))
        .col(schema::big_integer(Closing::ErasesAt))
        .foreign_key(&mut of_account(Closing::Table, Closing::AccountId))
        .to_owned();
    manager.create_table(table).await
}
