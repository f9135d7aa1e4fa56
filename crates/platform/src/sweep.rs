//! Removing rows whose time is over: as many in each transaction as take a few milliseconds, with a pause for everybody
//! else between them; knows no table.
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::{
    Fault,
    clock::{LARGEST_STEP, Moment},
    db::Database,
};

/// The writer is held for about so long at a time, however slow the disk and large the table.
const HELD: Duration = Duration::from_millis(20);
/// So many rows at a time, as long as that holds.
const MOST: u64 = 2_000;
const LEAST: u64 = 50;
/// The writer belongs to the others for so long before the next batch.
const PAUSE: Duration = Duration::from_millis(50);

/// Which rows of a table are over: those whose `column` lies `kept` in the past. A room writes it beside its
/// queries; the column has an index.
#[derive(Clone, Copy, Debug)]
pub struct Over {
    table: &'static str,
    key: &'static str,
    /// Where the column is, when that is another table, and the key's name there.
    from: &'static str,
    from_key: &'static str,
    column: &'static str,
    kept: Duration,
    /// A further condition, as SQL.
    and: &'static str,
    /// What is set instead of removing the row, as SQL.
    set: &'static str,
}

impl Over {
    /// Rows that are worth nothing any more, a day after `column`.
    pub const fn of(table: &'static str, column: &'static str) -> Self {
        Self {
            table,
            key: "id",
            from: table,
            from_key: "id",
            column,
            kept: Duration::from_secs(24 * 3600),
            and: "",
            set: "",
        }
    }

    /// Rows that say that something was used: without them it would be good again, so they stay for as long as a
    /// clock may be wrong (FX-11).
    pub const fn uses(table: &'static str, column: &'static str) -> Self {
        Self { kept: LARGEST_STEP, ..Self::of(table, column) }
    }

    #[must_use]
    pub const fn key(self, key: &'static str) -> Self {
        Self { key, from_key: key, ..self }
    }

    #[must_use]
    pub const fn kept(self, kept: Duration) -> Self {
        Self { kept, ..self }
    }

    /// The column stands in `table`, in the row whose `key` is that of the row to be removed.
    #[must_use]
    pub const fn by(self, table: &'static str, key: &'static str) -> Self {
        Self { from: table, from_key: key, ..self }
    }

    #[must_use]
    pub const fn and(self, condition: &'static str) -> Self {
        Self { and: condition, ..self }
    }

    /// The rows stay, changed; the condition must exclude those that were.
    #[must_use]
    pub const fn setting(self, set: &'static str) -> Self {
        Self { set, ..self }
    }

    /// Removes every row that is over; answers how many there were. What has ended is refused by its own time, so
    /// nothing waits for this, and it may stop anywhere.
    pub async fn sweep(&self, db: &Database, now: Moment) -> Result<u64, Fault> {
        let (mut swept, mut most) = (0, LEAST);
        loop {
            let (these, took) = self.batch(db, now, most).await?;
            swept += these;
            if these < most {
                return Ok(swept);
            }
            most = next(most, took);
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// One transaction of it: how many rows, and how long they held the writer.
    async fn batch(&self, db: &Database, now: Moment, most: u64) -> Result<(u64, Duration), Fault> {
        let tx = db.begin().await?;
        let begun = Instant::now();
        let backend = tx.get_database_backend();
        let Self { table, key, from, from_key, column, and, set, .. } = self;
        let change = match *set {
            "" => format!("DELETE FROM {table}"),
            set => format!("UPDATE {table} SET {set}"),
        };
        let condition = if and.is_empty() { String::new() } else { format!(" AND {and}") };
        // Nodes that sweep at once take different rows.
        let skip = if backend == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "{change} WHERE {key} IN \
             (SELECT {from_key} FROM {from} WHERE {column} <= $1{condition} LIMIT {most}{skip})"
        );
        let values = [(now - self.kept).unix_millis().into()];
        let changed = tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        // What was changed is written at the end: most of the time, where rows lie far apart.
        tx.commit().await?;
        Ok((changed.rows_affected(), begun.elapsed()))
    }
}

/// How many rows to take after so many took so long: never more than twice as many, since those that were taken may
/// have lain in memory and the next do not.
fn next(most: u64, took: Duration) -> u64 {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
    let held = u64::try_from(HELD.as_micros()).unwrap_or(u64::MAX);
    let fitting = most.saturating_mul(held).checked_div(micros).unwrap_or(LEAST);
    fitting.min(most.saturating_mul(2)).clamp(LEAST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::database;

    async fn fill(db: &Database, rows: u64) {
        let sql = format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
             INSERT INTO used_once (id, ends_at) SELECT 'n' || i, i FROM n"
        );
        db.ground().execute_unprepared(&sql).await.unwrap();
    }

    const NOW: Moment = Moment::from_unix_seconds(1_795_348_800);
    const OVER: Over = Over::of("used_once", "ends_at");

    #[tokio::test]
    async fn fx_12_no_transaction_of_a_sweep_is_large() {
        let (db, _folder) = database().await;
        fill(&db, 2 * MOST + 7).await;
        assert_eq!(OVER.batch(&db, NOW, MOST).await.unwrap().0, MOST);
        assert_eq!(OVER.sweep(&db, NOW).await.unwrap(), MOST + 7);
        assert_eq!(OVER.sweep(&db, NOW).await.unwrap(), 0);
    }

    #[test]
    fn the_slower_the_rows_go_the_fewer_are_taken_at_a_time() {
        assert_eq!(next(2_000, HELD * 10), 200);
        assert_eq!(next(200, HELD / 2), 400);
        assert_eq!(next(400, HELD * 1_000), LEAST);
        assert_eq!(next(LEAST, Duration::ZERO), 2 * LEAST);
        assert_eq!(next(MOST, Duration::ZERO), MOST);
    }

    #[tokio::test]
    async fn what_is_not_over_stays_and_what_tells_of_a_use_stays_longer() {
        let (db, _folder) = database().await;
        let day = Duration::from_secs(24 * 3600);
        for (id, age) in [("new", Duration::ZERO), ("yesterday", day * 2), ("last week", day * 7)] {
            let sql =
                format!("INSERT INTO used_once (id, ends_at) VALUES ('{id}', {})", (NOW - age).unix_millis());
            db.ground().execute_unprepared(&sql).await.unwrap();
        }
        assert_eq!(Over::uses("used_once", "ends_at").sweep(&db, NOW).await.unwrap(), 1);
        assert_eq!(OVER.and("id <> 'yesterday'").sweep(&db, NOW).await.unwrap(), 0);
        assert_eq!(OVER.sweep(&db, NOW).await.unwrap(), 1);
    }
}
