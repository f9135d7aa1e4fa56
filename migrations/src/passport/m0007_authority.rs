//! What requests stood on when they were read: the credential epoch; which token of an automatic sign-in came before
//! the newest; and how sessions are found whose time is over.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0007_authority"
    }
}

#[derive(DeriveIden)]
enum Account {
    Table,
    CredentialEpoch,
}

#[derive(DeriveIden)]
enum Session {
    Table,
    SeenAt,
    Shared,
    EndsAt,
    EndedAt,
}

#[derive(DeriveIden)]
enum AutomaticSignIn {
    Table,
    Predecessor,
    Successor,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A program one version older leaves the column out, and does not raise it.
        let epoch = schema::integer(Account::CredentialEpoch).default(0).to_owned();
        manager.alter_table(Table::alter().table(Account::Table).add_column(epoch).to_owned()).await?;
        for column in [AutomaticSignIn::Predecessor, AutomaticSignIn::Successor] {
            let column = schema::integer_null(column);
            let step = Table::alter().table(AutomaticSignIn::Table).add_column(column).to_owned();
            manager.alter_table(step).await?;
        }
        let open = |name: &str| {
            let mut index = Index::create();
            index.name(name).table(Session::Table).cond_where(Expr::col(Session::EndedAt).is_null());
            index
        };
        let mut seen = open("session_open_seen");
        manager.create_index(seen.col(Session::Shared).col(Session::SeenAt).to_owned()).await?;
        let mut ends = open("session_open_ends");
        manager.create_index(ends.col(Session::EndsAt).to_owned()).await
    }
}
