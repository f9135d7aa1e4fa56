//! A database file that is damaged: said so, and never a new one in its place (FT-06).
use std::path::Path;

use platform::{clock::Clock, random::Random, secrets::Keyring};
use testkit::{Engine, House};

/// How the program would start on what the damage left.
async fn start(url: &str) -> Result<(), String> {
    let mut settings = passport::Settings::default();
    settings.database.url = url.to_owned();
    let keyring = Keyring::from_bytes([7; 32]);
    let started =
        passport::Passport::with_keyring(settings, Clock::system(), Random::seeded(1), keyring).await;
    let passport = started.map_err(|fault| format!("{fault:#}"))?;
    passport.migrate().await.map_err(|fault| format!("{fault:#}"))
}

/// A copy of a used database with this done to it.
async fn damaged(damage: impl Fn(&Path)) -> (tempfile::TempDir, String, Vec<u8>) {
    let house = House::open(Engine::Sqlite).await;
    house.browser().join("ann@acme.test").await;
    house.ground.execute("PRAGMA wal_checkpoint(TRUNCATE)").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passport.db");
    std::fs::copy(house.ground.file().unwrap(), &file).unwrap();
    damage(&file);
    let left = std::fs::read(&file).unwrap();
    let url = format!("sqlite:{}", file.display());
    (folder, url, left)
}

#[tokio::test(flavor = "multi_thread")]
async fn ft_06_a_file_that_is_no_database_is_refused_and_stays_as_it_is() {
    let (folder, url, left) =
        damaged(|file| std::fs::write(file, "these are notes of ours\n".repeat(400)).unwrap()).await;
    let told = start(&url).await.expect_err("it is no database");
    assert!(told.contains("not a database"), "{told}");
    assert_eq!(std::fs::read(folder.path().join("passport.db")).unwrap(), left);
}

#[tokio::test(flavor = "multi_thread")]
async fn ft_06_a_file_that_was_cut_off_is_refused_and_stays_as_it_is() {
    let (folder, url, left) = damaged(|file| {
        let file = std::fs::File::options().write(true).open(file).unwrap();
        file.set_len(20_000).unwrap();
    })
    .await;
    let told = start(&url).await.expect_err("most of it is missing");
    assert!(told.contains("malformed") || told.contains("damaged"), "{told}");
    assert_eq!(std::fs::read(folder.path().join("passport.db")).unwrap(), left);
}
