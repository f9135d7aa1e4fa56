//! Profiles, the invitations to associate one, and the associations that came of them.
use migration_ground::{prelude::*, schema};

use super::Organization;

#[derive(DeriveIden)]
enum Profile {
    Table,
    Id,
    OrganizationId,
    Source,
    ExternalId,
    FirstName,
    LastName,
    Email,
    EmailKey,
    IsBillTo,
    IsAdmin,
    AdminSource,
    State,
    Version,
    CrmEtag,
    SyncedAt,
}

#[derive(DeriveIden)]
enum Invitation {
    Table,
    Id,
    ProfileId,
    Purpose,
    TokenDigest,
    SentToKey,
    BoundIss,
    BoundSub,
    Requester,
    ClaimId,
    State,
    Language,
    CreatedAt,
    ExpiresAt,
    AcceptedAt,
    AcceptedIss,
    AcceptedSub,
    Mails,
}

#[derive(DeriveIden)]
enum Association {
    Table,
    Id,
    ProfileId,
    Iss,
    Sub,
    InvitationId,
    State,
    CreatedAt,
    EndedAt,
    EndedBy,
}

pub async fn profiles(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let sources = ["bill_to", "granted", "support"];
    let table = Table::create()
        .table(Profile::Table)
        .col(schema::uuid(Profile::Id).primary_key())
        .col(schema::uuid(Profile::OrganizationId))
        .col(schema::text(Profile::Source))
        .col(schema::text_null(Profile::ExternalId))
        .col(schema::text(Profile::FirstName))
        .col(schema::text(Profile::LastName))
        .col(schema::text(Profile::Email))
        .col(schema::text(Profile::EmailKey))
        .col(schema::boolean(Profile::IsBillTo))
        .col(schema::boolean(Profile::IsAdmin))
        .col(schema::text_null(Profile::AdminSource).check(Expr::col(Profile::AdminSource).is_in(sources)))
        .col(schema::text(Profile::State).check(Expr::col(Profile::State).is_in(["active", "removed"])))
        .col(schema::integer(Profile::Version))
        .col(schema::text_null(Profile::CrmEtag))
        .col(schema::big_integer_null(Profile::SyncedAt))
        .check(Expr::cust("NOT is_admin OR admin_source IS NOT NULL"))
        .foreign_key(
            ForeignKey::create()
                .from(Profile::Table, Profile::OrganizationId)
                .to(Organization::Table, Organization::Id),
        )
        .to_owned();
    manager.create_table(table).await?;
    let once = Index::create()
        .name("profile_external")
        .table(Profile::Table)
        .col(Profile::Source)
        .col(Profile::ExternalId)
        .unique()
        .to_owned();
    manager.create_index(once).await?;
    let by_address = Index::create()
        .name("profile_email")
        .table(Profile::Table)
        .col(Profile::EmailKey)
        .cond_where(Expr::col(Profile::State).eq("active"))
        .to_owned();
    manager.create_index(by_address).await?;
    let of_organization = Index::create()
        .name("profile_organization")
        .table(Profile::Table)
        .col(Profile::OrganizationId)
        .to_owned();
    manager.create_index(of_organization).await
}

pub async fn invitations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let purposes = ["self_claim", "admin_invite", "self_switch", "support_invite"];
    let states =
        ["queued", "pending", "accepted", "declined", "superseded", "revoked", "expired", "undeliverable"];
    let table = Table::create()
        .table(Invitation::Table)
        .col(schema::uuid(Invitation::Id).primary_key())
        .col(schema::uuid(Invitation::ProfileId))
        .col(schema::text(Invitation::Purpose).check(Expr::col(Invitation::Purpose).is_in(purposes)))
        .col(schema::blob(Invitation::TokenDigest).unique_key())
        .col(schema::text(Invitation::SentToKey))
        .col(schema::text_null(Invitation::BoundIss))
        .col(schema::text_null(Invitation::BoundSub))
        .col(schema::text(Invitation::Requester))
        .col(schema::uuid_null(Invitation::ClaimId))
        .col(schema::text(Invitation::State).check(Expr::col(Invitation::State).is_in(states)))
        .col(schema::text(Invitation::Language))
        .col(schema::big_integer(Invitation::CreatedAt))
        .col(schema::big_integer(Invitation::ExpiresAt))
        .col(schema::big_integer_null(Invitation::AcceptedAt))
        .col(schema::text_null(Invitation::AcceptedIss))
        .col(schema::text_null(Invitation::AcceptedSub))
        .col(schema::integer(Invitation::Mails))
        .check(Expr::cust("(purpose = 'self_claim') = (bound_sub IS NOT NULL)"))
        .check(Expr::cust("(bound_iss IS NULL) = (bound_sub IS NULL)"))
        .check(Expr::cust("(state = 'accepted') = (accepted_sub IS NOT NULL)"))
        .foreign_key(
            ForeignKey::create()
                .from(Invitation::Table, Invitation::ProfileId)
                .to(Profile::Table, Profile::Id),
        )
        .to_owned();
    manager.create_table(table).await?;
    // One live link per (profile, purpose, requester): nobody's request replaces another's (portal rule 6).
    let once = Index::create()
        .name("invitation_live")
        .table(Invitation::Table)
        .col(Invitation::ProfileId)
        .col(Invitation::Purpose)
        .col(Invitation::Requester)
        .unique()
        .cond_where(Expr::col(Invitation::State).is_in(["queued", "pending"]))
        .to_owned();
    manager.create_index(once).await
}

pub async fn associations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let states = ["active", "superseded", "revoked"];
    let table = Table::create()
        .table(Association::Table)
        .col(schema::uuid(Association::Id).primary_key())
        .col(schema::uuid(Association::ProfileId))
        .col(schema::text(Association::Iss))
        .col(schema::text(Association::Sub))
        .col(schema::uuid(Association::InvitationId).unique_key())
        .col(schema::text(Association::State).check(Expr::col(Association::State).is_in(states)))
        .col(schema::big_integer(Association::CreatedAt))
        .col(schema::big_integer_null(Association::EndedAt))
        .col(schema::text_null(Association::EndedBy))
        .check(Expr::cust("(state = 'active') = (ended_at IS NULL)"))
        .foreign_key(
            ForeignKey::create()
                .from(Association::Table, Association::ProfileId)
                .to(Profile::Table, Profile::Id),
        )
        .foreign_key(
            ForeignKey::create()
                .from(Association::Table, Association::InvitationId)
                .to(Invitation::Table, Invitation::Id),
        )
        .to_owned();
    manager.create_table(table).await?;
    let live = || Expr::col(Association::State).eq("active");
    let once = Index::create()
        .name("association_live")
        .table(Association::Table)
        .col(Association::ProfileId)
        .unique()
        .cond_where(live())
        .to_owned();
    manager.create_index(once).await?;
    let of_subject = Index::create()
        .name("association_subject")
        .table(Association::Table)
        .col(Association::Iss)
        .col(Association::Sub)
        .cond_where(live())
        .to_owned();
    manager.create_index(of_subject).await
}
