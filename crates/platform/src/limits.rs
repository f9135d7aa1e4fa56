//! Stored budgets: how often something may happen, shared by all nodes; knows not what is limited.
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{ConnectionTrait, Statement};

use crate::{Fault, clock::Moment, secrets};

/// The table that [`spend`] counts in; each half has its own.
pub const TABLE: &str = "budget";

/// At most `most` times in each sliding `per`.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Part of the counter's key: two limits of one name count together.
    pub name: &'static str,
    pub most: u32,
    pub per: Duration,
}

impl Limit {
    pub const fn new(name: &'static str, most: u32, per: Duration) -> Self {
        Self { name, most, per }
    }

    /// The limit times `factor` (the setting `[limits] scale`), at least one.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        let most = (f64::from(self.most) * factor).clamp(1.0, f64::from(u32::MAX));
        Self { most: most as u32, ..self }
    }
}

/// Spends one of `who`'s budget; false when it is used up. Call it with every limit that applies.
///
/// The window slides: the previous window counts by the part of it that still lies within `per`.
/// Refused attempts stop counting at the limit, so that pressing on does not lengthen the wait.
pub async fn spend(db: &impl ConnectionTrait, now: Moment, limit: Limit, who: &str) -> Result<bool, Fault> {
    let (per, slot, key) = (window(limit), slot(now, limit), key(limit, who));
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "INSERT INTO budget (id, slot, used, used_before, ends_at) VALUES ($1, $2, 1, 0, $4) \
         ON CONFLICT (id) DO UPDATE SET \
           used_before = CASE WHEN budget.slot = excluded.slot THEN budget.used_before \
                              WHEN budget.slot = excluded.slot - 1 THEN budget.used ELSE 0 END, \
           used = CASE WHEN budget.slot <> excluded.slot THEN 1 \
                       WHEN budget.used > $3 THEN budget.used ELSE budget.used + 1 END, \
           slot = excluded.slot, ends_at = excluded.ends_at \
         RETURNING used, used_before",
        [
            key.into(),
            slot.into(),
            i64::from(limit.most).into(),
            slot.saturating_add(2).saturating_mul(per).into(),
        ],
    );
    let row = db.query_one_raw(statement).await?.ok_or_else(|| Fault::bug("a budget gave no row"))?;
    let (used, before): (i64, i64) = (row.try_get("", "used")?, row.try_get("", "used_before")?);
    let left_of_window = 1.0 - (now.unix_millis().rem_euclid(per) as f64 / per as f64);
    Ok(used as f64 + (before.min(i64::from(limit.most)) as f64 * left_of_window).floor()
        <= f64::from(limit.most))
}

/// Whether [`spend`] would be true now: a look before anything is written, so that a refusal costs no write. Spending
/// decides; two who look at once may find that only one of them gets through.
pub async fn has_room(
    db: &impl ConnectionTrait,
    now: Moment,
    limit: Limit,
    who: &str,
) -> Result<bool, Fault> {
    let (per, slot, key) = (window(limit), slot(now, limit), key(limit, who));
    let sql = "SELECT slot, used, used_before FROM budget WHERE id = $1";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [key.into()]);
    let Some(row) = db.query_one_raw(statement).await? else { return Ok(limit.most > 0) };
    let (at, used, before): (i64, i64, i64) =
        (row.try_get("", "slot")?, row.try_get("", "used")?, row.try_get("", "used_before")?);
    let (used, before) = match slot.saturating_sub(at) {
        // A counter of the future is another node's clock: it counts as of now.
        ..=0 => (used, before),
        1 => (0, used),
        _ => (0, 0),
    };
    let left_of_window = 1.0 - (now.unix_millis().rem_euclid(per) as f64 / per as f64);
    Ok(used as f64 + 1.0 + (before.min(i64::from(limit.most)) as f64 * left_of_window).floor()
        <= f64::from(limit.most))
}

/// Gives back what [`spend`] took from the present window, for an attempt that turned out to be harmless
/// (a right password is no guess).
pub async fn refund(db: &impl ConnectionTrait, now: Moment, limit: Limit, who: &str) -> Result<(), Fault> {
    let (key, slot) = (key(limit, who), slot(now, limit));
    let sql = "UPDATE budget SET used = used - 1 WHERE id = $1 AND slot = $2 AND used > 0";
    let values = [key.into(), slot.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Milliseconds of a limit's window.
fn window(limit: Limit) -> i64 {
    i64::try_from(limit.per.as_millis()).unwrap_or(i64::MAX).max(1)
}

fn slot(now: Moment, limit: Limit) -> i64 {
    now.unix_millis().div_euclid(window(limit))
}

/// Hashed: an address or a name has no place in a counter table.
fn key(limit: Limit, who: &str) -> String {
    let text = format!("{}\0{}\0{who}", limit.name, window(limit));
    URL_SAFE_NO_PAD.encode(secrets::digest(text.as_bytes()))
}

/// Removes counters whose windows are over.
pub async fn drop_expired(db: &impl ConnectionTrait, now: Moment) -> Result<u64, Fault> {
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "DELETE FROM budget WHERE ends_at < $1",
        [now.unix_millis().into()],
    );
    Ok(db.execute_raw(statement).await?.rows_affected())
}

#[cfg(test)]
mod tests;
