//! Tables that both halves have, each in its own database: the outbox and the budgets.
use migration_ground::{prelude::*, schema};

#[derive(DeriveIden)]
enum Outbox {
    Table,
    Id,
    Kind,
    Payload,
    State,
    Attempts,
    CreatedAt,
    DueAt,
    LeaseUntil,
    LastError,
}

#[derive(DeriveIden)]
enum Budget {
    Table,
    Id,
    Slot,
    Used,
    UsedBefore,
    EndsAt,
}

pub async fn up(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let outbox = Table::create()
        .table(Outbox::Table)
        .col(schema::uuid(Outbox::Id).primary_key())
        .col(schema::text(Outbox::Kind))
        .col(schema::blob(Outbox::Payload))
        .col(schema::text(Outbox::State))
        .col(schema::integer(Outbox::Attempts))
        .col(schema::big_integer(Outbox::CreatedAt))
        .col(schema::big_integer(Outbox::DueAt))
        .col(schema::big_integer(Outbox::LeaseUntil))
        .col(schema::text_null(Outbox::LastError))
        .to_owned();
    manager.create_table(outbox).await?;
    let due = Index::create()
        .name("outbox_due")
        .table(Outbox::Table)
        .col(Outbox::DueAt)
        .cond_where(Expr::col(Outbox::State).eq("due"))
        .to_owned();
    manager.create_index(due).await?;
    let budget = Table::create()
        .table(Budget::Table)
        .col(schema::text(Budget::Id).primary_key())
        .col(schema::big_integer(Budget::Slot))
        .col(schema::big_integer(Budget::Used))
        .col(schema::big_integer(Budget::UsedBefore))
        .col(schema::big_integer(Budget::EndsAt))
        .to_owned();
    manager.create_table(budget).await
}
