//! What an operator sees of the outbox and may do with it: list, show, try again, drop, and what is wrong at a glance.
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use serde::Serialize;
use uuid::Uuid;

use super::PURPOSE;
use crate::{
    Fault,
    clock::Moment,
    db::{Database, Int},
    random::Random,
    secrets::{Keyring, Seal},
};

/// A job that is not done ten minutes after it was added is overdue.
const OVERDUE: std::time::Duration = std::time::Duration::from_secs(600);
/// `list` shows at most so many, the oldest first.
const MOST: usize = 500;

/// How the outbox fares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub waiting: i64,
    pub overdue: i64,
    pub given_up: i64,
    /// Those that wait until somebody changes something about us.
    pub trouble: i64,
    pub oldest: Option<Moment>,
    /// Why the newest of these waits.
    pub reason: Option<String>,
}

impl Report {
    pub async fn read(db: &impl ConnectionTrait, now: Moment) -> Result<Self, Fault> {
        let sql = "SELECT COALESCE(SUM(CASE WHEN state = 'due' THEN 1 ELSE 0 END), 0) AS waiting, \
                   COALESCE(SUM(CASE WHEN state = 'due' AND created_at < $1 THEN 1 ELSE 0 END), 0) AS overdue, \
                   COALESCE(SUM(CASE WHEN state = 'given_up' THEN 1 ELSE 0 END), 0) AS given_up, \
                   COALESCE(SUM(CASE WHEN state = 'due' AND trouble THEN 1 ELSE 0 END), 0) AS trouble, \
                   MIN(CASE WHEN state = 'due' THEN created_at END) AS oldest FROM outbox";
        let values = [(now - OVERDUE).unix_millis().into()];
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        let row = db.query_one_raw(statement).await?.ok_or_else(|| Fault::bug("counting gave no row"))?;
        let oldest: Option<i64> = row.try_get("", "oldest")?;
        let sql =
            "SELECT last_error FROM outbox WHERE state = 'due' AND trouble ORDER BY created_at DESC LIMIT 1";
        let newest = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
        let reason = newest.map(|row| row.try_get("", "last_error")).transpose()?.flatten();
        Ok(Self {
            waiting: row.try_get("", "waiting")?,
            overdue: row.try_get("", "overdue")?,
            given_up: row.try_get("", "given_up")?,
            trouble: row.try_get("", "trouble")?,
            oldest: oldest.map(Moment::from_unix_millis),
            reason,
        })
    }

    /// For the doctor: whether something is wrong, and the whole in a line.
    pub fn in_words(&self, program: &str) -> (bool, String) {
        let Self { waiting, overdue, given_up, trouble, .. } = self;
        let mut text = format!("{waiting} waiting");
        if *overdue > 0 {
            let since = self.oldest.map(|oldest| oldest.rfc3339()).unwrap_or_default();
            text.push_str(&format!(", {overdue} of them overdue, the oldest since {since}"));
        }
        if *given_up > 0 {
            text.push_str(&format!(", {given_up} given up"));
        }
        if *trouble > 0 {
            let reason = self.reason.as_deref().unwrap_or("no reason noted");
            text.push_str(&format!("; {trouble} wait until somebody mends this: {reason}"));
        }
        if overdue + given_up + trouble > 0 {
            text.push_str(&format!(" (see `{program} outbox list`)"));
        }
        (overdue + given_up + trouble > 0, text)
    }
}

/// A job as the operator sees it: never what it says, and whom it goes to only masked.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    pub id: Uuid,
    pub kind: String,
    /// The host that it goes to, or its lane.
    pub lane: String,
    /// `due` or `given_up`.
    pub state: String,
    pub attempts: i32,
    pub created_at: String,
    pub due_at: String,
    pub age_seconds: u64,
    pub trouble: bool,
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
}

