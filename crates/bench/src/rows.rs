//! A database of any size: copies of rows that the product wrote itself, under ids as it makes them (UUIDs of version 7
//! in the order of time). It knows of each table what must differ from row to row, and nothing else.
use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result};
use rusqlite::OpenFlags;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};

use crate::load::many;

/// Where the rows go.
pub enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

/// So many of these grants are over since long, and wait for the sweep.
const OVER: u64 = 50;
/// A day, in milliseconds.
pub const DAY: u64 = 24 * 3_600 * 1_000;

/// Rows `from..to` of each kind, as many as are said.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub from: u64,
    pub to: u64,
    /// When the first of all was made, in milliseconds.
    pub since: u64,
}

/// Bytes on the disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bytes {
    pub account: f64,
    pub grant: f64,
}

/// The e-mail address of account `number`; spread, as people's names are.
pub fn email(number: u64) -> String {
    format!("{:08x}-{number}@many.test", scattered(number))
}

fn scattered(number: u64) -> u64 {
    number.wrapping_mul(2_654_435_761) % (1 << 32)
}

pub fn now_millis() -> u64 {
    let since = unix_time();
    u64::try_from(since.as_millis()).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "rows are dated by the clock of the machine that is measured")]
fn unix_time() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// A table, and what of a copied row is its own: columns with their SQL. `n` is the row's number.
struct Copied {
    table: &'static str,
    /// Which row is copied.
    of: &'static str,
    /// Every so many numbers one row.
    every: u64,
    own: fn(&Dialect, &Wanted) -> Vec<(&'static str, String)>,
}

const COPIED: [Copied; 3] = [
    Copied {
        table: "account",
        of: "email_key = 'bench@example.test'",
        every: 1,
        own: |dialect, wanted| {
            let address = dialect.address();
            let ids = dialect.id("a", wanted.since);
            vec![("id", ids), ("email", address.clone()), ("email_key", address)]
        },
    },
    Copied {
        table: "session",
        of: "ended_at IS NULL",
        every: 10,
        own: |dialect, wanted| {
            vec![("id", dialect.id("b", wanted.since)), ("account_id", dialect.id("a", wanted.since))]
        },
    },
    Copied {
        table: "grants",
        of: "state = 'live'",
        every: 1,
        own: |dialect, wanted| {
            let session = dialect.id("b", wanted.since);
            let live = now_millis() + 30 * DAY;
            let past = now_millis() - 3 * DAY;
            vec![
                ("id", dialect.id("c", wanted.since)),
                ("account_id", dialect.id("a", wanted.since)),
                ("session_id", format!("CASE WHEN n % 10 = 0 THEN {session} END")),
                ("ends_at", format!("CASE WHEN n % {OVER} = 7 THEN {past} + n % 1000 ELSE {live} + n END")),
            ]
        },
    },
];

/// What one person has at most: as many sessions as `[session] most_sessions` lets them, and a thousand grants.
const OF_ONE: [(Copied, u64); 2] = [
    (
        Copied {
            table: "session",
            of: "account_id = (SELECT id FROM account WHERE email_key = 'bench@example.test') AND ended_at IS NULL",
            every: 1,
            own: |dialect, wanted| vec![("id", dialect.id("d", wanted.since))],
        },
        99,
    ),
    (
        Copied {
            table: "grants",
            of: "account_id = (SELECT id FROM account WHERE email_key = 'bench@example.test') AND state = 'live'",
            every: 1,
            own: |dialect, wanted| vec![("id", dialect.id("e", wanted.since))],
        },
        1_000,
    ),
];

/// Gives the person that the bench signs in as whatever one person may have; the program may run.
pub async fn give_many(place: &Place) -> Result<()> {
    let wanted = |to| Wanted { from: 0, to, since: now_millis() };
    match place {
        Place::Sqlite(file) => {
            let connection = open(file)?;
            connection.busy_timeout(Duration::from_secs(30))?;
            let dialect = dialect_of(&connection)?;
            OF_ONE
                .iter()
                .try_for_each(|(copied, to)| copy_in_sqlite(&connection, &dialect, copied, wanted(*to)))
        }
        Place::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await?;
            for (copied, to) in &OF_ONE {
                copy_in_postgres(&mut connection, copied, wanted(*to)).await?;
            }
            Ok(())
        }
    }
}

