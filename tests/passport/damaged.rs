//! A database file that is damaged: said so, and never a new one in its place (FT-06); and a copy that is as good as
//! the first (FT-16).
use std::path::Path;

use passport::{
    acts::{
        arrive::Keep,
        sign_in::{Attempt, SignIn, sign_in},
    },
    history::Source,
    key,
    session::Browser,
};
use platform::{
    clock::Clock,
    email::EmailAddress,
    random::Random,
    secrets::{Keyring, Secret},
};
use testkit::{Engine, House, PASSWORD};

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

/// Signs people up until it is told to stop; the addresses of those who were told that it is done.
async fn crowd(house: &House, number: usize, over: &std::sync::atomic::AtomicBool) -> Vec<String> {
    let mut done = Vec::new();
    while !over.load(std::sync::atomic::Ordering::SeqCst) {
        let email = format!("ann{number}-{}@acme.test", done.len());
        house.browser().sign_up(&email).await;
        done.push(email);
    }
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn ft_16_a_copy_that_is_taken_under_load_is_a_working_server() {
    let house = House::with(Engine::Sqlite, |settings| settings.passport.limits.scale = 1000.0).await;
    house.leave_mail();
    house.browser().join("early@acme.test").await;
    let (folder, over) = (tempfile::tempdir().unwrap(), std::sync::atomic::AtomicBool::new(false));
    let copy = folder.path().join("copy.db");
    let copied = async {
        let rows = "SELECT COUNT(*) FROM account";
        while house.ground.count(rows).await < 4 {
            tokio::task::yield_now().await;
        }
        house.ground.execute(&format!("VACUUM INTO '{}'", copy.display())).await;
        over.store(true, std::sync::atomic::Ordering::SeqCst);
    };
    let (one, other, ()) = tokio::join!(crowd(&house, 1, &over), crowd(&house, 2, &over), copied);
    assert!(one.len() + other.len() > 3);
    let mut settings = house.passport.settings.clone();
    settings.database.url = format!("sqlite:{}", copy.display());
    let keyring = house.passport.keyring.clone();
    let restored =
        passport::Passport::with_keyring(settings, house.clock.clone(), Random::seeded(2), keyring)
            .await
            .unwrap();
    restored.migrate().await.unwrap();
    assert_eq!(restored.issuer(), house.passport.issuer());
    let kids = async |passport: &passport::Passport| {
        let rows = key::store::list_all(passport.db.reader()).await.unwrap();
        rows.into_iter().map(|row| row.kid).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(kids(&restored).await, kids(&house.passport).await, "the same keys");
    assert!(restored.keys.published(&restored.db, house.clock.now()).await.unwrap().iter().count() > 3);
    // Everybody who was told before it began.
    for email in ["early@acme.test", &one[0]] {
        let email = EmailAddress::parse(email).unwrap();
        let browser = Browser { source: &Source::default(), sessions: &[], shared: false };
        let attempt =
            Attempt { email: &email, password: Secret::new(PASSWORD), browser, keep: Keep::default() };
        let tried = sign_in(&restored, house.clock.now(), attempt).await.unwrap();
        assert!(matches!(tried, SignIn::Begun(_)), "{tried:?}");
    }
}
