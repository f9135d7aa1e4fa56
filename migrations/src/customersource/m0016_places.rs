//! Where a course is held, by its time zone; what administrators do with many people at once.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0016_places"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Empty: the portal's own.
        let zone = schema::text("time_zone").default("").to_owned();
        manager.alter_table(Table::alter().table("course_date").add_column(zone).to_owned()).await?;
        bulks(manager).await
    }
}

async fn bulks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("bulk")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("organization_id"))
        // Who confirms it, and the Passport behind them.
        .col(schema::uuid("profile_id"))
        .col(schema::text("iss"))
        .col(schema::text("sub"))
        .col(schema::text("kind").check(Expr::col("kind").is_in(["invite", "add"])))
        .col(schema::text("state").check(Expr::col("state").is_in(["draft", "running", "done"])))
        .col(schema::text("language"))
        .col(schema::boolean("invites"))
        .col(schema::big_integer("created_at"))
        .to_owned();
    manager.create_table(table).await?;
    let lines = Table::create()
        .table("bulk_line")
        .col(schema::uuid("bulk_id"))
        .col(schema::integer("number"))
        .col(schema::uuid_null("profile_id"))
        .col(schema::text("first_name"))
        .col(schema::text("last_name"))
        .col(schema::text("email"))
        .col(schema::text_null("outcome"))
        .primary_key(Index::create().col("bulk_id").col("number"))
        .foreign_key(
            ForeignKey::create()
                .from("bulk_line", "bulk_id")
                .to("bulk", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(lines).await?;
    let by_age = Index::create().name("bulk_created").table("bulk").col("created_at").to_owned();
    manager.create_index(by_age).await
}
