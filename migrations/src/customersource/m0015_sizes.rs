//! People of large companies page by page: in the order of their last names, as they are searched. The words that
//! the search knows, for who mistypes one.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0015_sizes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The last name comes first in it from now on; the program fills it again.
        manager.get_connection().execute_unprepared("UPDATE profile SET folded = NULL").await?;
        let by_name = Index::create()
            .name("profile_by_name")
            .table("profile")
            .col("organization_id")
            .col("folded")
            .col("id")
            .to_owned();
        manager.create_index(by_name).await?;
        words(manager).await
    }
}

/// Words of what can be found, as they are searched and as they are written.
async fn words(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("search_word")
        .col(schema::text("word").primary_key())
        .col(schema::text("shown"))
        // Its first two letters, its last three, and how many it has.
        .col(schema::text("head"))
        .col(schema::text("tail"))
        .col(schema::integer("letters"))
        .to_owned();
    manager.create_table(table).await?;
    for side in ["head", "tail"] {
        let index = Index::create()
            .name(format!("search_word_{side}"))
            .table("search_word")
            .col(side)
            .col("letters")
            .to_owned();
        manager.create_index(index).await?;
    }
    Ok(())
}
