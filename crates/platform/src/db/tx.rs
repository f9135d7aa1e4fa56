//! A writing transaction that wakes the job worker when it commits jobs; knows no table.
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use tokio::sync::Notify;

use crate::{Fault, security_event::Note};

/// A writing transaction. Dropping it without [`Tx::commit`] rolls back.
pub struct Tx {
    inner: DatabaseTransaction,
    jobs: Arc<Notify>,
    has_jobs: AtomicBool,
    notes: std::sync::Mutex<Vec<Note>>,
}

impl Tx {
    pub(super) fn new(inner: DatabaseTransaction, jobs: Arc<Notify>) -> Self {
        Self { inner, jobs, has_jobs: AtomicBool::new(false), notes: std::sync::Mutex::default() }
    }

    /// Makes everything durable, then wakes the worker if jobs were added.
    pub async fn commit(self) -> Result<(), Fault> {
        self.inner.commit().await?;
        if self.has_jobs.load(Ordering::Relaxed) {
            self.jobs.notify_one();
        }
        for note in self.notes.into_inner().unwrap_or_default() {
            note.tell();
        }
        Ok(())
    }

    /// Tells of it once this transaction is committed, and not at all when it is not.
    pub fn tell(&self, note: Note) {
        if let Ok(mut notes) = self.notes.lock() {
            notes.push(note);
        }
    }

    pub(crate) fn note_job(&self) {
        self.has_jobs.store(true, Ordering::Relaxed);
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}
