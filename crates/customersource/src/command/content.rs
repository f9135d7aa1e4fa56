//! `content import`: what visitors read, from a folder.
use std::path::PathBuf;

use clap::Subcommand;

use super::{Configured, open_migrated, say, settings};
use crate::content;

#[derive(Subcommand)]
pub enum What {
    /// Store what a folder holds, all of it or nothing; the same folder twice changes nothing
    Import {
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(configured: &Configured, what: What) -> anyhow::Result<()> {
    let What::Import { folder, dry_run, json } = what;
    let read = content::read(&folder)?;
    let portal = open_migrated(settings(configured)?).await?;
    portal.migrate().await?;
    let (now, tx) = (portal.clock.now(), portal.db.begin().await?);
    let told = content::actions::apply(&tx, now, &portal.random, &portal.audit_mac, &read).await?;
    if !dry_run {
        tx.commit().await?;
    }
    if json {
        return say(&serde_json::to_string(&told)?);
    }
    let verb = if dry_run { "would be" } else { "were" };
    say(&format!(
        "{} resources {verb} added, {} changed, {} stay as they are; {} files {verb} stored.",
        told.added, told.changed, told.unchanged, told.files
    ))
}
