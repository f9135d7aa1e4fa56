//! Companies, plans, profiles, invitations, associations, claims, portal sessions and spent names.
use migration_ground::{prelude::*, schema};

mod people;
mod visits;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_first"
    }
}

#[derive(DeriveIden)]
enum Organization {
    Table,
    Id,
    Source,
    ExternalId,
    Name,
    Kind,
    Region,
    State,
    CrmEtag,
    SyncedAt,
}

#[derive(DeriveIden)]
enum Plan {
    Table,
    Code,
    Category,
    Name,
    Rank,
}

#[derive(DeriveIden)]
enum Entitlement {
    Table,
    Id,
    OrganizationId,
    PlanCode,
    Source,
    ExternalId,
    State,
    StartsOn,
    EndsOn,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ground::up(manager).await?;
        organizations(manager).await?;
        plans(manager).await?;
        entitlements(manager).await?;
        people::profiles(manager).await?;
        people::invitations(manager).await?;
        people::associations(manager).await?;
        visits::claims(manager).await?;
        visits::sessions(manager).await?;
        visits::spent(manager).await
    }
}

async fn organizations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let kinds = ["customer", "partner", "employee"];
    let table = Table::create()
        .table(Organization::Table)
        .col(schema::uuid(Organization::Id).primary_key())
        .col(schema::text(Organization::Source))
        .col(schema::text_null(Organization::ExternalId))
        .col(schema::text(Organization::Name))
        .col(schema::text(Organization::Kind).check(Expr::col(Organization::Kind).is_in(kinds)))
        .col(schema::text(Organization::Region))
        .col(
            schema::text(Organization::State)
                .check(Expr::col(Organization::State).is_in(["active", "closed"])),
        )
        .col(schema::text_null(Organization::CrmEtag))
        .col(schema::big_integer_null(Organization::SyncedAt))
        .to_owned();
    manager.create_table(table).await?;
    let once = Index::create()
        .name("organization_external")
        .table(Organization::Table)
        .col(Organization::Source)
        .col(Organization::ExternalId)
        .unique()
        .to_owned();
    manager.create_index(once).await
}

async fn plans(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let categories = ["service", "support", "enhancement"];
    let table = Table::create()
        .table(Plan::Table)
        .col(schema::text(Plan::Code).primary_key())
        .col(schema::text(Plan::Category).check(Expr::col(Plan::Category).is_in(categories)))
        .col(schema::text(Plan::Name))
        .col(schema::integer(Plan::Rank))
        .to_owned();
    manager.create_table(table).await
}

/// Days are text in ISO 8601 (`2026-11-22`): they compare as dates do, on every engine.
async fn entitlements(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let states = ["draft", "active", "cancelled", "expired", "waiting"];
    let table = Table::create()
        .table(Entitlement::Table)
        .col(schema::uuid(Entitlement::Id).primary_key())
        .col(schema::uuid(Entitlement::OrganizationId))
        .col(schema::text(Entitlement::PlanCode))
        .col(schema::text(Entitlement::Source))
        .col(schema::text_null(Entitlement::ExternalId))
        .col(schema::text(Entitlement::State).check(Expr::col(Entitlement::State).is_in(states)))
        .col(schema::text(Entitlement::StartsOn))
        .col(schema::text(Entitlement::EndsOn))
        .foreign_key(
            ForeignKey::create()
                .from(Entitlement::Table, Entitlement::OrganizationId)
                .to(Organization::Table, Organization::Id),
        )
        .foreign_key(
            ForeignKey::create().from(Entitlement::Table, Entitlement::PlanCode).to(Plan::Table, Plan::Code),
        )
        .to_owned();
    manager.create_table(table).await?;
    let once = Index::create()
        .name("entitlement_external")
        .table(Entitlement::Table)
        .col(Entitlement::Source)
        .col(Entitlement::ExternalId)
        .unique()
        .to_owned();
    manager.create_index(once).await?;
    let of_organization = Index::create()
        .name("entitlement_organization")
        .table(Entitlement::Table)
        .col(Entitlement::OrganizationId)
        .col(Entitlement::EndsOn)
        .to_owned();
    manager.create_index(of_organization).await
}
