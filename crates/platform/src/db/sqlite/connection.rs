//! One connection to SQLite's file. What is known to be quick runs in place, without a thread between: handing a
//! statement over and its answer back costs more than most statements do (decision 0067).
use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use rusqlite::{ErrorCode, OpenFlags, config::DbConfig};
use sea_orm::{
    DbErr, ExecResult, ProxyExecResult, ProxyRow, QueryResult, Statement, Value,
    sqlx::{
        self,
        error::{DatabaseError, ErrorKind},
    },
};

use super::{pace::Pace, patience, readers::Seat, values};
use crate::{
    Fault,
    db::{
        fixed::{Read, Row},
        link,
    },
};

/// How many statements a connection keeps prepared.
const PREPARED: usize = 512;

/// What a connection is opened for.
#[derive(Clone, Copy)]
pub(in crate::db) enum Mode {
    Read,
    /// `max_page_count`; 0: no bound.
    Write {
        most_pages: u32,
    },
}

/// A connection. Clones are the same one; it is closed with the last.
#[derive(Clone)]
pub(in crate::db) struct Connection {
    open: Arc<Open>,
    /// Dropped with the last clone of this one, also where a statement runs on it that nobody waits for.
    _seat: Option<Arc<Seat>>,
}

struct Open {
    held: Mutex<rusqlite::Connection>,
    pace: Arc<Pace>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a connection to SQLite")
    }
}

/// One step of a statement's, on the connection that it was prepared for.
type Step<T> = fn(&rusqlite::Connection, &Statement) -> Result<T, rusqlite::Error>;

impl Connection {
    pub(super) async fn open(path: &Path, mode: Mode, pace: Arc<Pace>) -> Result<Self, DbErr> {
        let path = path.to_owned();
        let connection = apart(move || patience::with(|| open(&path, mode)))
            .await?
            .map_err(told)
            .map_err(link::connecting)?;
        Ok(Self { open: Arc::new(Open { held: Mutex::new(connection), pace }), _seat: None })
    }

    /// The same one, which keeps a seat until it is used no more.
    pub(super) fn in_seat(self, seat: Arc<Seat>) -> Self {
        Self { _seat: Some(seat), ..self }
    }

    /// False while a statement runs on it whose request is gone.
    pub fn is_idle(&self) -> bool {
        !matches!(self.open.held.try_lock(), Err(std::sync::TryLockError::WouldBlock))
    }

    fn lock(&self) -> MutexGuard<'_, rusqlite::Connection> {
        self.open.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub async fn execute(&self, statement: &Statement) -> Result<ExecResult, DbErr> {
        self.run(statement, execute).await.map_err(told).map_err(link::executing)
    }

    pub fn is_in_transaction(&self) -> bool {
        !self.lock().is_autocommit()
    }

    pub async fn query_one(&self, statement: &Statement) -> Result<Option<QueryResult>, DbErr> {
        let rows = self.run(statement, |connection, statement| query(connection, statement, 1)).await;
        rows.map(|mut rows| rows.pop().map(QueryResult::from)).map_err(told).map_err(link::querying)
    }

    pub async fn query_all(&self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        Ok(self.rows(statement).await?.into_iter().map(QueryResult::from).collect())
    }

    pub async fn rows(&self, statement: &Statement) -> Result<Vec<ProxyRow>, DbErr> {
        let rows =
            self.run(statement, |connection, statement| query(connection, statement, usize::MAX)).await;
        rows.map_err(told).map_err(link::querying)
    }

    /// The first row of a question in fixed words.
    pub async fn find<T: Send + 'static>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
        read: Read<T>,
    ) -> Result<Result<Option<T>, Fault>, DbErr> {
        let found = self.run_fixed(sql, values, move |open, values| find(open, sql, values, read)).await;
        found.map_err(told).map_err(link::querying)
    }

    /// Writes in fixed words; answers how many rows changed.
    pub async fn write(&self, sql: &'static str, values: Vec<Value>) -> Result<u64, DbErr> {
        let done = self.run_fixed(sql, values, move |open, values| write(open, sql, values)).await;
        done.map_err(told).map_err(link::executing)
    }

    /// As [`Self::run`].
    async fn run_fixed<T: Send + 'static>(
        &self,
        sql: &'static str,
        values: Vec<Value>,
        work: impl Fn(&rusqlite::Connection, &[Value]) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> Result<T, rusqlite::Error> {
        tokio::task::coop::consume_budget().await;
        if self.open.pace.is_quick(sql)
            && let Some(done) = self.at_once(sql, |open| work(open, &values))
        {
            return done;
        }
        let connection = self.clone();
        let run = move || connection.patiently(|open| connection.timed(sql, || work(open, &values)));
        apart(run).await.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?
    }

    /// Runs fixed text, more than one statement if need be.
    pub async fn tell(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let (connection, sql) = (self.clone(), sql.to_owned());
        let done = apart(move || connection.patiently(|connection| batch(connection, &sql))).await?;
        done.map_err(told).map_err(link::executing)
    }

    /// Begins to write, which waits for another program that does.
    pub async fn begin(&self) -> Result<(), DbErr> {
        const BEGIN: &str = "BEGIN IMMEDIATE";
        let mut begun = self.now(BEGIN);
        if begun.as_ref().is_err_and(is_busy) {
            let connection = self.clone();
            begun = apart(move || connection.patiently(|connection| step(connection, BEGIN))).await?;
        }
        begun.map_err(told).map_err(link::executing)
    }

    /// One of the short statements about transactions, in place.
    pub fn tell_now(&self, sql: &'static str) -> Result<(), DbErr> {
        self.now(sql).map_err(told).map_err(link::executing)
    }

    fn now(&self, sql: &'static str) -> Result<(), rusqlite::Error> {
        step(&self.lock(), sql)
    }

    /// In place where its text is known to be quick, and on a thread of its own everywhere else.
    async fn run<T: Send + 'static>(
        &self,
        statement: &Statement,
        work: Step<T>,
    ) -> Result<T, rusqlite::Error> {
        // Whoever asks for much gives way to others now and then.
        tokio::task::coop::consume_budget().await;
        if self.open.pace.is_quick(&statement.sql)
            && let Some(done) = self.at_once(&statement.sql, |open| work(open, statement))
        {
            return done;
        }
        let (connection, statement) = (self.clone(), statement.clone());
        let run =
            move || connection.patiently(|open| connection.timed(&statement.sql, || work(open, &statement)));
        apart(run).await.map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?
    }

    /// `None` where somebody has to be waited for.
    fn at_once<T>(
        &self,
        sql: &str,
        work: impl FnOnce(&rusqlite::Connection) -> Result<T, rusqlite::Error>,
    ) -> Option<Result<T, rusqlite::Error>> {
        let open = self.open.held.try_lock().ok()?;
        let done = self.timed(sql, || work(&open));
        (!done.as_ref().is_err_and(is_busy)).then_some(done)
    }

    fn timed<T>(&self, sql: &str, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let done = work();
        self.open.pace.note(sql, begun.elapsed());
        done
    }

    /// Waits for other programs, too; for a thread of its own.
    fn patiently<T>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, rusqlite::Error> {
        let connection = self.lock();
        patience::with(|| work(&connection))
    }
}

