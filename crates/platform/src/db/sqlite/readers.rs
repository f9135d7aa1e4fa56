//! The connections that SQLite's file is read by.
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use sea_orm::{ConnAcquireErr, DbErr};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    connection::{Connection, Mode},
    pace::Pace,
};
use crate::db::line::PATIENCE;

/// As many as the settings say, opened as they are needed.
pub(in crate::db) struct Readers {
    path: PathBuf,
    pace: Arc<Pace>,
    seats: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

/// Gives a connection back when nothing uses it any more, a statement whose request is gone included.
pub(super) struct Seat {
    connection: Connection,
    idle: Arc<Mutex<Vec<Connection>>>,
    permit: OwnedSemaphorePermit,
}

impl Readers {
    pub(super) fn new(path: PathBuf, connections: u32, pace: Arc<Pace>) -> Self {
        let seats = usize::try_from(connections.max(1)).unwrap_or(1);
        Self { path, pace, seats: Arc::new(Semaphore::new(seats)), idle: Arc::default() }
    }

    /// A connection to read by.
    pub async fn seat(&self) -> Result<Connection, DbErr> {
        let permit = tokio::time::timeout(PATIENCE, Arc::clone(&self.seats).acquire_owned()).await;
        let permit = permit.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        let permit = permit.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => Connection::open(&self.path, Mode::Read, Arc::clone(&self.pace)).await?,
        };
        let seat = Seat { connection: connection.clone(), idle: Arc::clone(&self.idle), permit };
        Ok(connection.in_seat(Arc::new(seat)))
    }

    /// Nobody reads any more; who does still, ends.
    pub fn close(&self) {
        self.seats.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if !self.permit.semaphore().is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.connection.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::poll;
    use sea_orm::{DbBackend, Statement};

    use super::super::{File, Mode};

    #[tokio::test]
    async fn a_statement_whose_request_is_gone_keeps_its_seat_until_it_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let file = File::new(folder.path().join("x.db"));
        let _writer = file.open(Mode::Write { most_pages: 0 }).await.unwrap();
        let readers = file.readers(1);
        let ask = async |sql: &str| {
            let statement = Statement::from_string(DbBackend::Sqlite, sql);
            readers.seat().await.unwrap().query_all(&statement).await.unwrap().len()
        };
        assert_eq!(ask("SELECT 1").await, 1);
        let long = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 500000) \
                    SELECT MAX(x) FROM n";
        let mut gone = Box::pin(ask(long));
        assert!(poll!(&mut gone).is_pending());
        drop(gone);
        assert_eq!(readers.seats.available_permits(), 0, "somebody else would be let in beside it");
        assert_eq!(ask("SELECT 1").await, 1, "and then is");
        assert_eq!(readers.seats.available_permits(), 1);
    }
}
