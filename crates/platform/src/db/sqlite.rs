//! SQLite's side: what its connections have in common, readers, and a file that only its owner reads; knows no table.
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{
    DatabaseConnection, DbErr, SqlxSqliteConnector,
    sqlx::{
        ConnectOptions as _,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};

use super::{line::PATIENCE, link::connecting};
use crate::Fault;

/// What all connections to a file have in common. Commits are durable: the journal is synchronised at each.
pub(super) fn options(url: &str) -> Result<SqliteConnectOptions, DbErr> {
    let options: SqliteConnectOptions = url.parse().map_err(connecting)?;
    Ok(options
        .busy_timeout(PATIENCE)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", "4000")
        .pragma("cache_size", "-16000")
        .disable_statement_logging())
}

pub(super) fn writing(options: &SqliteConnectOptions) -> SqliteConnectOptions {
    options.clone().create_if_missing(true).journal_mode(SqliteJournalMode::Wal)
}

pub(super) async fn readers(
    options: &SqliteConnectOptions,
    connections: u32,
) -> Result<DatabaseConnection, DbErr> {
    let pool = SqlitePoolOptions::new()
        .max_connections(connections.max(1))
        .min_connections(1)
        .acquire_timeout(PATIENCE)
        .connect_with(options.clone().read_only(true))
        .await
        .map_err(connecting)?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

/// A connection for migrations, opened when it is first asked for and closed soon after.
pub(super) fn ground(options: &SqliteConnectOptions) -> DatabaseConnection {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(0)
        .acquire_timeout(PATIENCE)
        .idle_timeout(Duration::from_secs(10))
        .connect_lazy_with(writing(options));
    SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)
}

/// Makes the file when it is absent; it, its journal and its index are for their owner alone.
pub(super) fn guard(options: &SqliteConnectOptions) -> Result<(), Fault> {
    let file = options.get_filename();
    if file.as_os_str().is_empty() || file.as_os_str() == ":memory:" {
        return Ok(());
    }
    let failed = |error| Fault::unavailable(format!("{}: {error}", file.display()));
    make(file).map_err(failed)?;
    for name in [file.to_owned(), beside(file, "-wal"), beside(file, "-shm")] {
        close_to_others(&name).map_err(failed)?;
    }
    Ok(())
}

fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// SQLite gives its journal and index the permissions of the file.
fn make(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// Of an older version, or made by hand.
#[cfg(unix)]
fn close_to_others(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(about) = std::fs::metadata(file) else { return Ok(()) };
    if about.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    tracing::warn!(file = %file.display(), "Others could read the database; now its owner alone can");
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Bytes that are free where the file lies; `None` where nobody can say.
#[cfg(unix)]
pub(super) fn free_bytes(file: &Path) -> Option<u64> {
    let about = rustix::fs::statvfs(file).ok()?;
    Some(about.f_bavail.saturating_mul(about.f_frsize))
}

#[cfg(not(unix))]
pub(super) fn free_bytes(_: &Path) -> Option<u64> {
    None
}
