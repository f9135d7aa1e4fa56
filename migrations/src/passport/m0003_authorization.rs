//! What a grant was asked for beyond its scope, and authorization requests that were pushed.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_authorization"
    }
}

#[derive(DeriveIden)]
enum Client {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum Grants {
    Table,
    Acr,
    Claims,
    Resource,
    DpopJkt,
}

#[derive(DeriveIden)]
enum PushedRequest {
    Table,
    Id,
    ClientId,
    Sealed,
    Signed,
    CreatedAt,
    EndsAt,
    UsedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [Grants::Acr, Grants::Claims, Grants::Resource, Grants::DpopJkt] {
            let step = Table::alter().table(Grants::Table).add_column(schema::text_null(column)).to_owned();
            manager.alter_table(step).await?;
        }
        let table = Table::create()
            .table(PushedRequest::Table)
            .col(schema::uuid(PushedRequest::Id).primary_key())
            .col(schema::text(PushedRequest::ClientId))
            .col(schema::blob(PushedRequest::Sealed))
            .col(schema::boolean(PushedRequest::Signed))
            .col(schema::big_integer(PushedRequest::CreatedAt))
            .col(schema::big_integer(PushedRequest::EndsAt))
            .col(schema::big_integer_null(PushedRequest::UsedAt))
            .foreign_key(
                ForeignKey::create()
                    .from(PushedRequest::Table, PushedRequest::ClientId)
                    .to(Client::Table, Client::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await
    }
}
