//! PostgreSQL's search: title and summary beside the whole text, in a value that is small enough to be looked at row by
//! row. The index is filled when the program finds that it is of another scheme; an older program leaves it empty.
use migration_ground::{prelude::*, sea_orm::DbBackend};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0025_headings"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        if db.get_database_backend() == DbBackend::Postgres {
            for statement in [
                "ALTER TABLE search_text ADD COLUMN heading tsvector NOT NULL DEFAULT ''",
                "CREATE INDEX search_text_heading ON search_text USING gin (heading)",
            ] {
                db.execute_unprepared(statement).await?;
            }
        }
        Ok(())
    }
}
