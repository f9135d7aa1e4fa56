//! A folder of backups with the key file beside them.
use std::path::PathBuf;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::{
    backup::{Copy, Desk, Half, Manifest, Prove, Target, take},
    clock::Clock,
    config,
    db::Database,
    random::Random,
    secrets::Keyring,
};
use tempfile::TempDir;

use crate::{engine::Ground, house::MASTER};

/// What backups of one half lie in; gone when dropped.
pub struct Shelf {
    folder: TempDir,
    half: Half,
    about: config::Database,
    clock: Clock,
}

/// What is done with a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Verify,
    Restore,
}

impl Shelf {
    /// For a half whose database is `about`.
    pub fn new(half: Half, about: &config::Database, clock: &Clock) -> Self {
        let folder = tempfile::tempdir().expect("a folder for backups can be made");
        let shelf = Self { folder, half, about: about.clone(), clock: clock.clone() };
        shelf.put_key(MASTER);
        shelf
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The key file from now on.
    pub fn put_key(&self, master: [u8; 32]) {
        use std::os::unix::fs::PermissionsExt as _;
        let file = self.path("key");
        std::fs::write(&file, URL_SAFE_NO_PAD.encode(master)).expect("the key file is written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("it is ours");
    }

    /// Takes one of this moment.
    pub async fn take(&self, db: &Database, name: &str) -> Result<Manifest, String> {
        let target = Target { file: self.path(name), recipients: vec![] };
        let keyring = Keyring::from_bytes(MASTER);
        let taken = take(&self.half, db, &self.about, &keyring, self.clock.now(), target).await;
        taken.map_err(|error| error.to_string())
    }

    /// Puts one back into `ground`, or looks at it there; answers what was proven of it.
    pub async fn read(
        &self,
        name: &str,
        ground: &Ground,
        wanted: Wanted,
        proof: impl Prove,
    ) -> Result<Vec<String>, String> {
        let about = config::Database { url: ground.url.clone(), ..self.about.clone() };
        let random = Random::system();
        let desk = Desk { half: &self.half, about: &about, clock: &self.clock, random: &random, proof };
        let copy = Copy { file: self.path(name), identity: None, key_file: self.path("key") };
        let done = match wanted {
            Wanted::Verify => desk.verify(copy).await,
            Wanted::Restore => desk.restore(copy).await,
        };
        done.map(|restored| restored.proven).map_err(|error| error.to_string())
    }
}
