//! The programs that a copy is made with where the database or the seal is not ours: `pg_dump`, `psql` and `age`.
use std::{
    io::{ErrorKind, Read as _},
    process::{Child, Command, Stdio},
};

use url::Url;

use super::Undone;

/// Where somebody finds a program that is missing.
const fn package(program: &str) -> &str {
    match program.as_bytes() {
        b"age" => "age (https://age-encryption.org, Debian's package `age`)",
        _ => {
            "PostgreSQL's client programs, of the server's version or later (Debian's package `postgresql-client`)"
        }
    }
}

/// Runs to the end; what the program complained of is the error.
pub(super) fn run(command: &mut Command, program: &str) -> Result<(), Undone> {
    let child = start(command.stdin(Stdio::null()).stdout(Stdio::null()), program)?;
    finish(child, program)
}

pub(super) fn start(command: &mut Command, program: &str) -> Result<Child, Undone> {
    command.stderr(Stdio::piped()).spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            Undone::refused(format!("`{program}` is not there: install {}", package(program)))
        }
        _ => Undone::refused(format!("{program}: {error}")),
    })
}

pub(super) fn finish(mut child: Child, program: &str) -> Result<(), Undone> {
    let mut said = String::new();
    if let Some(errors) = &mut child.stderr {
        // What is no text is left out.
        let _ = errors.read_to_string(&mut said);
    }
    let status = child.wait().map_err(|error| Undone::refused(format!("{program}: {error}")))?;
    if status.success() {
        return Ok(());
    }
    Err(Undone::refused(format!("{program} failed: {}", said.trim())))
}

/// A program of PostgreSQL's for this database. The password goes by its environment, which others cannot read; of the
/// rest only what the C library knows.
pub(super) fn of_postgres(program: &str, url: &str) -> Result<Command, Undone> {
    const KNOWN: [&str; 9] = [
        "application_name",
        "channel_binding",
        "host",
        "options",
        "port",
        "sslcert",
        "sslkey",
        "sslmode",
        "sslrootcert",
    ];
    let mut url = Url::parse(url).map_err(|error| Undone::refused(format!("[database] url: {error}")))?;
    let mut command = Command::new(program);
    if let Some(password) = url.password() {
        let password = percent_encoding::percent_decode_str(password).decode_utf8_lossy();
        command.env("PGPASSWORD", password.as_ref());
    }
    // Refused only by addresses without a host, which have no password either.
    let _ = url.set_password(None);
    let kept: Vec<(String, String)> =
        url.query_pairs().filter(|(name, _)| KNOWN.contains(&name.as_ref())).map(owned).collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    command.arg(format!("--dbname={url}"));
    Ok(command)
}

fn owned((name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)) -> (String, String) {
    (name.into_owned(), value.into_owned())
}
