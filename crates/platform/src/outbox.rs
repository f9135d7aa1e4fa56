//! Side effects that leave after the commit: jobs as sealed rows, leased by workers; knows no kind of job.
use sea_orm::{ConnectionTrait, Statement};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    Fault,
    clock::Moment,
    db::Tx,
    id,
    random::Random,
    secrets::{Keyring, Seal},
};

pub mod command;
mod lanes;
mod operator;
mod store;
mod worker;

pub use operator::{Line, Operator, Report, Waits, Which, list_waiting};
pub use store::given_up_over;
pub use worker::{GivenUp, Worker};

/// What jobs of a kind wait for: each class has workers of its own, so that no class waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The mail server.
    Mail,
    /// Somebody else's site: each lane is one host.
    Site,
    /// Nothing but ourselves.
    Work,
}

impl Class {
    pub(crate) const ALL: [Self; 3] = [Self::Mail, Self::Site, Self::Work];
}

/// A kind of job: what it carries is stored sealed, because letters carry links.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    const KIND: &'static str;
    const CLASS: Class = Class::Work;

    /// The line within its class in which the job waits, such as the host that it goes to. Stored plainly: it must
    /// name nobody.
    fn lane(&self) -> String {
        String::new()
    }

    /// When the job has become useless: it is not begun after that.
    fn expires_at(&self) -> Option<Moment> {
        None
    }
}

/// A job that waits a while for others of its kind and lane, and carries them out with itself.
pub trait Joins: Job {
    /// Takes a later one in; gives it back when there is no room.
    fn join(&mut self, later: Self) -> Result<(), Self>;
}

/// How a job ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Try again later; the text goes to the log.
    Retry(String),
    /// Try again later, and ring: every job like it fares so until somebody changes something about us.
    Trouble(String),
    /// Never try again; the row stays, visible, until it is old.
    GiveUp(String),
}

/// Puts jobs into the outbox, within the transaction of the change that causes them.
#[derive(Clone)]
pub struct Outbox {
    random: Random,
    seal: Seal,
}

/// What the jobs are sealed for.
const PURPOSE: &str = "outbox";

impl Outbox {
    pub fn new(random: Random, keyring: &Keyring) -> Self {
        Self { random, seal: keyring.seal(PURPOSE) }
    }

    pub async fn add<J: Job>(&self, tx: &Tx, now: Moment, job: &J) -> Result<(), Fault> {
        self.add_named(tx, now, job).await.map(|_| ())
    }

    /// The same; answers the job's id, for those who keep account of it.
    pub async fn add_named<J: Job>(&self, tx: &Tx, now: Moment, job: &J) -> Result<Uuid, Fault> {
        self.insert(tx, now, job).await
    }

    /// Puts a job beside the one of its kind and lane that waits; gives it back when none does. Whoever calls it holds
    /// something that others who join the same lane wait for.
    pub async fn join<J: Joins>(&self, tx: &Tx, now: Moment, job: J) -> Result<Option<J>, Fault> {
        let Some((id, payload)) = store::find_waiting(tx, now, J::KIND, &job.lane()).await? else {
            return Ok(Some(job));
        };
        let opened = self.seal.open(id.as_bytes(), &payload);
        let Some(mut waiting) = opened.and_then(|plain| serde_json::from_slice::<J>(&plain).ok()) else {
            return Ok(Some(job));
        };
        if let Err(job) = waiting.join(job) {
            return Ok(Some(job));
        }
        let plain = serde_json::to_vec(&waiting).map_err(Fault::bug)?;
        let payload = self.seal.seal(&self.random, id.as_bytes(), &plain)?;
        store::set_payload(tx, id, payload, self.seal.key_name()).await?;
        Ok(None)
    }

    /// Adds a job that is not begun before it is due.
    pub async fn add_due<J: Job>(&self, tx: &Tx, due: Moment, job: &J) -> Result<(), Fault> {
        self.insert(tx, due, job).await.map(|_| ())
    }

    /// Adds a job that others may join until it is due. Its age counts from then.
    pub async fn add_waiting<J: Joins>(&self, tx: &Tx, due: Moment, job: &J) -> Result<(), Fault> {
        self.insert(tx, due, job).await.map(|_| ())
    }

    async fn insert<J: Job>(&self, tx: &Tx, due: Moment, job: &J) -> Result<Uuid, Fault> {
        let id = id::new(due, &self.random);
        let plain = serde_json::to_vec(job).map_err(Fault::bug)?;
        let payload = self.seal.seal(&self.random, id.as_bytes(), &plain)?;
        let statement = Statement::from_sql_and_values(
            tx.get_database_backend(),
            "INSERT INTO outbox (id, kind, payload, state, attempts, created_at, due_at, lease_until, lane, \
             expires_at, sealed_by) VALUES ($1, $2, $3, 'due', 0, $4, $4, 0, $5, $6, $7)",
            [
                id.into(),
                J::KIND.into(),
                payload.into(),
                due.unix_millis().into(),
                job.lane().into(),
                job.expires_at().map(Moment::unix_millis).into(),
                self.seal.key_name().into(),
            ],
        );
        tx.execute_raw(statement).await?;
        tx.note_job();
        Ok(id)
    }
}

/// How many jobs wait in a lane, whenever they are due; nobody counts further than `most`.
pub async fn count_in_lane(db: &impl ConnectionTrait, lane: &str, most: i64) -> Result<i64, Fault> {
    let sql = "SELECT COUNT(*) AS waiting FROM \
               (SELECT 1 AS one FROM outbox WHERE state = 'due' AND lane = $1 LIMIT $2) AS counted";
    let statement =
        Statement::from_sql_and_values(db.get_database_backend(), sql, [lane.into(), most.into()]);
    let row = db.query_one_raw(statement).await?.ok_or_else(|| Fault::bug("counting gave no row"))?;
    Ok(row.try_get("", "waiting")?)
}

/// How many jobs wait, and since when the oldest does.
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
