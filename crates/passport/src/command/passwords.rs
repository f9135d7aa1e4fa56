//! `passport passwords`: the filter of breached passwords.
use std::{
    io::{Read as _, Write},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Subcommand;

use crate::{account::password::breached, state::Passport};

#[derive(Subcommand)]
pub enum Passwords {
    /// Make the filter that `[password] breached` names of a public list: SHA-1 hashes in hexadecimal digits, ordered,
    /// one a line, with or without `:count` behind it. The list is not needed any more afterwards.
    Load { file: PathBuf },
    /// Read a password from standard input and say whether the filter knows it.
    Check,
}

impl Passwords {
    pub async fn run(self, passport: &Passport, out: &mut impl Write) -> anyhow::Result<()> {
        let filter = passport.settings.password.breached.clone();
        anyhow::ensure!(!filter.is_empty(), "say where the filter is to stand: [password] breached");
        match self {
            Self::Load { file } => {
                let name = file.display().to_string();
                let place = PathBuf::from(&filter);
                let built = tokio::task::spawn_blocking(move || breached::load(&file, &place)).await?;
                let built = built.with_context(|| name)?;
                let each = built.bytes as f64 / built.entries.max(1) as f64;
                writeln!(
                    out,
                    "{} passwords in {} bytes, {each:.2} for each: {filter}",
                    built.entries, built.bytes
                )?;
            }
            Self::Check => {
                let mut typed = String::new();
                std::io::stdin()
                    .lock()
                    .take(4096)
                    .read_to_string(&mut typed)
                    .context("reading the password")?;
                let found = breached::holds(Path::new(&filter), typed.lines().next().unwrap_or_default());
                let found = found.with_context(|| filter.clone())?;
                writeln!(out, "{}", if found { "breached" } else { "not known" })?;
            }
        }
        Ok(())
    }
}
