//! From when on a company asks its people for a second step; a program one version older asks nobody.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0027_second_step"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let from = schema::big_integer_null("second_step_from");
        manager.alter_table(Table::alter().table("organization").add_column(from).to_owned()).await
    }
}
