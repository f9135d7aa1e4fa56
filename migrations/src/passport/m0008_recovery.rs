//! Recovery channels that count only when proven and not too new, claims of a name, wrong guesses in a row.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0008_recovery"
    }
}

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
    AlternateVerified,
}

#[derive(DeriveIden)]
enum Channel {
    Table,
    AccountId,
    Kind,
    ChangedAt,
}

#[derive(DeriveIden)]
enum NameClaim {
    Table,
    AccountId,
    EmailKey,
    NewName,
    CreatedAt,
    ReadyAt,
}

#[derive(DeriveIden)]
enum GuessStreak {
    Table,
    AccountId,
    Failures,
    WaitsUntil,
}

/// An alternate address counts as proven when its link was followed (the history says so) and nothing that a
/// freeze may have put back came after it. Whatever else stands there was typed at sign-up or brought by a file,
/// and waits for its proof (decision 0023).
const PROVEN: &str = "UPDATE account SET alternate_verified = TRUE WHERE alternate_email IS NOT NULL \
    AND EXISTS (SELECT 1 FROM event WHERE event.account_id = account.id \
                AND event.kind = 'alternate_email_changed') \
    AND NOT EXISTS (SELECT 1 FROM event WHERE event.account_id = account.id AND event.kind = 'frozen')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A program one version older leaves the column out.
        let verified = schema::boolean(Account::AlternateVerified).default(false).to_owned();
        manager.alter_table(Table::alter().table(Account::Table).add_column(verified).to_owned()).await?;
        manager.get_connection().execute_unprepared(PROVEN).await?;
        channels(manager).await?;
        name_claims(manager).await?;
        streaks(manager).await
    }
}

fn of_account(table: impl IntoIden + 'static, column: impl IntoIden + 'static) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, column)
        .to(Account::Table, Account::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

async fn channels(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Channel::Table)
        .col(schema::uuid(Channel::AccountId))
        .col(schema::text(Channel::Kind))
        .col(schema::big_integer(Channel::ChangedAt))
        .primary_key(Index::create().col(Channel::AccountId).col(Channel::Kind))
        .foreign_key(&mut of_account(Channel::Table, Channel::AccountId))
        .to_owned();
    manager.create_table(table).await
}

async fn name_claims(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(NameClaim::Table)
        .col(schema::uuid(NameClaim::AccountId).primary_key())
        .col(schema::text(NameClaim::EmailKey).unique_key())
        .col(schema::text(NameClaim::NewName))
        .col(schema::big_integer(NameClaim::CreatedAt))
        .col(schema::big_integer(NameClaim::ReadyAt))
        .foreign_key(&mut of_account(NameClaim::Table, NameClaim::AccountId))
        .to_owned();
    manager.create_table(table).await
}

async fn streaks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(GuessStreak::Table)
        .col(schema::uuid(GuessStreak::AccountId).primary_key())
        .col(schema::big_integer(GuessStreak::Failures))
        .col(schema::big_integer(GuessStreak::WaitsUntil))
        .foreign_key(&mut of_account(GuessStreak::Table, GuessStreak::AccountId))
        .to_owned();
    manager.create_table(table).await
}
