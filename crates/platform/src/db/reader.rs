//! The pool that is read from outside of transactions; knows no table.
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::held::complain_if_held;

/// A pool to read from. Whoever holds a transaction reads from that.
#[derive(Clone)]
pub struct Reader(pub(super) DatabaseConnection);

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        complain_if_held();
        self.0.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        complain_if_held();
        self.0.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        complain_if_held();
        told(&statement);
        self.0.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        complain_if_held();
        told(&statement);
        self.0.query_all_raw(statement).await
    }
}

/// Every question stands in the log at the level `trace`, without its values.
fn told(statement: &Statement) {
    tracing::trace!(sql = statement.sql, "A question to the database");
}
