//! Removing rows whose time is over: a few thousand in each transaction, with a pause for everybody else between
//! them; knows no table.
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::{
    Fault,
    clock::{LARGEST_STEP, Moment},
    db::Database,
};

/// So many rows are over in a few milliseconds, on a slow disk too.
const BATCH: u64 = 2_000;
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
        let mut swept = 0;
        loop {
            let these = self.batch(db, now).await?;
            swept += these;
            if these < BATCH {
                return Ok(swept);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// One transaction of it.
    async fn batch(&self, db: &Database, now: Moment) -> Result<u64, Fault> {
        let tx = db.begin().await?;
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
             (SELECT {from_key} FROM {from} WHERE {column} <= $1{condition} LIMIT {BATCH}{skip})"
        );
        let values = [(now - self.kept).unix_millis().into()];
        let changed = tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        tx.commit().await?;
        Ok(changed.rows_affected())
    }
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
        db.writer().execute_unprepared(&sql).await.unwrap();
    }

    const NOW: Moment = Moment::from_unix_seconds(1_795_348_800);
    const OVER: Over = Over::of("used_once", "ends_at");

    #[tokio::test]
    async fn fx_12_no_transaction_of_a_sweep_is_large() {
        let (db, _folder) = database().await;
        fill(&db, 2 * BATCH + 7).await;
        assert_eq!(OVER.batch(&db, NOW).await.unwrap(), BATCH);
        assert_eq!(OVER.sweep(&db, NOW).await.unwrap(), BATCH + 7);
        assert_eq!(OVER.sweep(&db, NOW).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn what_is_not_over_stays_and_what_tells_of_a_use_stays_longer() {
        let (db, _folder) = database().await;
        let day = Duration::from_secs(24 * 3600);
        for (id, age) in [("new", Duration::ZERO), ("yesterday", day * 2), ("last week", day * 7)] {
            let sql =
                format!("INSERT INTO used_once (id, ends_at) VALUES ('{id}', {})", (NOW - age).unix_millis());
            db.writer().execute_unprepared(&sql).await.unwrap();
        }
        assert_eq!(Over::uses("used_once", "ends_at").sweep(&db, NOW).await.unwrap(), 1);
        assert_eq!(OVER.and("id <> 'yesterday'").sweep(&db, NOW).await.unwrap(), 0);
        assert_eq!(OVER.sweep(&db, NOW).await.unwrap(), 1);
    }
}
