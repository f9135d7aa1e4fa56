//! `migrate`, `outbox`, `dump` and `seed`: the database by hand.
use std::path::Path;

use anyhow::Context as _;
use platform::outbox::command::Command;
use serde_json::json;

use super::{open, open_migrated, say};
use crate::{Settings, association, dump, seed};

pub async fn migrate(settings: Settings, check: bool, json: bool) -> anyhow::Result<()> {
    let portal = open(settings).await?;
    let pending = portal.pending_migrations().await?;
    if !check {
        portal.migrate().await?;
    }
    if json {
        say(&json!({ "pending": pending, "done": !check }).to_string())?;
    } else if pending.is_empty() {
        say("The schema is up to date.")?;
    } else {
        say(&format!("{} {}", if check { "To be done:" } else { "Done:" }, pending.join(", ")))?;
    }
    anyhow::ensure!(!check || pending.is_empty(), "the schema is not up to date");
    Ok(())
}

pub async fn outbox(settings: Settings, command: Command) -> anyhow::Result<()> {
    let portal = open(settings).await?;
    let (now, drops) = (portal.clock.now(), command.drops());
    let told = command.run(&portal.keyring, &portal.db, now).await?;
    if drops {
        association::actions::settle_dropped(&portal.db, now).await?;
    }
    say(&told)
}

pub async fn dump(settings: Settings) -> anyhow::Result<()> {
    let portal = open_migrated(settings).await?;
    say(&serde_json::to_string_pretty(&dump::store::all(portal.db.reader()).await?)?)
}

pub async fn seed(settings: Settings, file: &Path, json: bool) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let seed = seed::Seed::parse(&text).with_context(|| file.display().to_string())?;
    let portal = open(settings).await?;
    portal.migrate().await?;
    seed::apply(&portal, &seed).await.with_context(|| file.display().to_string())?;
    let (companies, plans) = (seed.companies.len(), seed.plans.len());
    let (entitlements, profiles) = (seed.entitlements.len(), seed.profiles.len());
    let staff = seed.staff.len();
    if json {
        let stored = json!({
            "companies": companies, "plans": plans, "entitlements": entitlements, "profiles": profiles,
            "staff": staff,
        });
        return say(&stored.to_string());
    }
    say(&format!(
        "{companies} companies, {plans} plans, {entitlements} entitlements, {profiles} profiles and {staff} staff are stored."
    ))
}
