//! `customersource backup` and `customersource restore`.
use std::path::PathBuf;

use platform::{
    backup::{Half, Prove, command},
    clock::Clock,
    db::Database,
    former,
    random::Random,
    secrets::Keyring,
};

use super::{Configured, open_migrated, say, settings};
use crate::{
    Settings,
    audit::{Chain, store::verify},
    jobs::put_back::ENDS,
};

/// The portal, as its backups know it.
pub fn half() -> Half {
    Half {
        program: "customersource",
        version: env!("CARGO_PKG_VERSION"),
        steps: migrations::known::<migrations::customersource::Migrator>(),
        ends: &ENDS,
    }
}

fn key_file(settings: &Settings) -> PathBuf {
    settings.secrets.path(&settings.database, "customersource")
}

pub async fn backup(configured: &Configured, wanted: command::Backup) -> anyhow::Result<()> {
    let portal = open_migrated(settings(configured)?).await?;
    let key_file = key_file(&portal.settings);
    let (half, about) = (half(), &portal.settings.database);
    let place = command::Place { half: &half, about, key_file: &key_file, clock: &portal.clock };
    // Whoever closed standard output does not want to know.
    let tell = |line: &str| drop(say(line));
    Ok(wanted.run(&place, &portal.db, &portal.keyring, tell).await?)
}

pub async fn restore(configured: &Configured, wanted: command::Restore) -> anyhow::Result<()> {
    let settings = settings(configured)?;
    let key_file = key_file(&settings);
    let (half, clock) = (half(), Clock::system());
    let place = command::Place { half: &half, about: &settings.database, key_file: &key_file, clock: &clock };
    wanted.run(&place, &Random::system(), AuditChain).await?.iter().try_for_each(|line| say(line))
}

/// The audit's chain holds.
pub struct AuditChain;

impl Prove for AuditChain {
    async fn prove(&self, db: Database, keyring: &Keyring) -> Result<Vec<String>, String> {
        let in_words = |error: platform::Fault| error.to_string();
        let keyring = former::load(&db, keyring.clone()).await.map_err(in_words)?;
        match verify(db.reader(), &keyring.mac("audit")).await.map_err(in_words)? {
            Chain::Whole { lines, .. } => Ok(vec![format!("The audit's {lines} lines are unbroken.")]),
            Chain::Broken { seq } => Err(format!("the audit's chain is broken at line {seq}")),
        }
    }
}
