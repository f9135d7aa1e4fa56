//! Taking a copy: the database in a folder of its own first, then one file, which has its name only when it is whole.
use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{Engine, FORMAT, Half, Manifest, Undone, archive, script, text, tools};
use crate::{
    clock::Moment,
    config,
    db::{
        Database,
        copy::{Apart, Content},
    },
    secrets::Keyring,
};

/// No backup takes so long.
const LEFT: std::time::Duration = std::time::Duration::from_secs(24 * 3_600);

/// Where the file goes, and whom it is sealed to.
pub struct Target {
    pub file: PathBuf,
    /// Recipients of age (`age1…`, `ssh-ed25519 …`); none: not sealed.
    pub recipients: Vec<String>,
}

/// A copy of this moment in `target`; `keyring` opens it. Nobody is kept from
/// reading or writing meanwhile. What is there already is refused and stays.
pub async fn take(
    half: &Half,
    db: &Database,
    about: &config::Database,
    keyring: &Keyring,
    now: Moment,
    target: Target,
) -> Result<Manifest, Undone> {
    if target.file.exists() {
        return Err(Undone::refused(format!("{}: is there already, and stays", target.file.display())));
    }
    let folder = folder_of(&target.file);
    let apart = stage(half, about)?;
    let copy = apart.path().join("database");
    let (engine, Content { tables, steps }) = if db.is_sqlite() {
        db.copy_to(text(&copy)?).await?;
        (Engine::Sqlite, Apart::open(copy.clone()).content().await?)
    } else {
        (Engine::Postgres, script::write(&about.url, &copy).await?)
    };
    let mut manifest = Manifest {
        format: FORMAT,
        program: half.program.into(),
        version: half.version.into(),
        engine,
        taken_at: now.rfc3339(),
        keys: keyring.names(),
        steps,
        tables,
        bytes: 0,
        sha256: String::new(),
    };
    let mac = archive::mac(keyring);
    let write = move || {
        let (bytes, sha256) = archive::measure(&copy).map_err(Undone::file(&copy))?;
        (manifest.bytes, manifest.sha256) = (bytes, sha256);
        put(&target, &folder, |out| archive::write(out, &mac, &manifest, &copy))?;
        drop(apart);
        Ok(manifest)
    };
    tokio::task::spawn_blocking(write).await.map_err(|error| Undone::refused(error.to_string()))?
}

/// Where the database lies open until it is in its file: where it may lie open anyhow, and not where backups go, which
/// may be sealed or far away. What a run that was killed left there is removed a day later.
fn stage(half: &Half, about: &config::Database) -> Result<tempfile::TempDir, Undone> {
    let folder = about.file().map_or_else(std::env::temp_dir, |file| folder_of(&file));
    let prefix = format!(".backup-of-{}-", half.program);
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(&prefix));
        let age = entry.metadata().and_then(|about| about.modified()).ok().and_then(|at| at.elapsed().ok());
        if is_ours && age.is_some_and(|age| age > LEFT) {
            // Another run may remove it, too.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    tempfile::Builder::new().prefix(&prefix).tempdir_in(&folder).map_err(Undone::file(&folder))
}

pub(super) fn folder_of(file: &Path) -> PathBuf {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new(".")).to_owned()
}

/// Under its name only when all of it is on the disk; for its owner alone.
fn put(
    target: &Target,
    folder: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Undone> {
    let failed = || Undone::file(&target.file);
    let mut file = tempfile::Builder::new().prefix(".backup").tempfile_in(folder).map_err(failed())?;
    if target.recipients.is_empty() {
        write(file.as_file_mut()).map_err(failed())?;
    } else {
        sealed(&target.recipients, file.as_file(), write)?;
    }
    file.as_file().sync_all().map_err(failed())?;
    file.persist_noclobber(&target.file).map_err(|error| failed()(error.error))?;
    // The name itself, too.
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed())
}

fn sealed(
    recipients: &[String],
    to: &File,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Undone> {
    let mut command = Command::new("age");
    command.args(recipients.iter().flat_map(|recipient| ["-r", recipient]));
    let out = to.try_clone().map_err(|error| Undone::refused(error.to_string()))?;
    let mut age = tools::start(command.stdin(Stdio::piped()).stdout(out), "age")?;
    let written = age.stdin.take().map_or(Ok(()), |mut pipe| write(&mut pipe));
    // What age says tells more than that it went away.
    tools::finish(age, "age")?;
    written.map_err(|error| Undone::refused(format!("age: {error}")))
}
