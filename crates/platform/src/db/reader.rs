//! The pool that is read from outside of transactions; knows no table.
use std::sync::Arc;

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult,
    Statement, Value, sqlx::PgPool,
};

use super::{
    fixed::{Asks, Fixed, Read},
    held::{count, refuse_if_held, settled},
    link, sqlite,
    trouble::Troubles,
};
use crate::{Fault, fault::Cause};

/// A pool to read from. Whoever holds a transaction reads from that.
#[derive(Clone)]
pub struct Reader {
    pub(super) pool: Pool,
    pub(super) troubles: Arc<Troubles>,
}

#[derive(Clone)]
pub(super) enum Pool {
    Sqlite(Arc<sqlite::Readers>),
    /// As sea-orm asks it, and as we do.
    Postgres(DatabaseConnection, PgPool),
}

impl Pool {
    pub async fn close(&self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(readers) => {
                readers.close();
                Ok(())
            }
            Self::Postgres(pool, _) => pool.close_by_ref().await,
        }
    }
}

impl Reader {
    /// Nobody who holds a transaction reads beside it, and nobody reads what is older than what they saw in one.
    async fn ready(&self) -> Result<(), DbErr> {
        refuse_if_held(&self.troubles)?;
        if settled().await { Ok(()) } else { Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)) }
    }

    /// The connection had broken while it lay in the pool: what only reads is asked once more, by one that was looked
    /// at.
    fn had_broken<T>(&self, found: &Result<T, DbErr>) -> bool {
        let Err(error @ DbErr::Query(_)) = found else { return false };
        let is_away = Cause::of(error) == Cause::Away;
        if is_away {
            self.troubles.note(error, "a connection had broken");
        }
        is_away
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        match self.pool {
            Pool::Sqlite(_) => DbBackend::Sqlite,
            Pool::Postgres(..) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.ready().await?;
        told(&statement.sql);
        match &self.pool {
            Pool::Sqlite(readers) => readers.seat().await?.execute(&statement).await,
            Pool::Postgres(pool, _) => pool.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.ready().await?;
        told(sql);
        match &self.pool {
            Pool::Sqlite(readers) => readers.seat().await?.tell(sql).await,
            Pool::Postgres(pool, _) => pool.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.ready().await?;
        told(&statement.sql);
        match &self.pool {
            Pool::Sqlite(readers) => readers.seat().await?.query_one(&statement).await,
            Pool::Postgres(pool, _) => {
                let found = pool.query_one_raw(statement.clone()).await;
                if self.had_broken(&found) { pool.query_one_raw(statement).await } else { found }
            }
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.ready().await?;
        told(&statement.sql);
        match &self.pool {
            Pool::Sqlite(readers) => readers.seat().await?.query_all(&statement).await,
            Pool::Postgres(pool, _) => {
                let found = pool.query_all_raw(statement.clone()).await;
                if self.had_broken(&found) { pool.query_all_raw(statement).await } else { found }
            }
        }
    }
}

impl Asks for Reader {
    async fn find<T: Send + 'static>(
        &self,
        question: &'static Fixed,
        values: Vec<Value>,
        read: Read<T>,
    ) -> Result<Option<T>, Fault> {
        self.ready().await?;
        let sql = question.text(self.get_database_backend());
        told(sql);
        match &self.pool {
            Pool::Sqlite(readers) => readers.seat().await?.find(sql, values, read).await?,
            Pool::Postgres(_, pool) => {
                let found = link::find_in(pool, sql, values.clone(), read).await;
                if self.had_broken(&found) { link::find_in(pool, sql, values, read).await? } else { found? }
            }
        }
    }
}

/// Every question stands in the log at the level `trace`, without its values.
fn told(sql: &str) {
    tracing::trace!(sql, "A question to the database");
    count(|asked| asked.reads.push(sql.to_owned()));
}
