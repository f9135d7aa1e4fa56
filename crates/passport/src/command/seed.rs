//! `passport seed FILE.json`.
use std::{io::Write, path::Path, process::ExitCode};

use anyhow::Context as _;

use crate::{
    acts::seed::{Seed, apply},
    state::Passport,
};

pub async fn run(passport: &Passport, file: &Path, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("{name}"))?;
    let seed: Seed = serde_json::from_str(&text).with_context(|| format!("{name}"))?;
    passport.migrate().await?;
    let loaded = apply(passport, &passport.clients, passport.clock.now(), seed).await?;
    writeln!(out, "Loaded {} clients and {} accounts.", loaded.clients, loaded.accounts)?;
    Ok(ExitCode::SUCCESS)
}
