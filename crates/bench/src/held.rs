//! How long the writer was held by others, watched from beside; it knows one table, to see that a sweep is done.
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Result;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};

use crate::rows::{DAY, Place, now_millis, open};

/// How long others had to wait for the one who wrote, at most: asked from beside, without a pause worth naming.
pub struct Held {
    stop: Arc<AtomicBool>,
    watching: tokio::task::JoinHandle<Result<Duration>>,
}

impl Held {
    pub fn watch(place: &Place) -> Self {
        let stop = Arc::<AtomicBool>::default();
        let over = Arc::clone(&stop);
        let is_over = move || over.load(Ordering::Relaxed);
        let watching = match place {
            Place::Sqlite(file) => {
                let file = file.clone();
                tokio::task::spawn_blocking(move || longest_wait(&file, is_over))
            }
            Place::Postgres(url) => {
                let url = url.clone();
                tokio::spawn(async move { longest_transaction(&url, is_over).await })
            }
        };
        Self { stop, watching }
    }

    pub async fn longest(self) -> Result<Duration> {
        self.stop.store(true, Ordering::Relaxed);
        self.watching.await?
    }
}

/// How many grants the sweep has still to remove.
pub async fn over(place: &Place) -> Result<i64> {
    let before = now_millis().saturating_sub(DAY);
    count(place, format!("SELECT count(*) FROM grants WHERE ends_at <= {before}")).await
}

/// How many grants the person has that the bench signs in as.
pub async fn live(place: &Place) -> Result<i64> {
    let person = "account_id = (SELECT id FROM account WHERE email_key = 'bench@example.test')";
    count(place, format!("SELECT count(*) FROM grants WHERE state = 'live' AND {person}")).await
}

async fn count(place: &Place, sql: String) -> Result<i64> {
    match place {
        Place::Sqlite(file) => Ok(open(file)?.query_row(&sql, [], |row| row.get(0))?),
        Place::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await?;
            Ok(connection.fetch_one(AssertSqlSafe(sql)).await?.try_get(0)?)
        }
    }
}

/// SQLite has one writer: whoever wants to write waits as long as it is held.
fn longest_wait(file: &Path, is_over: impl Fn() -> bool) -> Result<Duration> {
    let connection = open(file)?;
    connection.busy_timeout(Duration::ZERO)?;
    let mut longest = Duration::ZERO;
    while !is_over() {
        let begun = Instant::now();
        // Without SQLite's own waiting, which sleeps up to a tenth of a second.
        while connection.execute_batch("BEGIN IMMEDIATE").is_err() && !is_over() {
            std::thread::sleep(Duration::from_micros(200));
        }
        longest = longest.max(begun.elapsed());
        if !connection.is_autocommit() {
            connection.execute_batch("ROLLBACK")?;
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    Ok(longest)
}

/// PostgreSQL has many writers: the longest transaction that wrote is what a row may be waited for.
async fn longest_transaction(url: &str, is_over: impl Fn() -> bool) -> Result<Duration> {
    let mut connection = PgConnection::connect(url).await?;
    let sql = "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8 \
               FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND datname = current_database() \
               AND pid <> pg_backend_pid()";
    let mut longest = Duration::ZERO;
    while !is_over() {
        let seconds: f64 = connection.fetch_one(sql).await?.try_get(0)?;
        longest = longest.max(Duration::from_secs_f64(seconds.max(0.0)));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(longest)
}
