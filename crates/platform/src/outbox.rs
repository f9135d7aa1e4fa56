//! Side effects that leave after the commit: jobs as sealed rows, leased by workers; knows no kind of job.
use std::{collections::HashMap, future::Future, pin::Pin, sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};
use serde::{Serialize, de::DeserializeOwned};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    Fault,
    clock::{Clock, Moment},
    db::{Database, Tx, one_at_a_time},
    id,
    random::Random,
    secrets::{Keyring, Seal},
};

/// A kind of job: what it carries is stored sealed, because letters carry links.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    const KIND: &'static str;
}

/// How a job ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Try again later; the text goes to the log.
    Retry(String),
    /// Never try again; the row stays, visible, until it is old.
    GiveUp(String),
}

/// After this many attempts a job is given up: with the backoff below, about three days.
const ATTEMPTS: i32 = 30;
const LEASE: Duration = Duration::from_secs(120);

/// Puts jobs into the outbox, within the transaction of the change that causes them.
#[derive(Clone)]
pub struct Outbox {
    random: Random,
    seal: Seal,
}

impl Outbox {
    pub fn new(random: Random, keyring: &Keyring) -> Self {
        Self { random, seal: keyring.seal("outbox") }
    }

    pub async fn add<J: Job>(&self, tx: &Tx, now: Moment, job: &J) -> Result<(), Fault> {
        let id = id::new(now, &self.random);
        let plain = serde_json::to_vec(job).map_err(Fault::bug)?;
        let payload = self.seal.seal(&self.random, id.as_bytes(), &plain)?;
        let statement = Statement::from_sql_and_values(
            tx.get_database_backend(),
            "INSERT INTO outbox (id, kind, payload, state, attempts, created_at, due_at, lease_until) \
             VALUES ($1, $2, $3, 'due', 0, $4, $4, 0)",
            [id.into(), J::KIND.into(), payload.into(), now.unix_millis().into()],
        );
        tx.execute_raw(statement).await?;
        tx.note_job();
        Ok(())
    }
}

type Handler =
    Arc<dyn Fn(Uuid, &[u8]) -> Option<Pin<Box<dyn Future<Output = Outcome> + Send>>> + Send + Sync>;

/// Carries jobs out. Any number of workers, on any number of nodes, share one outbox.
pub struct Worker {
    db: Database,
    clock: Clock,
    seal: Seal,
    handlers: HashMap<&'static str, Handler>,
}

struct Leased {
    id: Uuid,
    kind: String,
    payload: Vec<u8>,
    attempts: i32,
}

impl Worker {
    pub fn new(db: Database, clock: Clock, keyring: &Keyring) -> Self {
        Self { db, clock, seal: keyring.seal("outbox"), handlers: HashMap::new() }
    }

