//! What visitors come for: resources with their words and files, the search over them, newsletters, newsgroups
//! and courses; and which products a company has.
use migration_ground::{prelude::*, schema, sea_orm::DbBackend};

mod exchange;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0005_resources"
    }
}

#[derive(DeriveIden)]
pub(super) enum Resource {
    Table,
    Id,
    Section,
    Slug,
    NewsletterId,
    Product,
    Version,
    Rule,
    State,
    PublishedAt,
    UpdatedAt,
    MailedAt,
    Revision,
}

#[derive(DeriveIden)]
enum ResourceText {
    Table,
    ResourceId,
    Language,
    Title,
    Summary,
    Body,
}

#[derive(DeriveIden)]
enum ResourceFile {
    Table,
    ResourceId,
    Name,
    MediaType,
    Sha256,
    Size,
}

#[derive(DeriveIden)]
enum BlobChunk {
    Table,
    Sha256,
    Seq,
    Bytes,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut products = schema::text("products");
        let column = Table::alter().table("organization").add_column(products.default("")).to_owned();
        manager.alter_table(column).await?;
        exchange::newsletters(manager).await?;
        resources(manager).await?;
        files(manager).await?;
        search(manager).await?;
        exchange::newsgroups(manager).await?;
        exchange::courses(manager).await
    }
}

async fn resources(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let sections = ["self_help", "product_update", "documentation", "training", "newsletter"];
    let states = ["draft", "published", "withdrawn"];
    let table = Table::create()
        .table(Resource::Table)
        .col(schema::uuid(Resource::Id).primary_key())
        .col(schema::text(Resource::Section).check(Expr::col(Resource::Section).is_in(sections)))
        .col(schema::text(Resource::Slug))
        .col(schema::uuid_null(Resource::NewsletterId))
        .col(schema::text(Resource::Product))
        .col(schema::text(Resource::Version))
        .col(schema::text(Resource::Rule))
        .col(schema::text(Resource::State).check(Expr::col(Resource::State).is_in(states)))
        .col(schema::big_integer_null(Resource::PublishedAt))
        .col(schema::big_integer(Resource::UpdatedAt))
        .col(schema::big_integer_null(Resource::MailedAt))
        .col(schema::integer(Resource::Revision))
        .check(Expr::cust("(section = 'newsletter') = (newsletter_id IS NOT NULL)"))
        .check(Expr::cust("state <> 'published' OR published_at IS NOT NULL"))
        .foreign_key(
            ForeignKey::create().from(Resource::Table, Resource::NewsletterId).to("newsletter", "id"),
        )
        .to_owned();
    manager.create_table(table).await?;
    let by_slug = Index::create()
        .name("resource_slug")
        .table(Resource::Table)
        .col(Resource::Section)
        .col(Resource::Slug)
        .unique()
        .to_owned();
    manager.create_index(by_slug).await?;
    let newest = Index::create()
        .name("resource_published")
        .table(Resource::Table)
        .col(Resource::Section)
        .col(Resource::PublishedAt)
        .to_owned();
    manager.create_index(newest).await?;
    let words = Table::create()
        .table(ResourceText::Table)
        .col(schema::uuid(ResourceText::ResourceId))
        .col(schema::text(ResourceText::Language))
        .col(schema::text(ResourceText::Title))
        .col(schema::text(ResourceText::Summary))
        .col(schema::text(ResourceText::Body))
        .primary_key(Index::create().col(ResourceText::ResourceId).col(ResourceText::Language))
        .foreign_key(
            ForeignKey::create()
                .from(ResourceText::Table, ResourceText::ResourceId)
                .to(Resource::Table, Resource::Id),
        )
        .to_owned();
    manager.create_table(words).await
}

/// Files lie in the database in pieces, so that every node has them and a part can be read alone.
async fn files(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(ResourceFile::Table)
        .col(schema::uuid(ResourceFile::ResourceId))
        .col(schema::text(ResourceFile::Name))
        .col(schema::text(ResourceFile::MediaType))
        .col(schema::text(ResourceFile::Sha256))
        .col(schema::big_integer(ResourceFile::Size))
        .primary_key(Index::create().col(ResourceFile::ResourceId).col(ResourceFile::Name))
        .foreign_key(
            ForeignKey::create()
                .from(ResourceFile::Table, ResourceFile::ResourceId)
                .to(Resource::Table, Resource::Id),
        )
        .to_owned();
    manager.create_table(table).await?;
    let chunks = Table::create()
        .table(BlobChunk::Table)
        .col(schema::text(BlobChunk::Sha256))
        .col(schema::big_integer(BlobChunk::Seq))
        .col(schema::blob(BlobChunk::Bytes))
        .primary_key(Index::create().col(BlobChunk::Sha256).col(BlobChunk::Seq))
        .to_owned();
    manager.create_table(chunks).await
}

/// Both engines index the same words: what the program makes of a text, letters and digits alone.
async fn search(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let statements: &[&str] = if db.get_database_backend() == DbBackend::Postgres {
        &[
            "CREATE TABLE search_entry (kind text NOT NULL, id text NOT NULL, language text NOT NULL, \
             words tsvector NOT NULL, PRIMARY KEY (kind, id, language))",
            "CREATE INDEX search_entry_words ON search_entry USING gin (words)",
        ]
    } else {
        &["CREATE VIRTUAL TABLE search_entry USING fts5(kind UNINDEXED, id UNINDEXED, language UNINDEXED, \
           title, body, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3')"]
    };
    for statement in statements {
        db.execute_unprepared(statement).await?;
    }
    Ok(())
}
