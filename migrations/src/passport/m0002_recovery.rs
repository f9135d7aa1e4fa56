//! What happened to an account, one-time links, recoveries, known computers, billing facts; held accounts.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_recovery"
    }
}

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
    Hold,
}

#[derive(DeriveIden)]
enum Client {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Event {
    Table,
    Id,
    AccountId,
    Kind,
    At,
    AddressBlock,
    Agent,
    Detail,
}

#[derive(DeriveIden)]
enum Link {
    Table,
    Id,
    AccountId,
    Purpose,
    Digest,
    Detail,
    CreatedAt,
    EndsAt,
    SpentAt,
}

#[derive(DeriveIden)]
enum Recovery {
    Table,
    Id,
    AccountId,
    Way,
    Digest,
    State,
    CreatedAt,
    ReadyAt,
    EndsAt,
}

#[derive(DeriveIden)]
enum Computer {
    Table,
    Id,
    AccountId,
    Digest,
    CreatedAt,
    SeenAt,
}

#[derive(DeriveIden)]
enum Billing {
    Table,
    AccountId,
    ClientId,
    Digits,
    Expiry,
    PostalCode,
    Invoice,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum BillingSupplier {
    Table,
    ClientId,
    CreatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        holds(manager).await?;
        events(manager).await?;
        links(manager).await?;
        recoveries(manager).await?;
        computers(manager).await?;
        billing(manager).await
    }
}

/// A frozen or closed account keeps `state = 'disabled'`, and this column says why. So the CHECK of `state`
/// stays as it is (SQLite could not change it without rebuilding the table that everything refers to), and a
/// program one version older refuses such an account instead of failing on a word that it does not know.
async fn holds(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let hold = schema::text_null(Account::Hold)
        .check(Expr::col(Account::Hold).is_in(["frozen", "closed"]))
        .to_owned();
    manager.alter_table(Table::alter().table(Account::Table).add_column(hold).to_owned()).await
}

fn of_account(table: impl IntoIden + 'static, column: impl IntoIden + 'static) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, column)
        .to(Account::Table, Account::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

async fn events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Event::Table)
        .col(schema::uuid(Event::Id).primary_key())
        .col(schema::uuid(Event::AccountId))
        .col(schema::text(Event::Kind))
        .col(schema::big_integer(Event::At))
        .col(schema::text(Event::AddressBlock))
        .col(schema::text(Event::Agent))
        .col(schema::text(Event::Detail))
        .foreign_key(&mut of_account(Event::Table, Event::AccountId))
        .to_owned();
    manager.create_table(table).await?;
    let index = Index::create()
        .name("event_account")
        .table(Event::Table)
        .col(Event::AccountId)
        .col(Event::Id)
        .to_owned();
    manager.create_index(index).await
}

async fn links(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Link::Table)
        .col(schema::uuid(Link::Id).primary_key())
        .col(schema::uuid(Link::AccountId))
        .col(schema::text(Link::Purpose))
        .col(schema::blob(Link::Digest).unique_key())
        .col(schema::text(Link::Detail))
        .col(schema::big_integer(Link::CreatedAt))
        .col(schema::big_integer(Link::EndsAt))
        .col(schema::big_integer_null(Link::SpentAt))
        .foreign_key(&mut of_account(Link::Table, Link::AccountId))
        .to_owned();
    manager.create_table(table).await?;
    manager
        .create_index(Index::create().name("link_account").table(Link::Table).col(Link::AccountId).to_owned())
        .await
}

async fn recoveries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let (states, ways) = (["open", "vetoed", "done", "ended"], ["alternate", "answer", "billing"]);
    let table = Table::create()
        .table(Recovery::Table)
        .col(schema::uuid(Recovery::Id).primary_key())
        .col(schema::uuid(Recovery::AccountId))
        .col(schema::text(Recovery::Way).check(Expr::col(Recovery::Way).is_in(ways)))
        .col(schema::blob(Recovery::Digest).unique_key())
        .col(schema::text(Recovery::State).check(Expr::col(Recovery::State).is_in(states)))
        .col(schema::big_integer(Recovery::CreatedAt))
        .col(schema::big_integer(Recovery::ReadyAt))
        .col(schema::big_integer(Recovery::EndsAt))
        .foreign_key(&mut of_account(Recovery::Table, Recovery::AccountId))
        .to_owned();
    manager.create_table(table).await?;
    let index =
        Index::create().name("recovery_account").table(Recovery::Table).col(Recovery::AccountId).to_owned();
    manager.create_index(index).await
}

async fn computers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Computer::Table)
        .col(schema::uuid(Computer::Id).primary_key())
        .col(schema::uuid(Computer::AccountId))
        .col(schema::blob(Computer::Digest))
        .col(schema::big_integer(Computer::CreatedAt))
        .col(schema::big_integer(Computer::SeenAt))
        .foreign_key(&mut of_account(Computer::Table, Computer::AccountId))
        .to_owned();
    manager.create_table(table).await?;
    let once = Index::create()
        .name("computer_once")
        .table(Computer::Table)
        .col(Computer::AccountId)
        .col(Computer::Digest)
        .unique()
        .to_owned();
    manager.create_index(once).await
}

async fn billing(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut of_client = ForeignKey::create()
        .from(Billing::Table, Billing::ClientId)
        .to(Client::Table, Client::Id)
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned();
    let table = Table::create()
        .table(Billing::Table)
        .col(schema::uuid(Billing::AccountId))
        .col(schema::text(Billing::ClientId))
        .col(schema::blob(Billing::Digits))
        .col(schema::blob(Billing::Expiry))
        .col(schema::blob(Billing::PostalCode))
        .col(schema::blob(Billing::Invoice))
        .col(schema::big_integer(Billing::UpdatedAt))
        .primary_key(Index::create().col(Billing::AccountId).col(Billing::ClientId))
        .foreign_key(&mut of_account(Billing::Table, Billing::AccountId))
        .foreign_key(&mut of_client)
        .to_owned();
    manager.create_table(table).await?;
    let table = Table::create()
        .table(BillingSupplier::Table)
        .col(schema::text(BillingSupplier::ClientId).primary_key())
        .col(schema::big_integer(BillingSupplier::CreatedAt))
        .foreign_key(
            ForeignKey::create()
                .from(BillingSupplier::Table, BillingSupplier::ClientId)
                .to(Client::Table, Client::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(table).await
}