    /// Names who carries out jobs of kind `J`. The id is the same at every attempt.
    #[must_use]
    pub fn on<J: Job, F>(mut self, handler: impl Fn(Uuid, J) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |id, plain| {
            let job = serde_json::from_slice::<J>(plain).ok()?;
            Some(Box::pin(handler(id, job)))
        });
        self.handlers.insert(J::KIND, handler);
        self
    }

    /// Works until cancelled, woken by commits and every second besides (jobs of other nodes, retries).
    pub async fn run(self, stop: CancellationToken) {
        let jobs = Arc::clone(self.db.jobs());
        while !stop.is_cancelled() {
            match self.drain().await {
                Ok(0) => {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = jobs.notified() => {}
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                    }
                }
                Ok(_) => {}
                Err(fault) => {
                    tracing::warn!(error = %fault, "The outbox cannot be read; trying again");
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep(Duration::from_secs(2)) => {}
                    }
                }
            }
        }
    }

    /// Carries out what is due now; answers how many were attempted.
    pub async fn drain(&self) -> Result<usize, Fault> {
        let mut attempted = 0;
        loop {
            let batch = self.lease(self.clock.now()).await?;
            if batch.is_empty() {
                return Ok(attempted);
            }
            attempted += batch.len();
            let mut running = tokio::task::JoinSet::new();
            for job in batch {
                let work = self.start(&job);
                running.spawn(async move {
                    let outcome = match work {
                        Some(work) => tokio::time::timeout(LEASE / 2, one_at_a_time(work))
                            .await
                            .unwrap_or_else(|_| Outcome::Retry("took too long".into())),
                        None => Outcome::GiveUp("nobody can read this job".into()),
                    };
                    (job, outcome)
                });
            }
            while let Some(joined) = running.join_next().await {
                if let Ok((job, outcome)) = joined {
                    self.settle(&job, outcome).await?;
                }
            }
        }
    }

    fn start(&self, job: &Leased) -> Option<Pin<Box<dyn Future<Output = Outcome> + Send>>> {
        let plain = self.seal.open(job.id.as_bytes(), &job.payload)?;
        self.handlers.get(job.kind.as_str())?(job.id, &plain)
    }

    async fn lease(&self, now: Moment) -> Result<Vec<Leased>, Fault> {
        let tx = self.db.begin().await?;
        // PostgreSQL: nodes skip each other's rows. SQLite has one writer, so nothing to skip.
        let skip =
            if tx.get_database_backend() == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "UPDATE outbox SET lease_until = $2, attempts = attempts + 1 WHERE id IN \
             (SELECT id FROM outbox WHERE state = 'due' AND due_at <= $1 AND lease_until <= $1 \
              ORDER BY due_at LIMIT 16 {skip}) RETURNING id, kind, payload, attempts"
        );
        let values = [now.unix_millis().into(), (now + LEASE).unix_millis().into()];
        let rows =
            tx.query_all_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
        let leased = rows.iter().map(leased).collect::<Result<_, _>>()?;
        tx.commit().await?;
        Ok(leased)
    }

    async fn settle(&self, job: &Leased, outcome: Outcome) -> Result<(), Fault> {
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        let backend = tx.get_database_backend();
        let (state, error) = match outcome {
            Outcome::Done => {
                let sql = "DELETE FROM outbox WHERE id = $1";
                tx.execute_raw(Statement::from_sql_and_values(backend, sql, [job.id.into()])).await?;
                return tx.commit().await;
            }
            Outcome::Retry(error) if job.attempts < ATTEMPTS => ("due", error),
            Outcome::Retry(error) | Outcome::GiveUp(error) => ("given_up", error),
        };
        tracing::warn!(job = %job.id, kind = job.kind, attempts = job.attempts, state, error, "A job did not succeed");
        let due = now + backoff(job.attempts);
        let sql = "UPDATE outbox SET state = $2, due_at = $3, lease_until = 0, last_error = $4 WHERE id = $1";
        let error: String = error.chars().take(500).collect();
        let values = [job.id.into(), state.into(), due.unix_millis().into(), error.into()];
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        tx.commit().await
    }
}

fn leased(row: &QueryResult) -> Result<Leased, Fault> {
    Ok(Leased {
        id: row.try_get("", "id")?,
        kind: row.try_get("", "kind")?,
        payload: row.try_get("", "payload")?,
        attempts: row.try_get("", "attempts")?,
    })
}

/// 2 s, 4 s, 8 s … at most four hours.
fn backoff(attempts: i32) -> Duration {
    let doubled = 1u64.checked_shl(u32::try_from(attempts).unwrap_or(0).min(20)).unwrap_or(u64::MAX);
    Duration::from_secs(doubled.clamp(2, 4 * 3600))
}

/// How many jobs wait, and since when the oldest is overdue: for readiness and the doctor.
pub async fn waiting(db: &impl ConnectionTrait) -> Result<(i64, Option<Moment>), Fault> {
    let sql = "SELECT COUNT(*) AS waiting, MIN(created_at) AS oldest FROM outbox WHERE state = 'due'";
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await?
        .ok_or_else(|| Fault::bug("counting gave no row"))?;
    let oldest: Option<i64> = row.try_get("", "oldest")?;
    Ok((row.try_get("", "waiting")?, oldest.map(Moment::from_unix_millis)))
}

#[cfg(test)]
mod tests;
