//! SQLite for migrations, which work on sea-orm's own kind of connection.
use std::sync::Arc;

use sea_orm::{
    DatabaseConnection, DatabaseConnectionType, DbBackend, DbErr, ProxyDatabaseConnection,
    ProxyDatabaseTrait, ProxyExecResult, ProxyRow, Statement,
};
use tokio::sync::Mutex;

use super::{
    File,
    connection::{Connection, Mode},
};

/// One connection at a time: kept while a transaction is open on it, and closed after what stands by itself.
#[derive(Debug)]
struct Ground {
    file: File,
    open: Mutex<Option<Connection>>,
}

/// A connection of its own to the file.
pub(in crate::db) fn ground(file: File) -> DatabaseConnection {
    let ground = Ground { file, open: Mutex::default() };
    let connection = ProxyDatabaseConnection::new(DbBackend::Sqlite, Arc::new(Box::new(ground)));
    DatabaseConnectionType::ProxyDatabaseConnection(Arc::new(connection)).into()
}

impl Ground {
    async fn with<T>(&self, work: impl AsyncFnOnce(&Connection) -> Result<T, DbErr>) -> Result<T, DbErr> {
        let mut open = self.open.lock().await;
        let connection = match open.take() {
            Some(connection) => connection,
            None => self.file.open(Mode::Write { most_pages: 0 }).await?,
        };
        let done = work(&connection).await;
        if connection.is_in_transaction() {
            *open = Some(connection);
        }
        done
    }
}

#[async_trait::async_trait]
impl ProxyDatabaseTrait for Ground {
    async fn query(&self, statement: Statement) -> Result<Vec<ProxyRow>, DbErr> {
        self.with(async |connection| connection.rows(&statement).await).await
    }

    /// Without values it may be more than one statement.
    async fn execute(&self, statement: Statement) -> Result<ProxyExecResult, DbErr> {
        let execute = async |connection: &Connection| match statement.values {
            Some(_) => connection.execute(&statement).await,
            None => connection.tell(&statement.sql).await,
        };
        self.with(execute).await.map(ProxyExecResult::from)
    }
}
