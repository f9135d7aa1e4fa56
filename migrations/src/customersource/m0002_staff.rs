//! The people of the house: Passports with a role.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_staff"
    }
}

#[derive(DeriveIden)]
enum Staff {
    Table,
    Iss,
    Sub,
    Name,
    Role,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let roles = ["support", "approver", "editor"];
        let table = Table::create()
            .table(Staff::Table)
            .col(schema::text(Staff::Iss))
            .col(schema::text(Staff::Sub))
            .col(schema::text(Staff::Name))
            .col(schema::text(Staff::Role).check(Expr::col(Staff::Role).is_in(roles)))
            .primary_key(Index::create().col(Staff::Iss).col(Staff::Sub))
            .to_owned();
        manager.create_table(table).await
    }
}
