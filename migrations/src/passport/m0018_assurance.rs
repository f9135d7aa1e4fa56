//! By what a person was proven, wherever it is known when; and what an account has besides its password.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0018_assurance"
    }
}

/// Until now there was nothing but the password; a program one version older leaves the columns out.
const WHAT_THERE_WAS: &str = "pwd";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["session", "automatic_sign_in", "grants"] {
            let methods = schema::text("methods").default(WHAT_THERE_WAS).to_owned();
            manager.alter_table(Table::alter().table(table).add_column(methods).to_owned()).await?;
        }
        let factors = schema::text("factors").default("").to_owned();
        manager.alter_table(Table::alter().table("account").add_column(factors).to_owned()).await
    }
}
