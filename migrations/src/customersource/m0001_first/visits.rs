//! Claims, portal sessions, and the names of what may happen once (states, logout tokens).
use migration_ground::{prelude::*, schema};

#[derive(DeriveIden)]
enum Claim {
    Table,
    Id,
    Iss,
    Sub,
    EmailMac,
    At,
    Matches,
}

#[derive(DeriveIden)]
enum PortalSession {
    Table,
    Digest,
    Iss,
    Sub,
    OpSid,
    Label,
    IdToken,
    AssociationId,
    ProvenFor,
    AuthTime,
    CreatedAt,
    SeenAt,
    EndsAt,
}

#[derive(DeriveIden)]
enum Spent {
    Table,
    Name,
    EndsAt,
}

pub async fn claims(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Claim::Table)
        .col(schema::uuid(Claim::Id).primary_key())
        .col(schema::text(Claim::Iss))
        .col(schema::text(Claim::Sub))
        // The address itself is not kept.
        .col(schema::blob(Claim::EmailMac))
        .col(schema::big_integer(Claim::At))
        .col(schema::integer_null(Claim::Matches))
        .to_owned();
    manager.create_table(table).await?;
    let by_time = Index::create().name("claim_at").table(Claim::Table).col(Claim::At).to_owned();
    manager.create_index(by_time).await
}

pub async fn sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(PortalSession::Table)
        .col(schema::blob(PortalSession::Digest).primary_key())
        .col(schema::text(PortalSession::Iss))
        .col(schema::text(PortalSession::Sub))
        .col(schema::text_null(PortalSession::OpSid))
        .col(schema::text(PortalSession::Label))
        .col(schema::blob(PortalSession::IdToken))
        .col(schema::uuid_null(PortalSession::AssociationId))
        .col(schema::uuid_null(PortalSession::ProvenFor))
        .col(schema::big_integer(PortalSession::AuthTime))
        .col(schema::big_integer(PortalSession::CreatedAt))
        .col(schema::big_integer(PortalSession::SeenAt))
        .col(schema::big_integer(PortalSession::EndsAt))
        .to_owned();
    manager.create_table(table).await?;
    let indices = [
        ("portal_session_sid", vec![PortalSession::Iss, PortalSession::OpSid]),
        ("portal_session_sub", vec![PortalSession::Iss, PortalSession::Sub]),
        ("portal_session_association", vec![PortalSession::AssociationId]),
        ("portal_session_ends", vec![PortalSession::EndsAt]),
    ];
    for (name, columns) in indices {
        let mut index = Index::create().name(name).table(PortalSession::Table).to_owned();
        for column in columns {
            index.col(column);
        }
        manager.create_index(index).await?;
    }
    Ok(())
}

pub async fn spent(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Spent::Table)
        .col(schema::blob(Spent::Name).primary_key())
        .col(schema::big_integer(Spent::EndsAt))
        .to_owned();
    manager.create_table(table).await?;
    let index = Index::create().name("spent_ends").table(Spent::Table).col(Spent::EndsAt).to_owned();
    manager.create_index(index).await
}
