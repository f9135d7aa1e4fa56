//! One moment of a database for a copy, and looking at a copy before anybody works on it.
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement,
    sqlx::{self, AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _},
};

use super::{Database, link::connecting, open_file};
use crate::Fault;

const TABLES_OF_SQLITE: &str =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
const TABLES_OF_POSTGRES: &str = "SELECT table_name::text AS name FROM information_schema.tables \
                                  WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'";
const STEPS: &str = "SELECT version FROM seaql_migrations ORDER BY version";

const REMOVE_ALL: &str = "DO $$ DECLARE one record; BEGIN \
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP \
        EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', one.tablename); END LOOP; \
    FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
        WHERE n.nspname = current_schema() AND NOT EXISTS \
        (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP \
        EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', one.name); END LOOP; END $$";

/// What stands in a database.
#[derive(Debug)]
pub struct Content {
    /// Rows in each table.
    pub tables: BTreeMap<String, u64>,
    /// The schema's steps.
    pub steps: Vec<String>,
}

impl Database {
    /// SQLite: one moment of it in a file of its own, packed; readers and writers go on meanwhile. `to` must be new.
    pub async fn copy_to(&self, to: &str) -> Result<(), Fault> {
        self.ground().execute_unprepared(&format!("VACUUM INTO '{}'", to.replace('\'', "''"))).await?;
        Ok(())
    }

    /// True where nobody laid tables.
    pub async fn is_empty(&self) -> Result<bool, Fault> {
        Ok(count(&self.ground()).await?.is_empty())
    }

    /// PostgreSQL: every table and function of the schema goes; for a place that was empty when this program found it.
    pub async fn remove_all(&self) -> Result<(), Fault> {
        self.ground().execute_unprepared(REMOVE_ALL).await?;
        Ok(())
    }
}

/// A file of SQLite's that nobody serves from.
pub struct Apart(DatabaseConnection);

impl Apart {
    pub fn open(file: PathBuf) -> Self {
        Self(open_file(file))
    }

    pub async fn content(&self) -> Result<Content, Fault> {
        let rows = self.0.query_all_raw(Statement::from_string(DbBackend::Sqlite, STEPS)).await?;
        let steps = rows.iter().map(|row| row.try_get("", "version")).collect::<Result<_, _>>()?;
        Ok(Content { tables: count(&self.0).await?, steps })
    }

    /// True where nobody laid tables.
    pub async fn is_empty(&self) -> Result<bool, Fault> {
        Ok(count(&self.0).await?.is_empty())
    }

    /// What is damaged about it, read page by page.
    pub async fn damage(&self) -> Result<Option<String>, Fault> {
        let ask =
            async |sql: &str| self.0.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await;
        let said = ask("SELECT integrity_check AS said FROM pragma_integrity_check LIMIT 3").await?;
        let said: Vec<String> = said.iter().map(|row| row.try_get("", "said")).collect::<Result<_, _>>()?;
        if said != ["ok"] {
            return Ok(Some(said.join("; ")));
        }
        let lost = ask("SELECT 1 AS one FROM pragma_foreign_key_check LIMIT 1").await?;
        Ok((!lost.is_empty()).then(|| "a row names another that is not there".into()))
    }

    pub async fn execute(&self, sql: &str) -> Result<(), Fault> {
        self.0.execute_unprepared(sql).await?;
        Ok(())
    }
}

async fn count(db: &DatabaseConnection) -> Result<BTreeMap<String, u64>, DbErr> {
    let backend = db.get_database_backend();
    let tables = match backend {
        DbBackend::Postgres => TABLES_OF_POSTGRES,
        _ => TABLES_OF_SQLITE,
    };
    let mut counted = BTreeMap::new();
    for row in db.query_all_raw(Statement::from_string(backend, tables)).await? {
        let name: String = row.try_get("", "name")?;
        let sql = format!("SELECT count(*) AS number FROM \"{name}\"");
        let row = db.query_one_raw(Statement::from_string(backend, sql)).await?;
        let number: i64 = row.map_or(Ok(0), |row| row.try_get("", "number"))?;
        counted.insert(name, u64::try_from(number).unwrap_or_default());
    }
    Ok(counted)
}

/// One moment of a database of PostgreSQL's, held for its own programs as long as this lives.
pub struct Snapshot {
    /// What `pg_dump --snapshot` takes.
    pub name: String,
    pub content: Content,
    _held: PgConnection,
}

impl Snapshot {
    pub async fn hold(url: &str) -> Result<Self, Fault> {
        Ok(Self::of(url).await.map_err(connecting)?)
    }

    async fn of(url: &str) -> Result<Self, sqlx::Error> {
        let mut connection = PgConnection::connect(url).await?;
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0; \
                     SET LOCAL idle_in_transaction_session_timeout = 0";
        connection.execute(sqlx::raw_sql(begin)).await?;
        let name = connection.fetch_one("SELECT pg_export_snapshot()").await?.try_get(0)?;
        let mut tables = BTreeMap::new();
        for row in connection.fetch_all(TABLES_OF_POSTGRES).await? {
            let name: String = row.try_get(0)?;
            let sql = AssertSqlSafe(format!("SELECT count(*) FROM \"{name}\""));
            let number: i64 = connection.fetch_one(sql).await?.try_get(0)?;
            tables.insert(name, u64::try_from(number).unwrap_or_default());
        }
        let rows = connection.fetch_all(STEPS).await?;
        let steps = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        Ok(Self { name, content: Content { tables, steps }, _held: connection })
    }
}

/// A database beside this one on the same server; whoever made it removes it. Answers its URL.
pub async fn make_beside(url: &str, name: &str) -> Result<String, Fault> {
    on_server(url, format!("CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")).await?;
    let mut there = url::Url::parse(url).map_err(Fault::bug)?;
    there.set_path(name);
    Ok(there.into())
}

pub async fn remove_beside(url: &str, name: &str) -> Result<(), Fault> {
    on_server(url, format!("DROP DATABASE IF EXISTS \"{name}\"")).await
}

async fn on_server(url: &str, sql: String) -> Result<(), Fault> {
    let mut connection = PgConnection::connect(url).await.map_err(connecting)?;
    let done = connection.execute(AssertSqlSafe(sql)).await.map(drop);
    connection.close().await.map_err(connecting)?;
    Ok(done.map_err(connecting)?)
}

/// Where nobody laid tables, and no program has its journal open; otherwise why not.
pub async fn refusal_to_lay(place: &Path) -> Result<Option<String>, Fault> {
    for end in ["-wal", "-shm"] {
        let beside = PathBuf::from(format!("{}{end}", place.display()));
        if std::fs::metadata(&beside).is_ok_and(|about| about.len() > 0) {
            return Ok(Some(format!("{}: a database is in use here, or was cut off", beside.display())));
        }
    }
    let has_bytes = std::fs::metadata(place).is_ok_and(|about| about.len() > 0);
    if has_bytes && !Apart::open(place.to_owned()).is_empty().await? {
        return Ok(Some(format!(
            "{}: has tables already, and keeps them: name an empty place",
            place.display()
        )));
    }
    Ok(None)
}
