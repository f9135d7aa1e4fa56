//! One database behind one name: SQLite with a single writer, or PostgreSQL; knows no table.
use std::{sync::Arc, time::Duration};

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};
use tokio::sync::Notify;

use crate::Fault;

mod held;
mod reader;
mod tx;

pub use held::one_at_a_time;
pub use reader::Reader;
pub use tx::Tx;

/// The connections of one half.
#[derive(Clone)]
pub struct Database {
    read: Reader,
    write: DatabaseConnection,
    jobs: Arc<Notify>,
}

impl Database {
    /// Opens `sqlite:PATH` (made when absent) or `postgres://…`.
    ///
    /// SQLite gets exactly one writing connection and a pool of readers: writers that wait in line are
    /// faster than writers that collide. Commits are durable on both engines.
    pub async fn open(url: &str, connections: u32) -> Result<Self, Fault> {
        let jobs = Arc::new(Notify::new());
        if url.starts_with("sqlite:") {
            let write = sea_orm::Database::connect(sqlite(url, 1, false)).await?;
            let read = sea_orm::Database::connect(sqlite(url, connections, true)).await?;
            return Ok(Self { read: Reader(read), write, jobs });
        }
        let mut options = options(url, connections);
        options.min_connections(1);
        let pool = sea_orm::Database::connect(options).await?;
        Ok(Self { read: Reader(pool.clone()), write: pool, jobs })
    }

    /// For reading outside a transaction.
    pub fn reader(&self) -> &Reader {
        &self.read
    }

    /// Begins a writing transaction; dropped without [`Tx::commit`] it is rolled back.
    pub async fn begin(&self) -> Result<Tx, Fault> {
        held::complain_if_held();
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(Tx::new(self.write.begin_with_options(options).await?, Arc::clone(&self.jobs)))
    }

    /// The writing connection itself, for migrations.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Wakes the worker that carries out jobs.
    pub fn jobs(&self) -> &Arc<Notify> {
        &self.jobs
    }

    /// Answers within two seconds or is away.
    pub async fn is_ready(&self) -> bool {
        let ping = self.read.execute_unprepared("SELECT 1");
        matches!(tokio::time::timeout(Duration::from_secs(2), ping).await, Ok(Ok(_)))
    }

    pub fn is_sqlite(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Sqlite
    }

    pub async fn close(self) -> Result<(), Fault> {
        self.read.0.close_by_ref().await?;
        Ok(self.write.close_by_ref().await?)
    }
}

fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections.max(2))
        .acquire_timeout(Duration::from_secs(5))
        .connect_timeout(Duration::from_secs(5))
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}

fn sqlite(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
    let mut options = options(url, connections);
    options.max_connections(connections.max(1)).min_connections(1).map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .busy_timeout(Duration::from_secs(5))
            .foreign_keys(true)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", "4000")
            .pragma("cache_size", "-16000");
        if read_only {
            sqlite.read_only(true)
        } else {
            sqlite.create_if_missing(true).journal_mode(SqliteJournalMode::Wal)
        }
    });
    options
}
