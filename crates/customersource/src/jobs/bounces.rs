//! Reports in a mailbox folder (Maildir): what is new is read, and moved to `cur` as seen. The mail server drops them
//! there (`bounces+*` → a Maildir); any number of nodes may look into one folder.
use std::{
    io::Read as _,
    path::{Path, PathBuf},
    time::Duration,
};

use platform::{
    Fault,
    timed::{self, Next},
};
use tokio_util::sync::CancellationToken;

use crate::{Portal, bounce};

const EVERY: Duration = Duration::from_secs(30);
/// So many are read in one round.
const MOST: usize = 200;

pub async fn run(portal: Portal, stop: CancellationToken) {
    let Some(folder) = portal.settings.bounces.folder() else { return };
    let round = |(portal, folder): (Portal, PathBuf)| async move {
        once(&portal, &folder).await.map(|_| Next::InTime)
    };
    timed::run("returned mail", EVERY, (portal, folder), stop, round).await;
}

/// One round; answers how many messages were read.
pub async fn once(portal: &Portal, folder: &Path) -> Result<usize, Fault> {
    let fresh = list(folder.join("new")).await?;
    let count = fresh.len();
    for path in fresh {
        let Some(raw) = read(path.clone()).await? else { continue };
        let tx = portal.db.begin().await?;
        let taken = bounce::actions::read_and_take(&tx, portal.clock.now(), &raw).await?;
        tx.commit().await?;
        tracing::info!(what = taken.text(), "A message came back");
        put_away(folder, &path).await?;
    }
    Ok(count)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    Fault::unavailable(format!("{}: {error}", path.display()))
}

async fn list(folder: PathBuf) -> Result<Vec<PathBuf>, Fault> {
    let work = move || -> Result<Vec<PathBuf>, Fault> {
        let all = std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
        let files =
            all.filter_map(Result::ok).filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        let mut files: Vec<PathBuf> = files.map(|entry| entry.path()).take(MOST).collect();
        files.sort();
        Ok(files)
    };
    tokio::task::spawn_blocking(work).await.map_err(Fault::bug)?
}

/// As much as is looked at; `None` when another node was faster.
async fn read(path: PathBuf) -> Result<Option<Vec<u8>>, Fault> {
    let work = move || {
        let file = match std::fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(&path, &error)),
        };
        let mut raw = Vec::new();
        let most = bounce::LARGEST as u64;
        file.take(most).read_to_end(&mut raw).map_err(|error| unreadable(&path, &error))?;
        Ok(Some(raw))
    };
    tokio::task::spawn_blocking(work).await.map_err(Fault::bug)?
}

/// Into `cur`, with the mark of what was seen (`:2,S`).
async fn put_away(folder: &Path, path: &Path) -> Result<(), Fault> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Ok(()) };
    let to = folder.join("cur").join(format!("{}:2,S", name.split(':').next().unwrap_or(name)));
    match tokio::fs::rename(path, &to).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(unreadable(&to, &error)),
        _ => Ok(()),
    }
}
