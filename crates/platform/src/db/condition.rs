//! Whether the database can be worked with now: it answers, it takes writes, there is room, and its clock and ours
//! agree. What readiness, the doctor and the figures say; knows no table.
use sea_orm::{ConnectionTrait as _, DbErr, Statement};

use super::{Database, LOOK, Write, sqlite};
use crate::Fault;

/// A difference of clocks that is worth saying, in milliseconds.
const NOTABLE: i64 = 3_000;

/// Writes more than the file has free pages for, durably, and takes it away again.
const PROBE: &[&str] = &[
    "CREATE TABLE \"a write that proves\" (bulk BLOB)",
    "INSERT INTO \"a write that proves\" VALUES (zeroblob(65536))",
    "DROP TABLE \"a write that proves\"",
];

/// What keeps this node from working.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    Ready,
    /// No answer within two seconds.
    Away,
    /// It answers, and takes no writes.
    ReadOnly,
    /// A write failed, and another one now, too.
    NotWritable,
    /// Less room than `least_free_mb`.
    DiskFull,
    /// Our clock and the database's differ by more than `largest_clock_difference_seconds`.
    WrongClock,
}

impl Condition {
    /// For the answer of `/readyz`, the log and the doctor.
    pub const fn in_words(&self) -> &'static str {
        match self {
            Self::Ready => "ok",
            Self::Away => "database away",
            Self::ReadOnly => "database read-only",
            Self::NotWritable => "database not writable",
            Self::DiskFull => "disk full",
            Self::WrongClock => "clock differs from the database's",
        }
    }
}

/// One line of the doctor's.
pub struct Finding {
    pub what: &'static str,
    pub ok: bool,
    pub text: String,
}

impl Database {
    pub async fn is_ready(&self) -> bool {
        self.condition().await == Condition::Ready
    }

    /// Finds out within two seconds.
    pub async fn condition(&self) -> Condition {
        match tokio::time::timeout(LOOK, self.look()).await {
            Ok(Ok(condition)) => condition,
            Ok(Err(_)) | Err(_) => Condition::Away,
        }
    }

    async fn look(&self) -> Result<Condition, DbErr> {
        match &self.write {
            Write::Sqlite(_) => {
                self.read.execute_unprepared("SELECT 1").await?;
                if self.free_bytes().is_some_and(|free| free < self.least_free()) {
                    return Ok(Condition::DiskFull);
                }
                if self.troubles().writing_is_in_doubt() && self.prove_writing().await.is_err() {
                    return Ok(Condition::NotWritable);
                }
            }
            Write::Postgres(_) => {
                let (read_only, server) = self.server().await?;
                if read_only {
                    return Ok(Condition::ReadOnly);
                }
                self.troubles().writing_works();
                let ahead = self.clock.now().unix_millis().saturating_sub(server);
                self.troubles().set_ahead(ahead);
                let most = i64::from(self.about.largest_clock_difference_seconds) * 1000;
                if most > 0 && ahead.abs() > most {
                    return Ok(Condition::WrongClock);
                }
            }
        }
        Ok(Condition::Ready)
    }

    /// Whether PostgreSQL takes no writes, and its time in milliseconds.
    async fn server(&self) -> Result<(bool, i64), DbErr> {
        let sql = "SELECT current_setting('transaction_read_only') = 'on' AS read_only, \
                   (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS millis";
        let statement = Statement::from_string(self.read.get_database_backend(), sql);
        let row = self.read.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::Custom("no answer from the server".into()))?;
        Ok((row.try_get("", "read_only")?, row.try_get("", "millis")?))
    }

    /// Writes, durably, on the writing connection.
    async fn prove_writing(&self) -> Result<(), Fault> {
        let tx = self.begin().await?;
        for sql in PROBE {
            tx.execute_unprepared(sql).await?;
        }
        tx.commit().await?;
        self.troubles().writing_works();
        Ok(())
    }

    fn least_free(&self) -> u64 {
        u64::from(self.about.least_free_mb) * 1024 * 1024
    }

    /// Bytes that are free where SQLite's file lies.
    pub fn free_bytes(&self) -> Option<u64> {
        self.about.file().and_then(|file| sqlite::free_bytes(&file))
    }

    /// Looks at everything, and says it for the doctor.
    pub async fn examine(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut say = |what, ok, text: String| found.push(Finding { what, ok, text });
        let condition = self.condition().await;
        say("database", condition == Condition::Ready, condition.in_words().to_owned());
        if condition == Condition::Away {
            return found;
        }
        if self.is_sqlite() {
            match self.prove_writing().await {
                Ok(()) => say("writing", true, "a write was stored".into()),
                Err(fault) => say("writing", false, format!("nothing can be written: {fault}")),
            }
            if let Some(free) = self.free_bytes() {
                let mb = free / (1024 * 1024);
                let text = format!(
                    "{mb} MB free where the file lies; below {} the node is not ready",
                    self.about.least_free_mb
                );
                say("disk", free >= self.least_free(), text);
            }
        } else {
            let ahead = self.troubles().ahead();
            let text = format!("our clock is {ahead} ms ahead of the database's");
            say("clock", ahead.abs() <= NOTABLE, text);
        }
        found
    }

    /// True when the clocks differ by enough to be told.
    pub fn clock_is_notable(&self) -> bool {
        self.troubles().ahead().abs() > NOTABLE
    }
}
