//! PostgreSQL's side: how long each connection waits, and what it promises; knows no table.
use std::time::Duration;

use sea_orm::{
    DbErr,
    sqlx::{
        self, AssertSqlSafe, ConnectOptions as _, Executor as _, PgConnection, PgPool, Row as _,
        postgres::{PgConnectOptions, PgPoolOptions},
    },
};

use super::link::{Kept, Link, connecting};
use crate::config;

/// How long a request waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// A pool, and the words that every transaction begins with.
#[derive(Clone)]
pub(super) struct Servers {
    pub pool: PgPool,
    most: u32,
    begin: String,
    begin_in_a_hurry: String,
}

impl Servers {
    pub async fn open(about: &config::Database) -> Result<Self, DbErr> {
        let options: PgConnectOptions = about.url.parse().map_err(connecting)?;
        let most = about.connections.max(2);
        let session = waits(about, "SET", about.lock_seconds * 1000)
            + "; SET default_transaction_isolation = 'read committed'";
        let pool = PgPoolOptions::new()
            .max_connections(most)
            .min_connections(1)
            .acquire_timeout(PATIENCE)
            // Our own test, of more than life.
            .test_before_acquire(false)
            .after_connect(move |connection, _| {
                let session = session.clone();
                Box::pin(async move { prepare(connection, session).await })
            })
            .before_acquire(|connection, _| Box::pin(takes_writes(connection)))
            .connect_with(options.disable_statement_logging())
            .await
            .map_err(connecting)?;
        let begin =
            |millis| format!("BEGIN ISOLATION LEVEL READ COMMITTED; {}", waits(about, "SET LOCAL", millis));
        Ok(Self {
            pool,
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

async fn prepare(connection: &mut PgConnection, session: String) -> Result<(), sqlx::Error> {
    connection.execute(sqlx::raw_sql(AssertSqlSafe(session))).await?;
    let encoding: String = connection.fetch_one(sqlx::raw_sql("SHOW server_encoding")).await?.try_get(0)?;
    if encoding != "UTF8" {
        let text = format!(
            "the database's encoding is {encoding}; make it anew with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        );
        return Err(sqlx::Error::Configuration(text.into()));
    }
    // Since 14, and not on every system: the server sees that we went away while it waits for a lock.
    let watch = connection.execute(sqlx::raw_sql("SET client_connection_check_interval = 1000")).await;
    match watch {
        Ok(_) | Err(sqlx::Error::Database(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Alive, and not a standby: after a switchover the pool forgets the former primary connection by connection.
async fn takes_writes(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let answer: String =
        connection.fetch_one(sqlx::raw_sql("SHOW transaction_read_only")).await?.try_get(0)?;
    Ok(answer == "off")
}
