//! The pool that is read from outside of transactions; knows no table.
use std::sync::Arc;

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};

use super::{
    held::{count, refuse_if_held, settled},
    sqlite,
    trouble::Troubles,
};

/// A pool to read from. Whoever holds a transaction reads from that.
#[derive(Clone)]
pub struct Reader {
    pub(super) pool: Pool,
    pub(super) troubles: Arc<Troubles>,
}

#[derive(Clone)]
pub(super) enum Pool {
    Sqlite(Arc<sqlite::Readers>),
    Postgres(DatabaseConnection),
}

impl Pool {
    pub async fn close(&self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(readers) => {
                readers.close();
                Ok(())
            }
            Self::Postgres(pool) => pool.close_by_ref().await,
        }
    }
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
        match self.pool {
            Pool::Sqlite(_) => DbBackend::Sqlite,
            Pool::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.ready().await?;
        told(&statement.sql);
        match &self.pool {
            Pool::Sqlite(readers) => readers.seat().await?.execute(&statement).await,
            Pool::Postgres(pool) => pool.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.ready().await?;
        told(sql);
        match &self.pool {
            Pool::Sqlite(readers) => readers.seat().await?.tell(sql).await,
            Pool::Postgres(pool) => pool.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.ready().await?;
        told(&statement.sql);
        match &self.pool {
            Pool::Sqlite(readers) => readers.seat().await?.query_one(&statement).await,
            Pool::Postgres(pool) => pool.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.ready().await?;
        told(&statement.sql);
        match &self.pool {
            Pool::Sqlite(readers) => readers.seat().await?.query_all(&statement).await,
            Pool::Postgres(pool) => pool.query_all_raw(statement).await,
        }
    }
}

/// Every question stands in the log at the level `trace`, without its values.
fn told(sql: &str) {
    tracing::trace!(sql, "A question to the database");
    count(|asked| asked.reads.push(sql.to_owned()));
}
