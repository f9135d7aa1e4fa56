//! The connections that SQLite's file is read by.
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use sea_orm::{ConnAcquireErr, DbErr};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    connection::{Connection, Mode},
    pace::Pace,
};
use crate::db::line::PATIENCE;

/// As many as the settings say, opened as they are needed.
pub(in crate::db) struct Readers {
    path: PathBuf,
    pace: Arc<Pace>,
    seats: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

/// A connection while somebody reads by it.
pub(in crate::db) struct Seat<'a> {
    connection: Connection,
    readers: &'a Readers,
    _permit: SemaphorePermit<'a>,
}

impl Readers {
    pub(super) fn new(path: PathBuf, connections: u32, pace: Arc<Pace>) -> Self {
        let seats = usize::try_from(connections.max(1)).unwrap_or(1);
        Self { path, pace, seats: Semaphore::new(seats), idle: Mutex::default() }
    }

    pub async fn seat(&self) -> Result<Seat<'_>, DbErr> {
        let permit = tokio::time::timeout(PATIENCE, self.seats.acquire()).await;
        let permit = permit.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        let _permit = permit.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => Connection::open(&self.path, Mode::Read, Arc::clone(&self.pace)).await?,
        };
        Ok(Seat { connection, readers: self, _permit })
    }

    /// Nobody reads any more; who does still, ends.
    pub fn close(&self) {
        self.seats.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl std::ops::Deref for Seat<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        // One whose statement was left goes when that has ended.
        if self.connection.is_idle() && !self.readers.seats.is_closed() {
            self.readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.connection.clone());
        }
    }
}
