//! Accounts, sessions, clients, grants and signing keys; outbox and budgets.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_first"
    }
}

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
    Email,
    EmailKey,
    EmailVerified,
    State,
    PasswordHash,
    Question,
    AnswerHash,
    AlternateEmail,
    Claims,
    Language,
    CreatedAt,
    UpdatedAt,
    SignedInAt,
}

#[derive(DeriveIden)]
enum Session {
    Table,
    Id,
    SecretDigest,
    AccountId,
    AuthTime,
    CreatedAt,
    SeenAt,
    EndsAt,
    EndedAt,
}

#[derive(DeriveIden)]
enum Client {
    Table,
    Id,
    Name,
    SecretDigest,
    Metadata,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum Grants {
    Table,
    Id,
    ClientId,
    AccountId,
    SessionId,
    Scope,
    RedirectUri,
    Nonce,
    CodeChallenge,
    AuthTime,
    State,
    Generation,
    Offline,
    CreatedAt,
    CodeEndsAt,
    EndsAt,
    NotBefore,
    RefreshedAt,
}

#[derive(DeriveIden)]
enum SigningKey {
    Table,
    Kid,
    Algorithm,
    State,
    Sealed,
    PublicJwk,
    CreatedAt,
    ActiveAt,
    RetiredAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ground::up(manager).await?;
        accounts(manager).await?;
        sessions(manager).await?;
        clients(manager).await?;
        grants(manager).await?;
        keys(manager).await
    }
}

async fn accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Account::Table)
        .col(schema::uuid(Account::Id).primary_key())
        .col(schema::text(Account::Email))
        .col(schema::text(Account::EmailKey).unique_key())
        .col(schema::boolean(Account::EmailVerified))
        .col(schema::text(Account::State).check(Expr::col(Account::State).is_in(["active", "disabled"])))
        .col(schema::text(Account::PasswordHash))
        .col(schema::text_null(Account::Question))
        .col(schema::text_null(Account::AnswerHash))
        .col(schema::text_null(Account::AlternateEmail))
        .col(schema::text(Account::Claims))
        .col(schema::text(Account::Language))
        .col(schema::big_integer(Account::CreatedAt))
        .col(schema::big_integer(Account::UpdatedAt))
        .col(schema::big_integer_null(Account::SignedInAt))
        .to_owned();
    manager.create_table(table).await
}

async fn sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Session::Table)
        .col(schema::uuid(Session::Id).primary_key())
        .col(schema::blob(Session::SecretDigest))
        .col(schema::uuid(Session::AccountId))
        .col(schema::big_integer(Session::AuthTime))
        .col(schema::big_integer(Session::CreatedAt))
        .col(schema::big_integer(Session::SeenAt))
        .col(schema::big_integer(Session::EndsAt))
        .col(schema::big_integer_null(Session::EndedAt))
        .foreign_key(
            ForeignKey::create()
                .from(Session::Table, Session::AccountId)
                .to(Account::Table, Account::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(table).await?;
    let index =
        Index::create().name("session_account").table(Session::Table).col(Session::AccountId).to_owned();
    manager.create_index(index).await
}

async fn clients(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Client::Table)
        .col(schema::text(Client::Id).primary_key())
        .col(schema::text(Client::Name))
        .col(schema::binary_null(Client::SecretDigest))
        .col(schema::text(Client::Metadata))
        .col(schema::big_integer(Client::CreatedAt))
        .col(schema::big_integer(Client::UpdatedAt))
        .to_owned();
    manager.create_table(table).await
}

async fn grants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let states = ["code", "live", "revoked"];
    let table = Table::create()
        .table(Grants::Table)
        .col(schema::uuid(Grants::Id).primary_key())
        .col(schema::text(Grants::ClientId))
        .col(schema::uuid(Grants::AccountId))
        .col(schema::uuid_null(Grants::SessionId))
        .col(schema::text(Grants::Scope))
        .col(schema::text(Grants::RedirectUri))
        .col(schema::text_null(Grants::Nonce))
        .col(schema::text_null(Grants::CodeChallenge))
        .col(schema::big_integer(Grants::AuthTime))
        .col(schema::text(Grants::State).check(Expr::col(Grants::State).is_in(states)))
        .col(schema::integer(Grants::Generation))
        .col(schema::boolean(Grants::Offline))
        .col(schema::big_integer(Grants::CreatedAt))
        .col(schema::big_integer(Grants::CodeEndsAt))
        .col(schema::big_integer(Grants::EndsAt))
        .col(schema::big_integer(Grants::NotBefore))
        .col(schema::big_integer(Grants::RefreshedAt))
        .foreign_key(
            ForeignKey::create()
                .from(Grants::Table, Grants::ClientId)
                .to(Client::Table, Client::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(
            ForeignKey::create()
                .from(Grants::Table, Grants::AccountId)
                .to(Account::Table, Account::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(table).await?;
    for (name, column) in [("grants_account", Grants::AccountId), ("grants_session", Grants::SessionId)] {
        manager.create_index(Index::create().name(name).table(Grants::Table).col(column).to_owned()).await?;
    }
    Ok(())
}

async fn keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let states = ["next", "active", "retired"];
    let table = Table::create()
        .table(SigningKey::Table)
        .col(schema::text(SigningKey::Kid).primary_key())
        .col(schema::text(SigningKey::Algorithm))
        .col(schema::text(SigningKey::State).check(Expr::col(SigningKey::State).is_in(states)))
        .col(schema::blob(SigningKey::Sealed))
        .col(schema::text(SigningKey::PublicJwk))
        .col(schema::big_integer(SigningKey::CreatedAt))
        .col(schema::big_integer_null(SigningKey::ActiveAt))
        .col(schema::big_integer_null(SigningKey::RetiredAt))
        .to_owned();
    manager.create_table(table).await?;
    // Nodes that start together make one key of each state and algorithm, not one each.
    let once = Index::create()
        .name("signing_key_once")
        .table(SigningKey::Table)
        .col(SigningKey::Algorithm)
        .col(SigningKey::State)
        .unique()
        .cond_where(Expr::col(SigningKey::State).ne("retired"))
        .to_owned();
    manager.create_index(once).await
}
