//! One connection while it is ours: statements on it, and the ends of its transaction; knows no table.
//!
//! Dropped, it is closed, which rolls back on either engine: nobody is given a connection again that was not
//! known to be outside a transaction.
use std::sync::Arc;

use sea_orm::{
    ConnAcquireErr, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Value, Values,
    sqlx::{self, AssertSqlSafe, Error, PgConnection, PgPool, Postgres, pool::PoolConnection},
};
use sea_query_sqlx::SqlxValues;

use super::{
    fixed::{Read, Row},
    line::{Told, Turn},
};
use crate::Fault;

pub(super) enum Link {
    Sqlite(Turn),
    Postgres(Kept),
}

/// A connection of PostgreSQL's pool. Dropped, it leaves the pool at once and is closed: nobody waits for the
/// statement that it was left with.
pub(super) struct Kept(Option<PoolConnection<Postgres>>);

impl Kept {
    pub fn new(connection: PoolConnection<Postgres>) -> Self {
        Self(Some(connection))
    }

    fn connection(&mut self) -> Result<&mut PgConnection, Error> {
        self.0.as_deref_mut().ok_or(Error::PoolClosed)
    }

    /// Back to the pool only after a COMMIT or ROLLBACK that succeeded: the server itself said that the connection is
    /// outside a transaction.
    async fn end(mut self, text: &'static str) -> Result<(), Error> {
        sqlx::raw_sql(AssertSqlSafe(text)).execute(self.connection()?).await?;
        drop(self.0.take());
        Ok(())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.0.take().map(PoolConnection::detach));
    }
}

impl Link {
    pub fn backend(&self) -> DbBackend {
        match self {
            Self::Sqlite(_) => DbBackend::Sqlite,
            Self::Postgres(_) => DbBackend::Postgres,
        }
    }

    /// Runs fixed text, more than one statement if need be, in one round trip.
    pub async fn tell(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        let kept = match self {
            Self::Sqlite(turn) => return turn.connection()?.tell(sql).await,
            Self::Postgres(kept) => kept.connection().map_err(executing)?,
        };
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(kept).await;
        done.map(ExecResult::from).map_err(executing)
    }

    pub async fn execute(&mut self, statement: &Statement) -> Result<ExecResult, DbErr> {
        let kept = match self {
            Self::Sqlite(turn) => return turn.connection()?.execute(statement).await,
            Self::Postgres(kept) => kept.connection().map_err(executing)?,
        };
        query(statement).execute(kept).await.map(ExecResult::from).map_err(executing)
    }

    pub async fn query_one(&mut self, statement: &Statement) -> Result<Option<QueryResult>, DbErr> {
        let kept = match self {
            Self::Sqlite(turn) => return turn.connection()?.query_one(statement).await,
            Self::Postgres(kept) => kept.connection().map_err(querying)?,
        };
        let row = query(statement).fetch_optional(kept).await.map_err(querying)?;
        Ok(row.map(QueryResult::from))
    }

    pub async fn query_all(&mut self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        let kept = match self {
            Self::Sqlite(turn) => return turn.connection()?.query_all(statement).await,
            Self::Postgres(kept) => kept.connection().map_err(querying)?,
        };
        let rows = query(statement).fetch_all(kept).await.map_err(querying)?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }

    /// The first row of a question in fixed words.
    pub async fn find<T: Send + 'static>(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
        read: Read<T>,
    ) -> Result<Result<Option<T>, Fault>, DbErr> {
        match self {
            Self::Sqlite(turn) => turn.connection()?.find(sql, values, read).await,
            Self::Postgres(kept) => {
                let connection = kept.connection().map_err(querying)?;
                find(connection, sql, values, read).await.map_err(querying)
            }
        }
    }

    /// Writes in fixed words; answers how many rows changed.
    pub async fn write(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, DbErr> {
        match self {
            Self::Sqlite(turn) => turn.connection()?.write(sql, values).await,
            Self::Postgres(kept) => {
                let connection = kept.connection().map_err(executing)?;
                let told = sqlx::query_with(sql, SqlxValues(Values(values))).execute(connection).await;
                told.map(|done| done.rows_affected()).map_err(executing)
            }
        }
    }

    /// Begins a transaction; `text` is how PostgreSQL does.
    pub async fn begin(&mut self, text: &str) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(turn) => turn.begin().await,
            Self::Postgres(_) => self.tell(text).await.map(drop),
        }
    }

    /// Makes the transaction durable.
    pub async fn commit(self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(turn) => turn.commit().await,
            Self::Postgres(kept) => kept.end("COMMIT").await.map_err(executing),
        }
    }

    /// Undoes the transaction: SQLite's at once, PostgreSQL's by what is answered here.
    pub fn rollback(self) -> Option<impl Future<Output = Result<(), DbErr>> + Send + 'static> {
        match self {
            Self::Sqlite(turn) => {
                turn.rollback();
                None
            }
            Self::Postgres(kept) => Some(async { kept.end("ROLLBACK").await.map_err(executing) }),
        }
    }

    /// What becomes of others whose work was seen in this transaction before it was durable; `None` without any.
    pub fn hears(&mut self) -> Option<Told> {
        match self {
            Self::Sqlite(turn) => turn.hears(),
            Self::Postgres(_) => None,
        }
    }
}

fn query(statement: &Statement) -> sqlx::query::Query<'_, Postgres, SqlxValues> {
    let values = statement.values.clone().unwrap_or(Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
}

/// The same by a connection of a pool.
pub(super) async fn find_in<T>(
    pool: &PgPool,
    sql: &'static str,
    values: Vec<Value>,
    read: Read<T>,
) -> Result<Result<Option<T>, Fault>, DbErr> {
    let mut connection = pool.acquire().await.map_err(connecting)?;
    find(&mut connection, sql, values, read).await.map_err(querying)
}

/// The first row of a question in fixed words to PostgreSQL.
async fn find<T>(
    connection: &mut PgConnection,
    sql: &'static str,
    values: Vec<Value>,
    read: Read<T>,
) -> Result<Result<Option<T>, Fault>, Error> {
    let row = sqlx::query_with(sql, SqlxValues(Values(values))).fetch_optional(connection).await?;
    Ok(row.map(|row| read(&mut Row::of_postgres(&row))).transpose())
}

pub(super) fn executing(error: Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))
}

pub(super) fn querying(error: Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

/// A connection could not be had.
pub(super) fn connecting(error: Error) -> DbErr {
    match error {
        Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        Error::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        other => DbErr::Conn(RuntimeErr::SqlxError(Arc::new(other))),
    }
}
