//! PostgreSQL's side: how long each connection waits, and what it promises; knows no table.
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{
    DbErr,
    sqlx::{
        self, AssertSqlSafe, ConnectOptions as _, Executor as _, PgConnection, PgPool, Row as _,
        postgres::{PgConnectOptions, PgPoolOptions},
    },
};

use super::{
    link::{Kept, Link, connecting},
    trouble::Troubles,
};
use crate::config;

/// How many statements a connection keeps prepared: more than there are texts in the hot requests of a half.
const PREPARED: usize = 512;

/// How long a request waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// Two pools, and the words that every transaction begins with.
#[derive(Clone)]
pub(super) struct Servers {
    /// For transactions.
    pub pool: PgPool,
    /// For reading outside of them: whoever waits to write keeps nobody from reading.
    pub readers: PgPool,
    most: u32,
    begin: String,
    begin_in_a_hurry: String,
}

impl Servers {
    pub async fn open(about: &config::Database, troubles: &Arc<Troubles>) -> Result<Self, DbErr> {
        let most = about.connections.max(2);
        let (pool, readers) = (connect(about, most, troubles).await?, connect(about, most, troubles).await?);
        refuse_other_encodings(&pool).await?;
        refuse_poolers_of_statements(&pool, &readers).await?;
        let begin =
            |millis| format!("BEGIN ISOLATION LEVEL READ COMMITTED; {}", waits(about, "SET LOCAL", millis));
        Ok(Self {
            pool,
            readers,
            most,
            begin: begin(about.lock_seconds * 1000),
            begin_in_a_hurry: begin(hurry(about.lock_seconds * 1000)),
        })
    }

    pub async fn link(&self) -> Result<Link, DbErr> {
        let connection = self.pool.acquire().await.map_err(connecting)?;
        Ok(Link::Postgres(Kept::new(connection)))
    }

    /// While more than half of the connections are out, a transaction waits for locks less than a third as long:
    /// those who wait for one locked row never hold every connection for long.
    pub fn begin(&self) -> &str {
        let out = self.pool.size().saturating_sub(u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX));
        if out.saturating_mul(2) > self.most { &self.begin_in_a_hurry } else { &self.begin }
    }
}

async fn connect(about: &config::Database, most: u32, troubles: &Arc<Troubles>) -> Result<PgPool, DbErr> {
    let watch = Arc::new(Watch { troubles: Arc::clone(troubles), ..Watch::default() });
    let options: PgConnectOptions = about.url.parse().map_err(connecting)?;
    let session = waits(about, "SET", about.lock_seconds * 1000)
        + "; SET default_transaction_isolation = 'read committed'";
    PgPoolOptions::new()
        .max_connections(most)
        .min_connections(1)
        .acquire_timeout(PATIENCE)
        // Our own test, of more than life.
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            let session = session.clone();
            Box::pin(async move { prepare(connection, session).await })
        })
        .before_acquire(move |connection, about| {
            let watch = Arc::clone(&watch);
            Box::pin(async move {
                if watch.is_due(about.idle_for) { watch.look(connection).await } else { Ok(true) }
            })
        })
        .connect_with(options.disable_statement_logging().statement_cache_capacity(PREPARED))
        .await
        .map_err(connecting)
}

/// Never less than the second after which PostgreSQL looks for deadlocks: those are carried out again, and a wait
/// that was given up is not.
fn hurry(lock_millis: u32) -> u32 {
    (lock_millis * 3 / 10).max(1_200).min(lock_millis)
}

/// Said at each connection, and again in each transaction: a pooler between may give every transaction another
/// connection to the server.
fn waits(about: &config::Database, set: &str, lock_millis: u32) -> String {
    format!(
        "{set} lock_timeout = {lock_millis}; {set} statement_timeout = {}; \
         {set} idle_in_transaction_session_timeout = {}; {set} synchronous_commit = {}",
        about.statement_seconds * 1000,
        about.idle_seconds * 1000,
        about.synchronous_commit.name(),
    )
}