impl Line {
    /// For people: one line.
    pub fn in_words(&self) -> String {
        let Self { id, kind, lane, state, attempts, .. } = self;
        let age = match self.age_seconds {
            seconds @ 0..=119 => format!("{seconds} s"),
            seconds @ 120..=7_199 => format!("{} min", seconds / 60),
            seconds @ 7_200..=172_799 => format!("{} h", seconds / 3600),
            seconds => format!("{} d", seconds / 86_400),
        };
        let to = self.recipient.as_ref().map(|to| format!(" to {to}")).unwrap_or_default();
        let lane = if lane.is_empty() { String::new() } else { format!(" ({lane})") };
        let reason = self.reason.as_deref().unwrap_or("not tried yet");
        format!("{id} {state:<8} {age:>6} {attempts:>4} tries  {kind}{lane}{to}: {reason}")
    }
}

/// How a job that somebody keeps account of stands in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    pub id: Uuid,
    pub attempts: i32,
    pub due_at: Moment,
    pub reason: Option<String>,
}

/// Those of these jobs that wait.
pub async fn list_waiting(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Waits>, Fault> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let places: Vec<String> = (1..=ids.len()).map(|number| format!("${number}")).collect();
    let sql = format!(
        "SELECT id, attempts, due_at, last_error FROM outbox WHERE state = 'due' AND id IN ({})",
        places.join(", ")
    );
    let values: Vec<Value> = ids.iter().map(|id| (*id).into()).collect();
    let rows =
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let waits = |row: &QueryResult| -> Result<Waits, Fault> {
        Ok(Waits {
            id: row.try_get("", "id")?,
            attempts: row.try_get::<Int>("", "attempts")?.into(),
            due_at: Moment::from_unix_millis(row.try_get("", "due_at")?),
            reason: row.try_get("", "last_error")?,
        })
    };
    rows.iter().map(waits).collect()
}

/// The operator's hands on the outbox.
pub struct Operator {
    seal: Seal,
}

/// Which jobs a command is about.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    One(Uuid),
    /// Everything that was given up.
    GivenUp,
    /// Everything that waits until somebody mends something.
    Trouble,
}

impl Which {
    /// The condition, and its values after the first.
    fn condition(self) -> (&'static str, Vec<Value>) {
        match self {
            Self::One(id) => ("id = $2", vec![id.into()]),
            Self::GivenUp => ("state = 'given_up'", vec![]),
            Self::Trouble => ("state = 'due' AND trouble", vec![]),
        }
    }
}

const COLUMNS: &str = "id, kind, lane, state, attempts, created_at, due_at, trouble, last_error, payload";

impl Operator {
    pub fn new(keyring: &Keyring) -> Self {
        Self { seal: keyring.seal(PURPOSE) }
    }

    /// The oldest first.
    pub async fn list(&self, db: &impl ConnectionTrait, now: Moment) -> Result<Vec<Line>, Fault> {
        let sql = format!("SELECT {COLUMNS} FROM outbox ORDER BY created_at, id LIMIT {MOST}");
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
        rows.iter().map(|row| self.line(row, now, false)).collect()
    }