/// How an engine writes the same thing.
enum Dialect {
    /// Ids are text there, or bytes.
    Sqlite {
        as_bytes: bool,
    },
    Postgres,
}

impl Dialect {
    /// `since + n` milliseconds, version 7, and bits that differ from number to number.
    fn id(&self, kind: &str, since: u64) -> String {
        match self {
            Self::Sqlite { as_bytes } => {
                let digits = format!(
                    "printf('%012x7{kind}008000%012x', {since} + n, (n * 2654435761) % 281474976710656)"
                );
                if *as_bytes {
                    return format!("unhex({digits})");
                }
                format!(
                    "printf('%08x-%04x-7{kind}00-8000-%012x', ({since} + n) >> 16, ({since} + n) & 65535, \
                     (n * 2654435761) % 281474976710656)"
                )
            }
            Self::Postgres => format!(
                "(lpad(to_hex({since} + n), 12, '0') || '7{kind}008000' || \
                 lpad(to_hex((n * 2654435761) % 281474976710656), 12, '0'))::uuid"
            ),
        }
    }

    fn address(&self) -> String {
        match self {
            Self::Sqlite { .. } => "printf('%08x-%d@many.test', (n * 2654435761) % 4294967296, n)".to_owned(),
            Self::Postgres => {
                "lpad(to_hex((n * 2654435761) % 4294967296), 8, '0') || '-' || n || '@many.test'".to_owned()
            }
        }
    }
}

/// `INSERT INTO t (…) SELECT …` of a row of `t`, with what is its own.
fn statement(dialect: &Dialect, copied: &Copied, columns: &[String], wanted: Wanted) -> String {
    let own = (copied.own)(dialect, &wanted);
    let value = |column: &String| {
        own.iter()
            .find(|(name, _)| name == column)
            .map_or_else(|| format!("t.{column}"), |(_, sql)| sql.clone())
    };
    let values: Vec<_> = columns.iter().map(value).collect();
    let Copied { table, of, every, .. } = copied;
    let Wanted { from, to, .. } = wanted;
    let (first, last) = (from.next_multiple_of(*every), to - 1);
    let numbers = match dialect {
        Dialect::Sqlite { .. } => format!(
            "WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + {every} FROM numbers WHERE n + {every} <= {last}) "
        ),
        Dialect::Postgres => {
            format!("WITH numbers AS (SELECT n FROM generate_series({first}::bigint, {last}, {every}) n) ")
        }
    };
    let insert = format!("INSERT INTO {table} ({}) ", columns.join(", "));
    let row = format!("(SELECT * FROM {table} WHERE {of} ORDER BY id LIMIT 1) t");
    let select = format!("SELECT {} FROM numbers CROSS JOIN {row}", values.join(", "));
    match dialect {
        Dialect::Sqlite { .. } => format!("{insert}{numbers}{select}"),
        Dialect::Postgres => format!("{numbers}{insert}{select}"),
    }
}

/// Adds the rows; the programs that use the database must not run. Answers what an account and a grant took.
pub async fn add(place: &Place, wanted: Wanted) -> Result<Bytes> {
    let number = many(wanted.to - wanted.from);
    match place {
        Place::Sqlite(file) => {
            let file = file.clone();
            tokio::task::spawn_blocking(move || add_to_sqlite(&file, wanted, number)).await?
        }
        Place::Postgres(url) => add_to_postgres(url, wanted, number).await,
    }
}

/// A database that is there.
pub fn open(file: &Path) -> Result<rusqlite::Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    rusqlite::Connection::open_with_flags(file, flags).context("the database")
}

