//! Stored budgets: how often something may happen, shared by all nodes; knows not what is limited.
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::{ConnectionTrait, Statement};

use crate::{Fault, clock::Moment, secrets, sweep::Over};

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
/// The window slides: the previous window counts by the part of it that still lies within `per`. What is refused
/// writes nothing, so that pressing on neither lengthens the wait nor costs anything. The row itself decides, in
/// one statement, so that parallel callers on any node get no more than there is. A slot never goes back: a node
/// whose clock is behind counts in the newest window that any node began.
pub async fn spend(db: &impl ConnectionTrait, now: Moment, limit: Limit, who: &str) -> Result<bool, Fault> {
    let (per, slot, key) = (window(limit), slot(now, limit), key(limit, who));
    if limit.most == 0 {
        return Ok(false);
    }
    // $3 most, $5 what is left of this window, $6 the window; an older row's windows have slid away in part.
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "INSERT INTO budget (id, slot, used, used_before, ends_at) VALUES ($1, $2, 1, 0, $4) \
         ON CONFLICT (id) DO UPDATE SET \
           used_before = CASE WHEN budget.slot >= excluded.slot THEN budget.used_before \
                              WHEN budget.slot = excluded.slot - 1 THEN budget.used ELSE 0 END, \
           used = CASE WHEN budget.slot >= excluded.slot THEN budget.used + 1 ELSE 1 END, \
           slot = CASE WHEN budget.slot > excluded.slot THEN budget.slot ELSE excluded.slot END, \
           ends_at = CASE WHEN budget.slot > excluded.slot THEN budget.ends_at ELSE excluded.ends_at END \
         WHERE CASE \
           WHEN budget.slot > excluded.slot THEN budget.used + 1 + \
             CASE WHEN budget.used_before < $3 THEN budget.used_before ELSE $3 END \
           WHEN budget.slot = excluded.slot THEN budget.used + 1 + \
             CASE WHEN budget.used_before < $3 THEN budget.used_before ELSE $3 END * $5 / $6 \
           WHEN budget.slot = excluded.slot - 1 THEN 1 + \
             CASE WHEN budget.used < $3 THEN budget.used ELSE $3 END * $5 / $6 \
           ELSE 1 END <= $3 \
         RETURNING used",
        [
            key.into(),
            slot.into(),
            i64::from(limit.most.min(MOST)).into(),
            slot.saturating_add(2).saturating_mul(per).into(),
            (per - now.unix_millis().rem_euclid(per)).into(),
            per.into(),
        ],
    );
    Ok(db.query_one_raw(statement).await?.is_some())
}

/// A budget that is used up, and when it is not any more: the next whole minute, as pages tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedUp {
    pub until: Moment,
}

impl UsedUp {
    /// Of two budgets that are both needed.
    #[must_use]
    pub fn or_later(self, other: Self) -> Self {
        if other.until > self.until { other } else { self }
    }
}

/// [`spend`], for whoever is told when to try again.
pub async fn spend_or_wait(
    db: &impl ConnectionTrait,
    now: Moment,
    limit: Limit,
    who: &str,
) -> Result<Result<(), UsedUp>, Fault> {
    if spend(db, now, limit, who).await? { Ok(Ok(())) } else { used_up(db, now, limit, who).await.map(Err) }
}

/// [`has_room`], for whoever is told when to try again.
pub async fn room_or_wait(
    db: &impl ConnectionTrait,
    now: Moment,
    limit: Limit,
    who: &str,
) -> Result<Result<(), UsedUp>, Fault> {
    if has_room(db, now, limit, who).await? {
        Ok(Ok(()))
    } else {
        used_up(db, now, limit, who).await.map(Err)
    }
}

async fn used_up(db: &impl ConnectionTrait, now: Moment, limit: Limit, who: &str) -> Result<UsedUp, Fault> {
    let row = find(db, limit, who).await?;
    let wait = row.map_or(0, |row| wait(now, limit, row)).max(1);
    let minute = 60_000;
    let until = now.unix_millis().saturating_add(wait).saturating_add(minute - 1).div_euclid(minute);
    Ok(UsedUp { until: Moment::from_unix_millis(until.saturating_mul(minute)) })
}