async fn refuse_other_encodings(pool: &PgPool) -> Result<(), DbErr> {
    let row = pool.fetch_one(sqlx::raw_sql("SHOW server_encoding")).await.map_err(connecting)?;
    let encoding: String = row.try_get(0).map_err(connecting)?;
    if encoding == "UTF8" {
        return Ok(());
    }
    Err(DbErr::Custom(format!(
        "the database's encoding is {encoding}; make it anew: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
    )))
}

/// Two connections of ours prepare a statement under the name that each gives its first. Where both are one connection
/// of the server's by turns, the second is refused, or finds nothing: sooner or later that would meet every request.
async fn refuse_poolers_of_statements(one: &PgPool, other: &PgPool) -> Result<(), DbErr> {
    for pool in [one, other, one] {
        if let Err(error) = sqlx::query("SELECT 1").execute(pool).await {
            return Err(pooled(&error).unwrap_or_else(|| connecting(error)));
        }
    }
    Ok(())
}

/// What a pooler that changes connections under our feet looks like from here.
fn pooled(error: &sqlx::Error) -> Option<DbErr> {
    // 42P05: a prepared statement of this name is there; 26000: it is not.
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.filter(|code| matches!(code.as_ref(), "42P05" | "26000")).map(|_| {
        DbErr::Custom(
            "a pooler between gives us other connections of the server by turns: set PgBouncer to \
             pool_mode = session for this database, or give it 1.21 or later with max_prepared_statements, or leave it \
             out (docs/LIMITS.md)"
                .into(),
        )
    })
}

async fn prepare(connection: &mut PgConnection, session: String) -> Result<(), sqlx::Error> {
    connection.execute(sqlx::raw_sql(AssertSqlSafe(session))).await?;
    // Since 14, and not on every system: the server sees that we went away while it waits for a lock.
    let watch = connection.execute(sqlx::raw_sql("SET client_connection_check_interval = 1000")).await;
    match watch {
        Ok(_) | Err(sqlx::Error::Database(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whose connections are looked at before they are given out: those that lay idle, one of all in each second, and all
/// of them for a while after anything went wrong. To look costs as much as most statements do.
#[derive(Default)]
struct Watch {
    troubles: Arc<Troubles>,
    /// What had gone wrong when it was looked at last.
    known: AtomicU64,
    times: Mutex<Times>,
}

#[derive(Default)]
struct Times {
    looked: Option<Instant>,
    doubted: Option<Instant>,
}

/// How long nobody looks, while all goes well.
const UNSEEN: Duration = Duration::from_secs(1);
/// How long everybody looks after something went wrong.
const DOUBT: Duration = Duration::from_secs(60);

impl Watch {
    fn is_due(&self, idle_for: Duration) -> bool {
        let (now, wrong) = (Instant::now(), self.troubles.of_connections());
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        if self.known.swap(wrong, Ordering::Relaxed) != wrong {
            times.doubted = Some(now);
        }
        let within = |time: Option<Instant>, span| time.is_some_and(|time| now.duration_since(time) < span);
        let is_due = idle_for >= UNSEEN || within(times.doubted, DOUBT) || !within(times.looked, UNSEEN);
        if is_due {
            times.looked = Some(now);
        }
        is_due
    }

    async fn look(&self, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        let found = takes_writes(connection).await;
        if !matches!(found, Ok(true)) {
            self.times.lock().unwrap_or_else(PoisonError::into_inner).doubted = Some(Instant::now());
        }
        found
    }
}

/// Alive, and not a standby: after a switchover the pool forgets the former primary connection by connection.
async fn takes_writes(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let answer: String =
        connection.fetch_one(sqlx::raw_sql("SHOW transaction_read_only")).await?.try_get(0)?;
    Ok(answer == "off")
}