fn add_to_sqlite(file: &Path, wanted: Wanted, number: f64) -> Result<Bytes> {
    let connection = open(file)?;
    // What is lost with the machine now is made again.
    connection.execute_batch(
        "PRAGMA synchronous = OFF; PRAGMA cache_size = -800000; PRAGMA temp_store = MEMORY;",
    )?;
    let dialect = dialect_of(&connection)?;
    let size = || -> Result<f64> {
        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);")?;
        Ok(many(std::fs::metadata(file)?.len()))
    };
    let (mut bytes, mut before) = (Bytes::default(), size()?);
    for copied in &COPIED {
        copy_in_sqlite(&connection, &dialect, copied, wanted)?;
        let after = size()?;
        bytes.note(copied.table, (after - before) / number);
        before = after;
    }
    connection.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(bytes)
}

fn dialect_of(connection: &rusqlite::Connection) -> Result<Dialect> {
    let kind: String =
        connection.query_row("SELECT typeof(id) FROM account LIMIT 1", [], |row| row.get(0))?;
    Ok(Dialect::Sqlite { as_bytes: kind == "blob" })
}

fn copy_in_sqlite(
    connection: &rusqlite::Connection,
    dialect: &Dialect,
    copied: &Copied,
    wanted: Wanted,
) -> Result<()> {
    let mut columns = Vec::new();
    let mut table = connection.prepare(&format!("PRAGMA table_info({})", copied.table))?;
    let mut rows = table.query([])?;
    while let Some(row) = rows.next()? {
        columns.push(row.get::<_, String>(1)?);
    }
    let sql = statement(dialect, copied, &columns, wanted);
    connection.execute_batch(&sql).with_context(|| sql.clone())
}

async fn copy_in_postgres(connection: &mut PgConnection, copied: &Copied, wanted: Wanted) -> Result<()> {
    let table = copied.table;
    let sql = format!(
        "SELECT column_name::text FROM information_schema.columns \
         WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
    );
    let rows = connection.fetch_all(AssertSqlSafe(sql)).await?;
    let columns = rows.iter().map(|row| row.try_get::<String, _>(0)).collect::<Result<Vec<_>, _>>()?;
    let sql = statement(&Dialect::Postgres, copied, &columns, wanted);
    connection.execute(AssertSqlSafe(sql.clone())).await.with_context(|| sql)?;
    Ok(())
}

impl Bytes {
    fn note(&mut self, table: &str, each: f64) {
        match table {
            "account" => self.account = each,
            "grants" => self.grant = each,
            _ => {}
        }
    }
}

async fn add_to_postgres(url: &str, wanted: Wanted, number: f64) -> Result<Bytes> {
    let mut connection = PgConnection::connect(url).await?;
    connection.execute("SET synchronous_commit = off").await?;
    let mut bytes = Bytes::default();
    for copied in &COPIED {
        let table = copied.table;
        let size = format!("SELECT pg_total_relation_size('{table}')");
        let before: i64 = connection.fetch_one(AssertSqlSafe(size.clone())).await?.try_get(0)?;
        copy_in_postgres(&mut connection, copied, wanted).await?;
        let after: i64 = connection.fetch_one(AssertSqlSafe(size)).await?.try_get(0)?;
        bytes.note(table, many(u64::try_from(after - before).unwrap_or_default()) / number);
    }
    // As autovacuum would have done long since.
    connection.execute("VACUUM ANALYZE").await?;
    connection.execute("CHECKPOINT").await?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_version_7_in_the_order_of_time_on_both_engines() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let ask = |as_bytes: bool, n: u64| {
            let id = Dialect::Sqlite { as_bytes }.id("a", 1_795_348_800_000);
            let of = if as_bytes { format!("lower(hex({id}))") } else { id };
            let sql = format!("SELECT {of} FROM (SELECT {n} AS n)");
            connection.query_row(&sql, [], |row| row.get::<_, String>(0)).unwrap()
        };
        assert_eq!(ask(false, 1), "01a20320-a201-7a00-8000-00009e3779b1");
        assert_eq!(ask(true, 1), ask(false, 1).replace('-', ""));
        assert!(ask(true, 70_000) > ask(true, 69_999));
    }

    #[test]
    fn the_address_of_an_account_is_known_without_asking() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let address = Dialect::Sqlite { as_bytes: false }.address();
        for n in [0, 7, 50_000_000] {
            let sql = format!("SELECT {address} FROM (SELECT {n} AS n)");
            let made: String = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
            assert_eq!(made, email(n));
        }
    }
}