/// Milliseconds until a counter has room, if nothing else spends of it.
fn wait(now: Moment, limit: Limit, (at, used, before): Row) -> i64 {
    let (per, slot, most) = (window(limit), slot(now, limit), i64::from(limit.most.min(MOST)));
    let left = per - now.unix_millis().rem_euclid(per);
    // How long until what slid away of these leaves room for one more beside `others`; `None`: not in this window.
    let slides = |count: i64, others: i64, left: i64| {
        let count = count.min(most);
        let room = most - 1 - others;
        if room < 0 {
            return None;
        }
        let enough = if count == 0 { left } else { (room + 1).saturating_mul(per).saturating_sub(1) / count };
        Some((left - enough).max(0)).filter(|wait| *wait < left)
    };
    let after_this = |used: i64| left.saturating_add(slides(used, 0, per).unwrap_or(0));
    match slot.saturating_sub(at) {
        // Begun by a node whose clock is ahead: its windows must come first.
        ahead @ ..0 => ahead.saturating_neg().saturating_mul(per).saturating_add(after_this(used)),
        0 => slides(before, used, left).unwrap_or_else(|| after_this(used)),
        1 => slides(used, 0, left).unwrap_or(left),
        _ => 0,
    }
}

/// Window, used in it, used in the one before.
type Row = (i64, i64, i64);

async fn find(db: &impl ConnectionTrait, limit: Limit, who: &str) -> Result<Option<Row>, Fault> {
    let sql = "SELECT slot, used, used_before FROM budget WHERE id = $1";
    let values = [key(limit, who).into()];
    let row =
        db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((row.try_get("", "slot")?, row.try_get("", "used")?, row.try_get("", "used_before")?)))
}

/// A larger limit is none; times the longest window it is still a number that both engines know.
const MOST: u32 = 100_000_000;

/// Whether [`spend`] would be true now, by its own arithmetic: a look that needs no writer, for what is refused by the
/// thousand. Spending decides; of two who look at once perhaps only one gets through.
pub async fn has_room(
    db: &impl ConnectionTrait,
    now: Moment,
    limit: Limit,
    who: &str,
) -> Result<bool, Fault> {
    Ok(Counter(find(db, limit, who).await?).has_room(now, limit))
}

/// What was spent of a budget, as it was read.
#[derive(Clone, Copy, Debug)]
pub struct Counter(Option<Row>);

impl Counter {
    /// As [`has_room`]; how many there may be is the limit's word, not the counter's.
    pub fn has_room(&self, now: Moment, limit: Limit) -> bool {
        let (per, slot, most) = (window(limit), slot(now, limit), i64::from(limit.most.min(MOST)));
        let Some((at, used, before)) = self.0 else { return most > 0 };
        let left = per - now.unix_millis().rem_euclid(per);
        let sliding = |count: i64| count.min(most).saturating_mul(left) / per;
        let counted = match slot.saturating_sub(at) {
            ..0 => used + before.min(most),
            0 => used + sliding(before),
            1 => sliding(used),
            _ => 0,
        };
        counted < most
    }
}

/// Several counters in one question, in the order in which they are asked for.
pub async fn counters(db: &impl ConnectionTrait, of: &[(Limit, &str)]) -> Result<Vec<Counter>, Fault> {
    let keys: Vec<_> = of.iter().map(|(limit, who)| key(*limit, who)).collect();
    let places: Vec<_> = (1..=keys.len()).map(|place| format!("${place}")).collect();
    let sql = format!("SELECT id, slot, used, used_before FROM budget WHERE id IN ({})", places.join(", "));
    let values = keys.iter().map(|key| key.as_str().into());
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let mut rows = Vec::new();
    for row in db.query_all_raw(statement).await? {
        let counter = (row.try_get("", "slot")?, row.try_get("", "used")?, row.try_get("", "used_before")?);
        rows.push((row.try_get::<String>("", "id")?, counter));
    }
    let of_key = |key| Counter(rows.iter().find(|(id, _)| id == key).map(|(_, row)| *row));
    Ok(keys.iter().map(of_key).collect())
}

/// Gives back what [`spend`] took from the present window, for an attempt that turned out to be harmless
/// (a right password is no guess).
pub async fn refund(db: &impl ConnectionTrait, now: Moment, limit: Limit, who: &str) -> Result<(), Fault> {
    let (key, slot) = (key(limit, who), slot(now, limit));
    let sql = "UPDATE budget SET used = used - 1 WHERE id = $1 AND slot >= $2 AND used > 0";
    let values = [key.into(), slot.into()];
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Milliseconds of a limit's window.
fn window(limit: Limit) -> i64 {
    i64::try_from(limit.per.as_millis()).unwrap_or(i64::MAX).clamp(1, 366 * 24 * 3_600_000)
}

fn slot(now: Moment, limit: Limit) -> i64 {
    now.unix_millis().div_euclid(window(limit))
}

/// Hashed: an address or a name has no place in a counter table.
fn key(limit: Limit, who: &str) -> String {
    let text = format!("{}\0{}\0{who}", limit.name, window(limit));
    URL_SAFE_NO_PAD.encode(secrets::digest(text.as_bytes()))
}

/// Counters whose windows are over, by every clock that is not wilder than we bear.
pub const OVER: Over = Over::uses(TABLE, "ends_at");

#[cfg(test)]
mod tests;
