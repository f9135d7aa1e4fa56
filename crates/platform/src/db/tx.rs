//! A writing transaction: kept whole or not at all, and never after a statement failed; knows no table.
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, Value};
use tokio::{
    runtime::Handle,
    sync::{Mutex, MutexGuard},
};

use super::{
    attempt,
    fixed::{Asks, Fixed, Read},
    held::{self, Hold},
    link::Link,
    trouble::Troubles,
};
use crate::{Fault, fault::Cause, security_event::Note};

/// A writing transaction. Dropping it without [`Tx::commit`] rolls back.
///
/// After a statement failed it can only be dropped: further statements are not sent, and a commit is a fault.
/// PostgreSQL answers a commit after a failure with a silent rollback, and SQLite may have rolled back by itself,
/// so that what came next would have been kept, each for itself.
pub struct Tx {
    backend: DbBackend,
    link: Mutex<Option<Link>>,
    /// A statement failed, or was left while it ran.
    is_spoilt: AtomicBool,
    /// The connection is not to be trusted with a ROLLBACK either.
    must_close: AtomicBool,
    shared: Shared,
    has_jobs: AtomicBool,
    notes: std::sync::Mutex<Vec<Note>>,
    _hold: Hold,
}

/// What every transaction of a database tells the others.
#[derive(Clone)]
pub(super) struct Shared {
    pub jobs: Arc<tokio::sync::Notify>,
    pub troubles: Arc<Troubles>,
}

impl Shared {
    /// The line of SQLite's connection counts for itself.
    fn note_closed(&self, backend: DbBackend) {
        if backend == DbBackend::Postgres {
            self.troubles.note_replaced();
        }
    }
}

/// Set while a statement runs, so that a statement that is left half-way is seen.
struct Running<'a> {
    link: MutexGuard<'a, Option<Link>>,
    tx: &'a Tx,
}

impl Running<'_> {
    fn link(&mut self) -> Result<&mut Link, DbErr> {
        self.link.as_mut().ok_or_else(|| DbErr::Custom("the transaction has ended".into()))
    }

    fn end<T>(self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        match &result {
            Ok(_) => self.tx.is_spoilt.store(false, Ordering::SeqCst),
            Err(error) => self.tx.shared.troubles.note(error, "a statement failed"),
        }
        let may_stay = match &result {
            Ok(_) => true,
            Err(error) => self.tx.backend == DbBackend::Postgres && is_answer(error),
        };
        self.tx.must_close.store(!may_stay, Ordering::SeqCst);
        result
    }
}

/// PostgreSQL refused a statement and waits for the ROLLBACK; the connection is sound.
fn is_answer(error: &DbErr) -> bool {
    let sound = [Cause::Constraint, Cause::Conflict, Cause::Locked, Cause::Cancelled];
    sound.contains(&Cause::of(error))
}

impl Tx {
    pub(super) async fn begin(mut link: Link, text: &str, shared: Shared) -> Result<Self, DbErr> {
        if let Err(error) = link.begin(text).await {
            shared.troubles.note(&error, "a transaction could not begin");
            shared.note_closed(link.backend());
            return Err(error);
        }
        Ok(Self {
            backend: link.backend(),
            link: Mutex::new(Some(link)),
            is_spoilt: AtomicBool::new(false),
            must_close: AtomicBool::new(false),
            shared,
            has_jobs: AtomicBool::new(false),
            notes: std::sync::Mutex::default(),
            _hold: Hold::begin(),
        })
    }

    /// Makes everything durable, then wakes the worker if jobs were added.
    pub async fn commit(mut self) -> Result<(), Fault> {
        if *self.is_spoilt.get_mut() {
            return Err(Fault::bug("a transaction whose statement failed cannot be kept"));
        }
        let link = self.link.get_mut().take();
        let Some(link) = link else { return Err(Fault::bug("the transaction has ended")) };
        if let Err(error) = link.commit().await {
            self.shared.troubles.note(&error, "a commit failed");
            self.shared.note_closed(self.backend);
            return Err(error.into());
        }
        attempt::note_commit();
        if self.has_jobs.load(Ordering::Relaxed) {
            self.shared.jobs.notify_one();
        }
        let notes = self.notes.get_mut().map(std::mem::take).unwrap_or_default();
        notes.into_iter().for_each(Note::tell);
        Ok(())
    }

    /// Waits until no other transaction holds this name, and holds it until this one ends: for what is looked up and
    /// then written, where losing to a UNIQUE column would spoil the transaction. The column stays the gate. The one
    /// writer of SQLite needs no lock.
    pub async fn hold_name(&self, name: &str) -> Result<(), DbErr> {
        if self.backend == DbBackend::Postgres {
            let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
            self.execute_raw(Statement::from_sql_and_values(self.backend, sql, [name.into()])).await?;
        }
        Ok(())
    }

    /// Writes in fixed words; answers how many rows changed.
    pub async fn write(&self, statement: &'static Fixed, values: Vec<Value>) -> Result<u64, Fault> {
        let sql = statement.text(self.backend);
        let mut running = self.enter(sql).await?;
        let done = running.link()?.write(sql, values).await;
        Ok(running.end(done)?)
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

    async fn enter(&self, sql: &str) -> Result<Running<'_>, DbErr> {
        tracing::trace!(sql, "A statement of a transaction");
        held::count(|asked| asked.statements.push(sql.to_owned()));
        let link = self.link.lock().await;
        if self.is_spoilt.swap(true, Ordering::SeqCst) {
            return Err(DbErr::Custom("a statement of this transaction failed before".into()));
        }
        self.must_close.store(true, Ordering::SeqCst);
        Ok(Running { link, tx: self })
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        let Some(mut link) = self.link.get_mut().take() else { return };
        // Whoever was refused for what others wrote is answered when that is durable.
        if let Some(told) = link.hears() {
            held::note_unsettled(told);
        }
        // Without a runtime, or after a failure, it is dropped as it stands, which undoes it as well.
        if *self.must_close.get_mut() {
            self.shared.note_closed(self.backend);
            return;
        }
        if let Ok(runtime) = Handle::try_current()
            && let Some(rollback) = link.rollback()
        {
            let troubles = Arc::clone(&self.shared.troubles);
            runtime.spawn(async move {
                if let Err(error) = rollback.await {
                    troubles.note(&error, "a rollback failed");
                }
            });
        }
    }
}

impl Asks for Tx {
    async fn find<T: Send + 'static>(
        &self,
        question: &'static Fixed,
        values: Vec<Value>,
        read: Read<T>,
    ) -> Result<Option<T>, Fault> {
        let sql = question.text(self.backend);
        let mut running = self.enter(sql).await?;
        let found = running.link()?.find(sql, values, read).await;
        running.end(found)?
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut running = self.enter(&statement.sql).await?;
        let done = running.link()?.execute(&statement).await;
        running.end(done)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut running = self.enter(sql).await?;
        let done = running.link()?.tell(sql).await;
        running.end(done)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut running = self.enter(&statement.sql).await?;
        let found = running.link()?.query_one(&statement).await;
        running.end(found)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut running = self.enter(&statement.sql).await?;
        let found = running.link()?.query_all(&statement).await;
        running.end(found)
    }
}
