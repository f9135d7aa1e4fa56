//! What tokens need beyond the grant's row: names that are used up, devices, sealed secrets, epochs, bindings.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_tokens"
    }
}

#[derive(DeriveIden)]
enum Client {
    Table,
    Id,
    Epoch,
    SealedSecret,
}

#[derive(DeriveIden)]
enum Grants {
    Table,
    BoundTo,
}

#[derive(DeriveIden)]
enum UsedOnce {
    Table,
    Id,
    EndsAt,
}

#[derive(DeriveIden)]
enum DeviceRequest {
    Table,
    Id,
    ClientId,
    UserCodeTag,
    Scope,
    Resource,
    State,
    GrantId,
    Interval,
    PolledAt,
    CreatedAt,
    EndsAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let epoch = schema::integer(Client::Epoch).default(0).to_owned();
        let steps = [
            Table::alter().table(Client::Table).add_column(epoch).to_owned(),
            Table::alter()
                .table(Client::Table)
                .add_column(schema::binary_null(Client::SealedSecret))
                .to_owned(),
            Table::alter().table(Grants::Table).add_column(schema::text_null(Grants::BoundTo)).to_owned(),
        ];
        for step in steps {
            manager.alter_table(step).await?;
        }
        let once = Table::create()
            .table(UsedOnce::Table)
            .col(schema::text(UsedOnce::Id).primary_key())
            .col(schema::big_integer(UsedOnce::EndsAt))
            .to_owned();
        manager.create_table(once).await?;
        devices(manager).await
    }
}

async fn devices(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let states = ["pending", "approved", "denied", "spent"];
    let table = Table::create()
        .table(DeviceRequest::Table)
        .col(schema::uuid(DeviceRequest::Id).primary_key())
        .col(schema::text(DeviceRequest::ClientId))
        .col(schema::text(DeviceRequest::UserCodeTag).unique_key())
        .col(schema::text(DeviceRequest::Scope))
        .col(schema::text_null(DeviceRequest::Resource))
        .col(schema::text(DeviceRequest::State).check(Expr::col(DeviceRequest::State).is_in(states)))
        .col(schema::uuid_null(DeviceRequest::GrantId))
        .col(schema::integer(DeviceRequest::Interval))
        .col(schema::big_integer_null(DeviceRequest::PolledAt))
        .col(schema::big_integer(DeviceRequest::CreatedAt))
        .col(schema::big_integer(DeviceRequest::EndsAt))
        .foreign_key(
            ForeignKey::create()
                .from(DeviceRequest::Table, DeviceRequest::ClientId)
                .to(Client::Table, Client::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(table).await
}