fn open(path: &Path, mode: Mode) -> Result<rusqlite::Connection, rusqlite::Error> {
    let access = match mode {
        Mode::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Mode::Write { .. } => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    };
    let connection = rusqlite::Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    // A plan does not look at values: it would be made anew at each `LIMIT ?`.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    patience::give(&connection)?;
    connection.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; \
         PRAGMA cache_size = -16000",
    )?;
    if let Mode::Write { most_pages } = mode {
        connection.execute_batch("PRAGMA journal_mode = WAL")?;
        if most_pages > 0 {
            connection.execute_batch(&format!("PRAGMA max_page_count = {most_pages}"))?;
        }
    }
    Ok(connection)
}

fn query(
    connection: &rusqlite::Connection,
    statement: &Statement,
    most: usize,
) -> Result<Vec<ProxyRow>, rusqlite::Error> {
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    values::bind(&mut prepared, values_of(statement))?;
    values::rows(&mut prepared, most)
}

fn execute(connection: &rusqlite::Connection, statement: &Statement) -> Result<ExecResult, rusqlite::Error> {
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    values::bind(&mut prepared, values_of(statement))?;
    let mut rows = prepared.raw_query();
    while rows.next()?.is_some() {}
    let last_insert_id = u64::try_from(connection.last_insert_rowid()).unwrap_or_default();
    Ok(ProxyExecResult::new(last_insert_id, connection.changes()).into())
}

fn values_of(statement: &Statement) -> &[Value] {
    statement.values.as_ref().map(|values| values.0.as_slice()).unwrap_or_default()
}

fn find<T>(
    connection: &rusqlite::Connection,
    sql: &str,
    values: &[Value],
    read: Read<T>,
) -> Result<Result<Option<T>, Fault>, rusqlite::Error> {
    let mut prepared = connection.prepare_cached(sql)?;
    values::bind(&mut prepared, values)?;
    let mut rows = prepared.raw_query();
    Ok(rows.next()?.map(|row| read(&mut Row::of_sqlite(row))).transpose())
}

fn write(connection: &rusqlite::Connection, sql: &str, values: &[Value]) -> Result<u64, rusqlite::Error> {
    let mut prepared = connection.prepare_cached(sql)?;
    values::bind(&mut prepared, values)?;
    prepared.raw_execute().map(|changed| changed as u64)
}

fn batch(connection: &rusqlite::Connection, sql: &str) -> Result<ExecResult, rusqlite::Error> {
    let before = connection.total_changes();
    connection.execute_batch(sql)?;
    // What stands here is of the last statement that changed something, whenever that was.
    let changes = if connection.total_changes() == before { 0 } else { connection.changes() };
    Ok(ProxyExecResult::new(0, changes).into())
}

fn step(connection: &rusqlite::Connection, sql: &'static str) -> Result<(), rusqlite::Error> {
    connection.prepare_cached(sql)?.raw_execute().map(drop)
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// Carries `work` out on a thread that may wait.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, DbErr> {
    tokio::task::spawn_blocking(work).await.map_err(|error| DbErr::Custom(error.to_string()))
}

/// What SQLite said, as the driver that serves PostgreSQL would say it: one kind of errors is judged.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Refused {
    message: String,
    /// With its extended code (sqlite.org/rescode.html).
    code: String,
}

impl DatabaseError for Refused {
    fn message(&self) -> &str {
        &self.message
    }

    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some(self.code.as_str().into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

fn told(error: rusqlite::Error) -> sqlx::Error {
    match error.sqlite_error() {
        Some(known) => {
            let code = known.extended_code.to_string();
            sqlx::Error::Database(Box::new(Refused { message: format!("(code: {code}) {error}"), code }))
        }
        None => sqlx::Error::Encode(Box::new(error)),
    }
}
