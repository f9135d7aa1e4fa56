//! SQLite's side: what its connections have in common, readers, and a file that only its owner reads; knows no table.
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use sea_orm::DbErr;

use self::pace::Pace;
use crate::Fault;

mod connection;
mod ground;
mod pace;
mod patience;
mod readers;
mod values;

pub(super) use connection::{Connection, Mode};
pub(super) use ground::ground;
pub(super) use readers::Readers;

/// A file of SQLite's, and how its statements fare.
#[derive(Clone)]
pub(super) struct File {
    path: PathBuf,
    pace: Arc<Pace>,
}

impl fmt::Debug for File {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(out)
    }
}

impl File {
    pub fn new(path: PathBuf) -> Self {
        Self { path, pace: Arc::default() }
    }

    pub async fn open(&self, mode: Mode) -> Result<Connection, DbErr> {
        Connection::open(&self.path, mode, Arc::clone(&self.pace)).await
    }

    pub fn readers(&self, connections: u32) -> Readers {
        Readers::new(self.path.clone(), connections, Arc::clone(&self.pace))
    }

    /// Makes the file when it is absent; it, its journal and its index are for their owner alone.
    pub fn guard(&self) -> Result<(), Fault> {
        let failed = |error| Fault::unavailable(format!("{}: {error}", self.path.display()));
        make(&self.path).map_err(failed)?;
        for name in [self.path.clone(), beside(&self.path, "-wal"), beside(&self.path, "-shm")] {
            close_to_others(&name).map_err(failed)?;
        }
        Ok(())
    }
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
