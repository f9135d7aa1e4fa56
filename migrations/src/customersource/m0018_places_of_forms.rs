//! Where a form led that was carried out: its second arrival is answered alike.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0018_places_of_forms"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let place = schema::text_null("place");
        manager.alter_table(Table::alter().table("spent").add_column(place).to_owned()).await
    }
}
