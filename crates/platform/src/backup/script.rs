//! A database of PostgreSQL's as a script of its own programs, put back in one transaction.
use std::{io::Write as _, path::Path};

use super::{Manifest, Undone, tools};
use crate::db::copy::{Content, Snapshot};

/// One moment of the database as a script, and what stands in it.
pub(super) async fn write(url: &str, to: &Path) -> Result<Content, Undone> {
    let snapshot = Snapshot::hold(url).await?;
    let mut command = tools::of_postgres("pg_dump", url)?;
    command
        .args(["--format=plain", "--no-owner", "--no-privileges", "--no-comments"])
        .arg(format!("--snapshot={}", snapshot.name))
        .arg(format!("--file={}", to.display()));
    apart(move || tools::run(&mut command, "pg_dump")).await?;
    Ok(snapshot.content)
}

/// What refuses the script's transaction where a table has not the rows that it should.
pub(super) fn counting(manifest: &Manifest) -> Result<Vec<String>, Undone> {
    let one = |(name, rows): (&String, &u64)| {
        // Names stand in quotes and in a text.
        let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let sql = format!(
            "DO $$ DECLARE found bigint; BEGIN SELECT count(*) INTO found FROM \"{name}\"; IF found <> {rows} THEN \
             RAISE EXCEPTION 'the table {name} has % rows instead of {rows}', found; END IF; END $$"
        );
        if is_plain { Ok(sql) } else { Err(Undone::refused(format!("{name:?} is no table of ours"))) }
    };
    manifest.tables.iter().map(one).collect()
}

/// Carries the script out, and `then` after it: all of it, or nothing.
pub(super) async fn fill(url: &str, script: &Path, then: &[String]) -> Result<(), Undone> {
    let mut after = tempfile::NamedTempFile::new().map_err(Undone::file(Path::new("a temporary file")))?;
    // The script leaves a search path that names nothing.
    let text =
        format!("RESET search_path;\n{}", then.iter().map(|sql| format!("{sql};\n")).collect::<String>());
    after.write_all(text.as_bytes()).map_err(Undone::file(after.path()))?;
    let mut command = tools::of_postgres("psql", url)?;
    command
        .args(["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"])
        .arg(format!("--file={}", script.display()))
        .arg(format!("--file={}", after.path().display()));
    apart(move || tools::run(&mut command, "psql")).await
}

async fn apart(work: impl FnOnce() -> Result<(), Undone> + Send + 'static) -> Result<(), Undone> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Undone::refused(error.to_string()))?
}