    /// One job, with its recipient, masked.
    pub async fn show(
        &self,
        db: &impl ConnectionTrait,
        now: Moment,
        id: Uuid,
    ) -> Result<Option<Line>, Fault> {
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE id = $1");
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [id.into()]);
        db.query_one_raw(statement).await?.map(|row| self.line(&row, now, true)).transpose()
    }

    /// Makes jobs due now, those that were given up for another four days; not what is being worked on.
    pub async fn retry(&self, db: &Database, now: Moment, which: Which) -> Result<u64, Fault> {
        let (condition, values) = which.condition();
        let sql = format!(
            "UPDATE outbox SET state = 'due', due_at = $1, attempts = 0, \
             created_at = CASE WHEN state = 'given_up' THEN $1 ELSE created_at END \
             WHERE lease_until <= $1 AND {condition}"
        );
        self.change(db, now, sql, values).await
    }

    /// Removes jobs; not what is being worked on.
    pub async fn drop(&self, db: &Database, now: Moment, which: Which) -> Result<u64, Fault> {
        let (condition, values) = which.condition();
        let sql = format!("DELETE FROM outbox WHERE lease_until <= $1 AND {condition}");
        self.change(db, now, sql, values).await
    }

    /// Seals every job with the newest line of the key file; answers how many were moved, and how many no line opens.
    pub async fn reseal(&self, db: &Database, random: &Random) -> Result<(usize, usize), Fault> {
        let (mut moved, mut unreadable) = (0, 0);
        for id in self.list_sealed_by_others(db.reader()).await? {
            // One at a time: a worker may have it in hand.
            let tx = db.begin().await?;
            let backend = tx.get_database_backend();
            // Nobody joins it meanwhile.
            let lock = if backend == DbBackend::Postgres { "FOR UPDATE" } else { "" };
            let sql = format!("SELECT payload FROM outbox WHERE id = $1 {lock}");
            let row = tx.query_one_raw(Statement::from_sql_and_values(backend, sql, [id.into()])).await?;
            let Some(row) = row else { continue };
            let payload: Vec<u8> = row.try_get("", "payload")?;
            let payload = match self.seal.renew(random, id.as_bytes(), &payload) {
                Ok(anew) => anew.unwrap_or(payload),
                Err(_) => {
                    unreadable += 1;
                    continue;
                }
            };
            let sql = "UPDATE outbox SET payload = $2, sealed_by = $3 WHERE id = $1";
            let values = [id.into(), payload.into(), self.seal.key_name().into()];
            tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
            tx.commit().await?;
            moved += 1;
        }
        Ok((moved, unreadable))
    }

    async fn list_sealed_by_others(&self, db: &impl ConnectionTrait) -> Result<Vec<Uuid>, Fault> {
        let sql = "SELECT id FROM outbox WHERE sealed_by <> $1";
        let values = [self.seal.key_name().into()];
        let rows =
            db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
        rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
    }

    async fn change(&self, db: &Database, now: Moment, sql: String, more: Vec<Value>) -> Result<u64, Fault> {
        let values: Vec<Value> = std::iter::once(now.unix_millis().into()).chain(more).collect();
        let tx = db.begin().await?;
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
        let done = tx.execute_raw(statement).await?;
        tx.note_job();
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    fn line(&self, row: &QueryResult, now: Moment, with_recipient: bool) -> Result<Line, Fault> {
        let id: Uuid = row.try_get("", "id")?;
        let created_at = Moment::from_unix_millis(row.try_get("", "created_at")?);
        let due_at = Moment::from_unix_millis(row.try_get("", "due_at")?);
        let payload: Vec<u8> = row.try_get("", "payload")?;
        let recipient = if with_recipient { self.recipient(id, &payload) } else { None };
        Ok(Line {
            id,
            kind: row.try_get("", "kind")?,
            lane: row.try_get("", "lane")?,
            state: row.try_get("", "state")?,
            attempts: row.try_get::<Int>("", "attempts")?.into(),
            created_at: created_at.rfc3339(),
            due_at: due_at.rfc3339(),
            age_seconds: now.since(created_at).as_secs(),
            trouble: row.try_get("", "trouble")?,
            reason: row.try_get("", "last_error")?,
            recipient,
        })
    }

    fn recipient(&self, id: Uuid, payload: &[u8]) -> Option<String> {
        let plain = self.seal.open(id.as_bytes(), payload)?;
        let job: serde_json::Value = serde_json::from_slice(&plain).ok()?;
        let letter = job.get("letter").unwrap_or(&job);
        Some(masked(letter.get("to")?.as_str()?))
    }
}

/// The first letter and the domain: enough to know a complaint by, too little to write to.
fn masked(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}…@{domain}", local.chars().take(1).collect::<String>()),
        None => "…".to_owned(),
    }
}
