//! The pool that is read from outside of transactions; knows no table.
use std::sync::Arc;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::{held::refuse_if_held, trouble::Troubles};

/// A pool to read from. Whoever holds a transaction reads from that.
#[derive(Clone)]
pub struct Reader {
    pub(super) pool: DatabaseConnection,
    pub(super) troubles: Arc<Troubles>,
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        refuse_if_held(&self.troubles)?;
        self.pool.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        refuse_if_held(&self.troubles)?;
        self.pool.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        refuse_if_held(&self.troubles)?;
        told(&statement);
        self.pool.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        refuse_if_held(&self.troubles)?;
        told(&statement);
        self.pool.query_all_raw(statement).await
    }
}

/// Every question stands in the log at the level `trace`, without its values.
fn told(statement: &Statement) {
    tracing::trace!(sql = statement.sql, "A question to the database");
}
