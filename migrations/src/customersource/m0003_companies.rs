//! What running a company takes: who asked for an invitation, last visits, the audit, administrator
//! cases and maintenance windows.
use migration_ground::{prelude::*, schema, sea_orm::DbBackend};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_companies"
    }
}

#[derive(DeriveIden)]
enum Audit {
    Table,
    Seq,
    At,
    Actor,
    ActingProfile,
    OrganizationId,
    Action,
    Target,
    Detail,
    PrevHash,
    Hash,
}

#[derive(DeriveIden)]
enum AdminCase {
    Table,
    Id,
    OrganizationId,
    ProfileId,
    Replaces,
    AskedBy,
    Evidence,
    OpenedIss,
    OpenedSub,
    OpenedBy,
    ApprovedIss,
    ApprovedSub,
    ApprovedBy,
    State,
    OpenedAt,
    ApprovedAt,
    EffectiveAt,
}

#[derive(DeriveIden)]
enum Maintenance {
    Table,
    Id,
    StartsAt,
    EndsAt,
    Message,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        more_columns(manager).await?;
        more_indices(manager).await?;
        audit(manager).await?;
        cases(manager).await?;
        maintenance(manager).await
    }
}

/// SQLite adds one column at a time.
async fn more_columns(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = [
        // Whom the link was for: a profile that moved to another company takes no link along.
        ("invitation", schema::uuid_null("organization_id")),
        // The administrator's profile, or the person's own.
        ("invitation", schema::uuid_null("asked_by")),
        ("association", schema::big_integer_null("seen_at")),
        ("association", schema::text_null("language")),
        // The Passport's own verified address, for notices.
        ("association", schema::text_null("notice_to")),
        ("portal_session", schema::text_null("email")),
    ];
    for (table, column) in columns {
        let statement = Table::alter().table(table).add_column(column).to_owned();
        manager.alter_table(statement).await?;
    }
    Ok(())
}

async fn more_indices(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let of_profile = Index::create()
        .name("invitation_profile")
        .table("invitation")
        .col("profile_id")
        .col("created_at")
        .to_owned();
    manager.create_index(of_profile).await?;
    let live = Expr::col("state").is_in(["queued", "pending"]);
    let asked = Index::create()
        .name("invitation_asked")
        .table("invitation")
        .col("asked_by")
        .cond_where(live)
        .to_owned();
    manager.create_index(asked).await?;
    let administrators = Index::create()
        .name("profile_administrator")
        .table("profile")
        .col("organization_id")
        .cond_where(Expr::cust("is_admin AND state = 'active'"))
        .to_owned();
    manager.create_index(administrators).await
}

/// Nothing in it is ever changed or removed: the database itself refuses.
async fn audit(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Audit::Table)
        .col(schema::big_integer(Audit::Seq).primary_key())
        .col(schema::big_integer(Audit::At))
        .col(schema::text(Audit::Actor))
        .col(schema::uuid_null(Audit::ActingProfile))
        .col(schema::uuid_null(Audit::OrganizationId))
        .col(schema::text(Audit::Action))
        .col(schema::text(Audit::Target))
        .col(schema::text(Audit::Detail))
        .col(schema::blob(Audit::PrevHash).unique_key())
        .col(schema::blob(Audit::Hash).unique_key())
        .to_owned();
    manager.create_table(table).await?;
    let of_organization = Index::create()
        .name("audit_organization")
        .table(Audit::Table)
        .col(Audit::OrganizationId)
        .col(Audit::Seq)
        .to_owned();
    manager.create_index(of_organization).await?;
    let db = manager.get_connection();
    let guards: &[&str] = if db.get_database_backend() == DbBackend::Postgres {
        &[
            "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$",
            "CREATE TRIGGER audit_unchanged BEFORE UPDATE OR DELETE OR TRUNCATE ON audit \
             FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
        ]
    } else {
        &[
            "CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit \
             BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
            "CREATE TRIGGER audit_undeleted BEFORE DELETE ON audit \
             BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
        ]
    };
    for guard in guards {
        db.execute_unprepared(guard).await?;
    }
    Ok(())
}

async fn cases(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let states = ["open", "approved", "effective", "refused"];
    let table = Table::create()
        .table(AdminCase::Table)
        .col(schema::uuid(AdminCase::Id).primary_key())
        .col(schema::uuid(AdminCase::OrganizationId))
        .col(schema::uuid(AdminCase::ProfileId))
        .col(schema::boolean(AdminCase::Replaces))
        .col(schema::text(AdminCase::AskedBy))
        .col(schema::text(AdminCase::Evidence))
        .col(schema::text(AdminCase::OpenedIss))
        .col(schema::text(AdminCase::OpenedSub))
        .col(schema::text(AdminCase::OpenedBy))
        .col(schema::text_null(AdminCase::ApprovedIss))
        .col(schema::text_null(AdminCase::ApprovedSub))
        .col(schema::text_null(AdminCase::ApprovedBy))
        .col(schema::text(AdminCase::State).check(Expr::col(AdminCase::State).is_in(states)))
        .col(schema::big_integer(AdminCase::OpenedAt))
        .col(schema::big_integer_null(AdminCase::ApprovedAt))
        .col(schema::big_integer_null(AdminCase::EffectiveAt))
        .check(Expr::cust("(approved_sub IS NULL) = (state IN ('open', 'refused'))"))
        .check(Expr::cust("approved_sub IS NULL OR approved_sub <> opened_sub OR approved_iss <> opened_iss"))
        .foreign_key(
            ForeignKey::create().from(AdminCase::Table, AdminCase::OrganizationId).to("organization", "id"),
        )
        .foreign_key(ForeignKey::create().from(AdminCase::Table, AdminCase::ProfileId).to("profile", "id"))
        .to_owned();
    manager.create_table(table).await?;
    let of_state = Index::create()
        .name("admin_case_state")
        .table(AdminCase::Table)
        .col(AdminCase::State)
        .col(AdminCase::EffectiveAt)
        .to_owned();
    manager.create_index(of_state).await?;
    // One case at a time for each company.
    let one = Index::create()
        .name("admin_case_running")
        .table(AdminCase::Table)
        .col(AdminCase::OrganizationId)
        .unique()
        .cond_where(Expr::col(AdminCase::State).is_in(["open", "approved"]))
        .to_owned();
    manager.create_index(one).await
}

async fn maintenance(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Maintenance::Table)
        .col(schema::uuid(Maintenance::Id).primary_key())
        .col(schema::big_integer(Maintenance::StartsAt))
        .col(schema::big_integer(Maintenance::EndsAt))
        .col(schema::text(Maintenance::Message))
        .check(Expr::cust("starts_at < ends_at"))
        .to_owned();
    manager.create_table(table).await?;
    let by_end = Index::create()
        .name("maintenance_ends")
        .table(Maintenance::Table)
        .col(Maintenance::EndsAt)
        .to_owned();
    manager.create_index(by_end).await
}
