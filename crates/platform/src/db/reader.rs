//! The pool that is read from outside of transactions; knows no table.
use std::sync::Arc;

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};

use super::{
    held::{refuse_if_held, settled},
    trouble::Troubles,
};

/// A pool to read from. Whoever holds a transaction reads from that.
#[derive(Clone)]
pub struct Reader {
    pub(super) pool: DatabaseConnection,
    pub(super) troubles: Arc<Troubles>,
}

impl Reader {
    /// Nobody who holds a transaction reads beside it, and nobody reads what is older than what they saw in one.
    async fn ready(&self) -> Result<(), DbErr> {
        refuse_if_held(&self.troubles)?;
        if settled().await { Ok(()) } else { Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)) }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.ready().await?;
        self.pool.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.ready().await?;
        self.pool.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.ready().await?;
        told(&statement);
        self.pool.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.ready().await?;
        told(&statement);
        self.pool.query_all_raw(statement).await
    }
}

/// Every question stands in the log at the level `trace`, without its values.
fn told(statement: &Statement) {
    tracing::trace!(sql = statement.sql, "A question to the database");
}
