//! What staff write in the portal: files on their way, newsgroups and newsletters that are closed, dates that are
//! called off, how an issue fared; who wants no bulk mail; and the search by stems.
use migration_ground::{prelude::*, schema, sea_orm::DbBackend};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0007_content"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for series in ["newsgroup", "newsletter"] {
            let state = schema::text("state").default("open").to_owned();
            add(manager, series, state).await?;
            add(manager, series, schema::integer("revision").default(1).to_owned()).await?;
        }
        add(manager, "newsletter_subscription", schema::integer("refused").default(0).to_owned()).await?;
        add(manager, "newsletter_subscription", schema::big_integer_null("paused_at").to_owned()).await?;
        add(manager, "profile", schema::boolean("no_bulk_mail").default(false).to_owned()).await?;
        add(manager, "course_date", schema::big_integer_null("cancelled_at").to_owned()).await?;
        add(manager, "course_date", schema::integer("revision").default(1).to_owned()).await?;
        // Message ids of the posts before it, the first one first (RFC 5536 §3.2.10).
        add(manager, "post", schema::text("refs").default("").to_owned()).await?;
        figures(manager).await?;
        idle(manager).await?;
        search(manager).await
    }
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}

/// How the mails of an issue fared.
async fn figures(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("issue_figures")
        .col(schema::uuid("resource_id").primary_key())
        .col(schema::integer("sent"))
        .col(schema::integer("refused"))
        .col(schema::integer("unsubscribed"))
        .foreign_key(ForeignKey::create().from("issue_figures", "resource_id").to("resource", "id"))
        .to_owned();
    manager.create_table(table).await
}

/// Pieces that no file names: uploads on their way, and what was replaced or removed. They are kept for those who
/// are still downloading, then swept.
async fn idle(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("blob_idle")
        .col(schema::text("sha256").primary_key())
        .col(schema::big_integer("since"))
        .to_owned();
    manager.create_table(table).await
}

/// Both engines index what the program makes of a text. `search_entry`, its predecessor, stays for a binary one
/// version older.
async fn search(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let scheme = Table::create()
        .table("search_scheme")
        .col(schema::integer("id").primary_key())
        .col(schema::integer("version"))
        .to_owned();
    manager.create_table(scheme).await?;
    let db = manager.get_connection();
    let statements: &[&str] = if db.get_database_backend() == DbBackend::Postgres {
        &[
            "CREATE TABLE search_text (kind text NOT NULL, id text NOT NULL, language text NOT NULL, \
             words tsvector NOT NULL, PRIMARY KEY (kind, id, language))",
            "CREATE INDEX search_text_words ON search_text USING gin (words)",
        ]
    } else {
        &[
            "CREATE VIRTUAL TABLE search_text USING fts5(kind UNINDEXED, id UNINDEXED, language UNINDEXED, \
             title, summary, body, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3')",
            // FTS5 finds a row by its number alone.
            "CREATE TABLE search_row (number integer PRIMARY KEY, kind text NOT NULL, id text NOT NULL, \
             language text NOT NULL, UNIQUE (kind, id, language))",
        ]
    };
    for statement in statements {
        db.execute_unprepared(statement).await?;
    }
    Ok(())
}
