//! For which proof the methods of a session and an automatic sign-in were written down: a program that knows no methods
//! moves the time of the proof and leaves this.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0023_methods_at"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["session", "automatic_sign_in"] {
            let column = schema::big_integer_null("methods_at");
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
            let written = format!("UPDATE {table} SET methods_at = auth_time");
            manager.get_connection().execute_unprepared(&written).await?;
        }
        Ok(())
    }
}
