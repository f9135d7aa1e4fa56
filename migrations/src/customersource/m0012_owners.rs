//! Which fields of a profile the portal decides, what the business system says instead, imports on their way, time
//! zones of companies, and names as they are searched.
use migration_ground::{prelude::*, schema, sea_orm::DbBackend};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0012_owners"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["organization", "profile", "entitlement"] {
            // A full file left it out, and that alone ended it.
            add(manager, table, schema::boolean("left_out").default(false).to_owned()).await?;
        }
        for table in ["organization", "profile"] {
            // Small and without accents; empty until the program has filled it.
            add(manager, table, schema::text_null("folded").to_owned()).await?;
        }
        add(manager, "organization", schema::text("time_zone").default("").to_owned()).await?;
        add(manager, "profile", schema::text("held").default("").to_owned()).await?;
        differences(manager).await?;
        runs(manager).await?;
        held_so_far(manager).await
    }
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}

/// What the business system says of a field that the portal decides.
async fn differences(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let states = ["open", "kept"];
    let table = Table::create()
        .table("difference")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("profile_id"))
        .col(schema::text("field"))
        .col(schema::text("theirs"))
        .col(schema::text("state").check(Expr::col("state").is_in(states)))
        .col(schema::big_integer("seen_at"))
        .foreign_key(ForeignKey::create().from("difference", "profile_id").to("profile", "id"))
        .to_owned();
    manager.create_table(table).await?;
    let once = Index::create()
        .name("difference_field")
        .table("difference")
        .col("profile_id")
        .col("field")
        .unique()
        .to_owned();
    manager.create_index(once).await
}

/// An import that is carried out piece by piece, and how far it came.
async fn runs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("import_run")
        .col(schema::uuid("id").primary_key())
        .col(schema::text("source"))
        .col(schema::text("what"))
        .col(schema::integer("done"))
        .col(schema::integer("total"))
        .col(schema::big_integer("started_at"))
        .col(schema::big_integer("beat_at"))
        .col(schema::big_integer_null("finished_at"))
        .to_owned();
    manager.create_table(table).await
}

/// Whoever was removed or saved in the portal before there were marks: the audit knows.
async fn held_so_far(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let named = |action: &str| match db.get_database_backend() {
        DbBackend::Postgres => format!(
            "'profile:' || id::text IN (SELECT target FROM audit WHERE action = '{action}' AND actor <> 'operator')"
        ),
        _ => format!(
            "lower(hex(id)) IN (SELECT replace(substr(target, 9), '-', '') FROM audit \
             WHERE action = '{action}' AND actor <> 'operator')"
        ),
    };
    let saved =
        format!("UPDATE profile SET held = 'email,first_name,last_name' WHERE {}", named("profile.saved"));
    db.execute_unprepared(&saved).await?;
    let removed = format!(
        "UPDATE profile SET held = CASE WHEN held = '' THEN 'state' ELSE held || ',state' END \
         WHERE state = 'removed' AND {}",
        named("profile.removed")
    );
    db.execute_unprepared(&removed).await?;
    Ok(())
}
