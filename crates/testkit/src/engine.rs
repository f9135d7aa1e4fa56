//! The two engines that every promise must hold on, and a fresh database for each house; knows no table.
use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Where a house keeps its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// One half's database with schema and keys, made once in a process and copied for every house: making RSA keys
/// takes longer than most tests.
pub struct Template {
    name: &'static str,
    sqlite: OnceCell<Vec<u8>>,
    postgres: OnceCell<String>,
}

/// A database of one house; gone when dropped.
pub struct Ground {
    pub url: String,
    place: Place,
}

enum Place {
    /// Gone when dropped.
    Folder(#[expect(dead_code, reason = "kept for its end")] TempDir),
    Database(String),
}

impl Template {
    pub const fn new(name: &'static str) -> Self {
        Self { name, sqlite: OnceCell::const_new(), postgres: OnceCell::const_new() }
    }

    /// A copy of the template, which `lay` fills when it is first needed: it is given the URL of an empty
    /// database and leaves no connection open.
    pub async fn copy(&self, engine: Engine, lay: impl AsyncFnOnce(String)) -> Ground {
        match engine {
            Engine::Sqlite => {
                let bytes = self.sqlite.get_or_init(|| sqlite_template(lay)).await;
                let folder = folder();
                let file = folder.path().join(format!("{}.db", self.name));
                std::fs::write(&file, bytes).expect("the folder of a house can be written");
                Ground { url: sqlite_url(&file), place: Place::Folder(folder) }
            }
            Engine::Postgres => {
                let template = self.postgres.get_or_init(|| postgres_template(self.name, lay)).await;
                let name = fresh_name(self.name);
                maintain(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
                Ground { url: postgres_url(&name), place: Place::Database(name) }
            }
        }
    }
}

impl Ground {
    /// A database without tables.
    pub async fn empty(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = folder();
                Self { url: sqlite_url(&folder.path().join("empty.db")), place: Place::Folder(folder) }
            }
            Engine::Postgres => {
                let name = fresh_name("empty");
                maintain(&format!("CREATE DATABASE {name}")).await;
                Self { url: postgres_url(&name), place: Place::Database(name) }
            }
        }
    }
}

async fn sqlite_template(lay: impl AsyncFnOnce(String)) -> Vec<u8> {
    let folder = folder();
    let file = folder.path().join("template.db");
    lay(sqlite_url(&file)).await;
    let journal = file.with_extension("db-wal");
    assert!(!journal.exists(), "the template was left open: its journal is still there");
    std::fs::read(&file).expect("the template was made")
}

async fn postgres_template(half: &str, lay: impl AsyncFnOnce(String)) -> String {
    drop_leftovers().await;
    let name = fresh_name(&format!("template_{half}"));
    maintain(&format!("CREATE DATABASE {name}")).await;
    lay(postgres_url(&name)).await;
    name
}

/// Tests write a lot and keep nothing: memory serves them best.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder for a house can be made")
}

fn sqlite_url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

const PREFIX: &str = "testkit_";

fn fresh_name(half: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{PREFIX}{}_{half}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn maintenance_url() -> url::Url {
    let url = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL is set; run: cargo xtask test");
    url::Url::parse(&url).expect("TEST_POSTGRES_URL is a URL")
}

fn postgres_url(database: &str) -> String {
    let mut url = maintenance_url();
    url.set_path(database);
    url.into()
}

async fn one_connection(url: &str) -> DatabaseConnection {
    if let Some(file) = url.strip_prefix("sqlite:") {
        return platform::db::open_file(file.into());
    }
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).acquire_timeout(Duration::from_secs(30)).sqlx_logging(false);
    sea_orm::Database::connect(options).await.expect("the database answers")
}

async fn maintain(sql: &str) {
    let connection = one_connection(maintenance_url().as_str()).await;
    connection.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    connection.close().await.expect("a connection can be closed");
}

/// Databases of runs that were killed before they could clean up.
async fn drop_leftovers() {
    let connection = one_connection(maintenance_url().as_str()).await;
    let sql = format!("SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%'");
    let rows = connection
        .query_all_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sql))
        .await
        .expect("the databases can be listed");
    for name in rows.iter().filter_map(|row| row.try_get::<String>("", "datname").ok()) {
        let process = name.trim_start_matches(PREFIX).split('_').next().unwrap_or_default();
        if !Path::new("/proc").join(process).exists() {
            let _ =
                connection.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
    connection.close().await.expect("a connection can be closed");
}

impl Ground {
    /// A further connection, for looking into the tables.
    pub async fn connect(&self) -> DatabaseConnection {
        one_connection(&self.url).await
    }

    /// Runs one statement behind the programs' back.
    pub async fn execute(&self, sql: &str) {
        let connection = self.connect().await;
        connection.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        connection.close().await.expect("a connection can be closed");
    }

    /// The one number that a query answers.
    pub async fn count(&self, sql: &str) -> i64 {
        let connection = self.connect().await;
        let statement = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
        let row = connection.query_one_raw(statement).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let count = row.expect("a row").try_get_by_index(0).expect("a number");
        connection.close().await.expect("a connection can be closed");
        count
    }

    /// The file of a SQLite database.
    pub fn file(&self) -> Option<PathBuf> {
        matches!(self.place, Place::Folder(_)).then(|| self.url.trim_start_matches("sqlite:").into())
    }

    /// Takes the database away until the outage ends. SQLite: another program holds the writing lock. PostgreSQL:
    /// every connection is cut and no new one is taken.
    pub async fn take_away(&self) -> Outage {
        match &self.place {
            Place::Folder(_) => {
                let holder = self.connect().await;
                holder.execute_unprepared("BEGIN EXCLUSIVE").await.expect("nobody else is writing");
                Outage::Locked(holder)
            }
            Place::Database(name) => {
                maintain(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
                self.cut_connections().await;
                Outage::Closed(name.clone())
            }
        }
    }

    /// Keeps everybody from writing this table (SQLite: any) until the outage ends; all of it can be read.
    pub async fn hold_writing(&self, table: &str) -> Outage {
        let holder = self.connect().await;
        let hold = match &self.place {
            Place::Folder(_) => "BEGIN IMMEDIATE".to_owned(),
            Place::Database(_) => format!("BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE"),
        };
        holder.execute_unprepared(&hold).await.expect("nobody else is writing");
        Outage::Locked(holder)
    }

    /// PostgreSQL: ends every connection, as a failover would; new ones are welcome. SQLite has none to end.
    pub async fn cut_connections(&self) {
        if let Place::Database(name) = &self.place {
            maintain(&format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ))
            .await;
        }
    }

    /// Removes what the house kept.
    pub(crate) async fn clear(&self) {
        if let Place::Database(name) = &self.place {
            maintain(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

/// A database that is away.
#[must_use]
pub enum Outage {
    Locked(DatabaseConnection),
    Closed(String),
}

impl Outage {
    pub async fn end(self) {
        match self {
            Self::Locked(holder) => {
                holder.execute_unprepared("ROLLBACK").await.expect("the lock can be given back");
            }
            Self::Closed(name) => maintain(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await,
        }
    }
}
