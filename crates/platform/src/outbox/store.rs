//! The queries of the worker: leasing, settling, giving back, forgetting.
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use uuid::Uuid;

use super::lanes::Room;
use crate::{
    Fault,
    clock::Moment,
    db::{Int, Tx},
    sweep::Over,
};

/// A job that this worker holds until `until`.
pub(super) struct Leased {
    pub id: Uuid,
    pub kind: String,
    pub lane: String,
    pub payload: Vec<u8>,
    pub attempts: i32,
    pub created_at: Moment,
    pub expires_at: Option<Moment>,
    pub last_error: Option<String>,
    pub trouble: bool,
    pub until: Moment,
}

/// What is asked for in one go.
pub(super) struct Wanted<'a> {
    pub kinds: &'a [&'static str],
    pub keys: &'a [String],
    pub room: &'a Room,
    /// At most so many of one lane.
    pub step: usize,
}

/// Leases at most so many rows in one go.
const BATCH: usize = 32;
/// Looks at so many rows to find lanes with room.
const LOOKED_AT: usize = 2000;

/// Numbers `values` on from what stands in `all`, and adds them.
fn listed(all: &mut Vec<Value>, values: impl IntoIterator<Item = impl Into<Value>>) -> String {
    let mut places = Vec::new();
    for value in values {
        all.push(value.into());
        places.push(format!("${}", all.len()));
    }
    places.join(", ")
}

/// The kinds of which something is due.
pub(super) async fn list_due_kinds(db: &impl ConnectionTrait, now: Moment) -> Result<Vec<String>, Fault> {
    let sql = "SELECT DISTINCT kind FROM outbox WHERE state = 'due' AND due_at <= $1 AND lease_until <= $1";
    let statement =
        Statement::from_sql_and_values(db.get_database_backend(), sql, [now.unix_millis().into()]);
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok(row.try_get("", "kind")?)).collect()
}

/// Takes what is due, the longest due first, some of each lane, and nothing that only another node can read.
pub(super) async fn lease(
    tx: &Tx,
    now: Moment,
    until: Moment,
    wanted: &Wanted<'_>,
) -> Result<Vec<Leased>, Fault> {
    let backend = tx.get_database_backend();
    // PostgreSQL: nodes skip each other's rows. SQLite has one writer, so nothing to skip.
    let skip = if backend == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let mut values: Vec<Value> = vec![now.unix_millis().into(), until.unix_millis().into()];
    let kinds = listed(&mut values, wanted.kinds.iter().copied());
    let keys = listed(&mut values, wanted.keys.iter().cloned().chain([String::new()]));
    let full = match wanted.room.full.as_slice() {
        [] => String::new(),
        full => format!("AND lane NOT IN ({})", listed(&mut values, full.iter().cloned())),
    };
    let due = "state = 'due' AND due_at <= $1 AND lease_until <= $1";
    let (step, most) = (wanted.step, wanted.room.most.min(BATCH));
    let sql = format!(
        "UPDATE outbox SET lease_until = $2, attempts = attempts + 1 WHERE id IN \
         (SELECT id FROM outbox WHERE {due} AND id IN \
          (SELECT id FROM (SELECT id, due_at, ROW_NUMBER() OVER (PARTITION BY lane ORDER BY due_at, id) AS place \
            FROM (SELECT id, lane, due_at FROM outbox WHERE {due} AND kind IN ({kinds}) \
             AND sealed_by IN ({keys}) {full} ORDER BY due_at, id LIMIT {LOOKED_AT}) AS looked_at) AS placed \
           WHERE place <= {step} ORDER BY due_at, id LIMIT {most}) {skip}) \
         RETURNING id, kind, lane, payload, attempts, created_at, expires_at, last_error, trouble"
    );
    let rows = tx.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    rows.iter().map(|row| leased(row, until)).collect()
}

fn leased(row: &QueryResult, until: Moment) -> Result<Leased, Fault> {
    let expires_at: Option<i64> = row.try_get("", "expires_at")?;
    Ok(Leased {
        id: row.try_get("", "id")?,
        kind: row.try_get("", "kind")?,
        lane: row.try_get("", "lane")?,
        payload: row.try_get("", "payload")?,
        attempts: row.try_get::<Int>("", "attempts")?.into(),
        created_at: Moment::from_unix_millis(row.try_get("", "created_at")?),
        expires_at: expires_at.map(Moment::from_unix_millis),
        last_error: row.try_get("", "last_error")?,
        trouble: row.try_get("", "trouble")?,
        until,
    })
}

pub(super) async fn drop_done(tx: &Tx, id: Uuid) -> Result<(), Fault> {
    let sql = "DELETE FROM outbox WHERE id = $1";
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, [id.into()])).await?;
    Ok(())
}

/// Notes how an attempt failed, unless the lease ran out and another worker has the job: false then.
pub(super) async fn set_failed(
    tx: &Tx,
    job: &Leased,
    state: &str,
    due_at: Moment,
    trouble: bool,
    error: &str,
) -> Result<bool, Fault> {
    let sql = "UPDATE outbox SET state = $3, due_at = $4, lease_until = 0, last_error = $5, trouble = $6 \
               WHERE id = $1 AND lease_until = $2";
    let error: String = error.chars().take(500).collect();
    let values = [
        job.id.into(),
        job.until.unix_millis().into(),
        state.into(),
        due_at.unix_millis().into(),
        error.into(),
        trouble.into(),
    ];
    let done = tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(done.rows_affected() == 1)
}

/// The newest job of this kind and lane that is not due yet, locked until the transaction ends.
pub(super) async fn find_waiting(
    tx: &Tx,
    now: Moment,
    kind: &str,
    lane: &str,
) -> Result<Option<(Uuid, Vec<u8>)>, Fault> {
    let backend = tx.get_database_backend();
    let lock = if backend == DbBackend::Postgres { "FOR UPDATE" } else { "" };
    let sql = format!(
        "SELECT id, payload FROM outbox WHERE state = 'due' AND kind = $1 AND lane = $2 AND due_at > $3 \
         AND attempts = 0 ORDER BY due_at DESC, id DESC LIMIT 1 {lock}"
    );
    let values = [kind.into(), lane.into(), now.unix_millis().into()];
    let row = tx.query_one_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    row.map(|row| Ok((row.try_get("", "id")?, row.try_get("", "payload")?))).transpose()
}

pub(super) async fn set_payload(tx: &Tx, id: Uuid, payload: Vec<u8>, key_name: &str) -> Result<(), Fault> {
    let sql = "UPDATE outbox SET payload = $2, sealed_by = $3 WHERE id = $1";
    let values = [id.into(), payload.into(), key_name.into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Makes a job due again as if it had not been begun.
pub(super) async fn give_back(tx: &Tx, id: Uuid, until: Moment) -> Result<(), Fault> {
    let sql = "UPDATE outbox SET lease_until = 0, attempts = attempts - 1 WHERE id = $1 AND lease_until = $2";
    let values = [id.into(), until.unix_millis().into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// What was given up and has been kept for long enough.
pub fn given_up_over(kept: Duration) -> Over {
    Over::of("outbox", "due_at").and("state = 'given_up'").kept(kept)
}
