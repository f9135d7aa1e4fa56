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
    Lane,
    Trouble,
    ExpiresAt,
    SealedBy,
}

#[derive(DeriveIden)]
enum FormerKey {
    Table,
    Purpose,
    Name,
    Sealed,
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

/// Which line a job waits in, whether it waits for us, when it is over, and the key that it is sealed with. An older
/// program adds rows without knowing of these.
pub async fn outbox_lanes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for column in [
        schema::text(Outbox::Lane).default("").to_owned(),
        schema::boolean(Outbox::Trouble).default(false).to_owned(),
        schema::big_integer_null(Outbox::ExpiresAt),
        schema::text(Outbox::SealedBy).default("").to_owned(),
    ] {
        let step = Table::alter().table(Outbox::Table).add_column(column).to_owned();
        manager.alter_table(step).await?;
    }
    let given_up = Index::create()
        .name("outbox_given_up")
        .table(Outbox::Table)
        .col(Outbox::DueAt)
        .cond_where(Expr::col(Outbox::State).eq("given_up"))
        .to_owned();
    manager.create_index(given_up).await
}

/// What is kept of master keys whose lines are gone from the key file.
pub async fn former_keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(FormerKey::Table)
        .col(schema::text(FormerKey::Purpose))
        .col(schema::text(FormerKey::Name))
        .col(schema::blob(FormerKey::Sealed))
        .primary_key(Index::create().col(FormerKey::Purpose).col(FormerKey::Name))
        .to_owned();
    manager.create_table(table).await
}

/// Under which public URL nodes answer, and when they said so last.
pub async fn public_urls(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("public_url")
        .col(schema::text("url").primary_key())
        .col(schema::big_integer("seen_at"))
        .to_owned();
    manager.create_table(table).await
}
