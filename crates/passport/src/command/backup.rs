//! `passport backup` and `passport restore`.
use std::io::{Write, stdout};

use platform::{
    backup::{Half, Prove, command},
    clock::Clock,
    db::Database,
    former,
    random::Random,
    secrets::Keyring,
};

use crate::{config::Settings, jobs::put_back::ENDS, key::KeyRoom, state::Passport};

/// Passport, as its backups know it.
pub fn half() -> Half {
    Half {
        program: "passport",
        version: env!("CARGO_PKG_VERSION"),
        steps: migrations::known::<migrations::passport::Migrator>(),
        ends: &ENDS,
    }
}

pub async fn backup(passport: &Passport, wanted: command::Backup) -> anyhow::Result<()> {
    let settings = &passport.settings;
    let key_file = settings.secrets.path(&settings.database, "passport");
    let (half, clock) = (half(), &passport.clock);
    let place = command::Place { half: &half, about: &settings.database, key_file: &key_file, clock };
    let say = |line: &str| {
        // Whoever closed standard output does not want to know.
        let _ = writeln!(stdout(), "{line}");
    };
    Ok(wanted.run(&place, &passport.db, &passport.keyring, say).await?)
}

pub async fn restore(settings: &Settings, wanted: command::Restore) -> anyhow::Result<()> {
    let key_file = settings.secrets.path(&settings.database, "passport");
    let (half, clock) = (half(), Clock::system());
    let place = command::Place { half: &half, about: &settings.database, key_file: &key_file, clock: &clock };
    for line in wanted.run(&place, &Random::system(), SigningKeys(clock.clone())).await? {
        writeln!(stdout(), "{line}")?;
    }
    Ok(())
}

/// The signing keys open.
pub struct SigningKeys(pub Clock);

impl Prove for SigningKeys {
    async fn prove(&self, db: Database, keyring: &Keyring) -> Result<Vec<String>, String> {
        let keyring = former::load(&db, keyring.clone()).await.map_err(|error| error.to_string())?;
        let keys =
            KeyRoom::new(&keyring).current(&db, self.0.now()).await.map_err(|error| error.to_string())?;
        Ok(vec![format!("{} signing keys open with the key file.", keys.iter().count())])
    }
}
