//! A backup that is taken while people come and go, and put back somewhere else (FT-16).
use std::collections::BTreeSet;

use passport::command::{SigningKeys, half};
use platform::secrets::Keyring;
use testkit::{
    Browser, Engine, House, Kind, PASSWORD,
    engine::Ground,
    house::MASTER,
    on_both_engines,
    shelf::{Shelf, Wanted},
};

on_both_engines![
    ft_16_what_is_taken_under_load_is_a_working_server,
    what_was_ended_after_a_backup_stays_ended_when_it_is_put_back,
    what_is_cut_changed_or_of_another_key_is_refused_and_the_place_stays_empty,
    nothing_that_is_there_is_written_over,
];

const ANN: &str = "ann@acme.test";

fn shelf(house: &House) -> Shelf {
    Shelf::new(half(), &house.passport.settings.database, &house.clock)
}

async fn read(
    house: &House,
    shelf: &Shelf,
    name: &str,
    ground: &Ground,
    wanted: Wanted,
) -> Result<Vec<String>, String> {
    shelf.read(name, ground, wanted, SigningKeys(house.clock.clone())).await
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

async fn ft_16_what_is_taken_under_load_is_a_working_server(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.limits.scale = 1000.0).await;
    house.leave_mail();
    house.browser().join("early@acme.test").await;
    let (shelf, over) = (shelf(&house), std::sync::atomic::AtomicBool::new(false));
    let taken = async {
        while house.ground.count("SELECT COUNT(*) FROM account").await < 4 {
            tokio::task::yield_now().await;
        }
        let manifest = shelf.take(&house.passport.db, "one").await.unwrap();
        over.store(true, std::sync::atomic::Ordering::SeqCst);
        manifest
    };
    let (one, other, manifest) = tokio::join!(crowd(&house, 1, &over), crowd(&house, 2, &over), taken);
    assert!(one.len() + other.len() > 3 && manifest.tables["account"] >= 4);
    let ground = Ground::empty(engine).await;
    assert!(
        read(&house, &shelf, "one", &ground, Wanted::Verify).await.unwrap()[0].contains("signing keys open")
    );
    read(&house, &shelf, "one", &ground, Wanted::Restore).await.unwrap();
    let node = house.node_on(&ground, &[MASTER]).await;
    let kids = async |passport: &passport::Passport| {
        let rows = passport::key::store::list_all(passport.db.reader()).await.unwrap();
        rows.into_iter().map(|row| row.kid).collect::<BTreeSet<_>>()
    };
    assert_eq!(kids(&node.passport).await, kids(&house.passport).await, "the same keys");
    // Everybody who was told before it began.
    for email in ["early@acme.test", &one[0]] {
        let browser = house.browser();
        browser.go_through(&node);
        browser.sign_in(email, PASSWORD).await;
        assert!(browser.is_signed_in().await, "{email}");
    }
    node.passport.db.clone().close().await.unwrap();
}

async fn what_was_ended_after_a_backup_stays_ended_when_it_is_put_back(engine: Engine) {
    let house = House::open(engine).await;
    let site = house.client(Kind::Web).await;
    let (ann, kept): (Browser, Browser) = (house.browser(), house.browser());
    ann.join(ANN).await;
    kept.get("/sign-in").await;
    let fields = [("username", ANN), ("password", PASSWORD), ("automatic", "on")];
    kept.submit("#sign-in-submit", &fields).await.assert_status(200);
    let tokens = site.tokens(&ann).await;
    let shelf = shelf(&house);
    shelf.take(&house.passport.db, "one").await.unwrap();
    let ground = Ground::empty(engine).await;
    read(&house, &shelf, "one", &ground, Wanted::Restore).await.unwrap();
    let node = house.node_on(&ground, &[MASTER]).await;
    for browser in [&ann, &kept] {
        browser.close_and_reopen();
        browser.go_through(&node);
        assert!(!browser.is_signed_in().await);
    }
    let mut request = site.refreshing(tokens.refresh());
    request.port = Some(node.port());
    house.net.send(request).await.assert_token_error("invalid_grant");
    // And everything else is as it was.
    ann.sign_in(ANN, PASSWORD).await;
    let mut redeeming = site.redeeming(&site.code(&ann).await);
    redeeming.port = Some(node.port());
    let again = site.tokens_in(&house.net.send(redeeming).await);
    let sub = async |id: &str| house.verified(id, jsonwebtoken::Algorithm::RS256).await["sub"].clone();
    assert_eq!(sub(again.id()).await, sub(tokens.id()).await);
    node.passport.db.clone().close().await.unwrap();
}

async fn what_is_cut_changed_or_of_another_key_is_refused_and_the_place_stays_empty(engine: Engine) {
    let house = House::open(engine).await;
    house.browser().join(ANN).await;
    let (shelf, ground) = (shelf(&house), Ground::empty(engine).await);
    shelf.take(&house.passport.db, "one").await.unwrap();
    let whole = std::fs::read(shelf.path("one")).unwrap();
    let refused = async |bytes: &[u8], says: &str| {
        std::fs::write(shelf.path("two"), bytes).unwrap();
        for wanted in [Wanted::Verify, Wanted::Restore] {
            let error = read(&house, &shelf, "two", &ground, wanted).await.unwrap_err();
            assert!(error.contains(says), "{error} instead of {says}");
        }
    };
    refused(&whole[..whole.len() / 2], "no whole backup").await;
    refused(b"", "no whole backup").await;
    refused(b"these are notes of ours", "no whole backup").await;
    refused(
        &edited(&whole, |about| about["program"] = "customersource".into()),
        "a backup of customersource",
    )
    .await;
    refused(&edited(&whole, |about| about["format"] = 2.into()), "take a newer one").await;
    refused(&edited(&whole, |about| about["sha256"] = "00".into()), "not the one that was put there").await;
    refused(
        &edited(&whole, |about| about["tables"]["account"] = 7.into()),
        "account has 1 rows instead of 7",
    )
    .await;
    let newer =
        |about: &mut serde_json::Value| about["steps"].as_array_mut().unwrap().push("m9999_later".into());
    refused(&edited(&whole, newer), "m9999_later").await;
    let by_hand = |name: &str, bytes: &[u8], _: &[u8]| match name {
        "manifest.json" => String::from_utf8(bytes.to_vec()).unwrap().replace("0.1.0", "0.1.1").into_bytes(),
        _ => bytes.to_vec(),
    };
    refused(&rewritten(&whole, by_hand), "was changed, or made with another key file").await;
    shelf.put_key([7; 32]);
    refused(&whole, "does not hold the key of this backup").await;
    std::fs::remove_file(shelf.path("key")).unwrap();
    refused(&whole, "there is no key file").await;
    shelf.put_key(MASTER);
    // All that was refused left it empty.
    read(&house, &shelf, "one", &ground, Wanted::Restore).await.unwrap();
}

/// The same backup, which says something else of itself, by the key or only by the hand of whoever has the file.
fn edited(whole: &[u8], edit: impl Fn(&mut serde_json::Value)) -> Vec<u8> {
    let mac = Keyring::from_bytes(MASTER).mac("backup");
    rewritten(whole, |name, bytes, about| match name {
        "manifest.json" => {
            let mut said = serde_json::from_slice(bytes).unwrap();
            edit(&mut said);
            serde_json::to_vec(&said).unwrap()
        }
        "manifest.mac" => mac.sign(about).to_vec(),
        _ => bytes.to_vec(),
    })
}

/// Each entry as `change` makes it of its name, its bytes and the manifest as it became.
fn rewritten(whole: &[u8], change: impl Fn(&str, &[u8], &[u8]) -> Vec<u8>) -> Vec<u8> {
    use std::io::Read as _;
    let mut from = tar::Archive::new(flate2::read::GzDecoder::new(whole));
    let mut to = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let mut about = Vec::new();
    for entry in from.entries().unwrap() {
        let mut entry = entry.unwrap();
        let (mut header, path) = (entry.header().clone(), entry.path().unwrap().into_owned());
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let bytes = change(path.to_str().unwrap(), &bytes, &about);
        if about.is_empty() {
            about.clone_from(&bytes);
        }
        header.set_size(bytes.len() as u64);
        to.append_data(&mut header, path, bytes.as_slice()).unwrap();
    }
    to.into_inner().unwrap().finish().unwrap()
}

async fn nothing_that_is_there_is_written_over(engine: Engine) {
    let house = House::open(engine).await;
    house.browser().join(ANN).await;
    let shelf = shelf(&house);
    shelf.take(&house.passport.db, "one").await.unwrap();
    let before = std::fs::read(shelf.path("one")).unwrap();
    assert!(shelf.take(&house.passport.db, "one").await.unwrap_err().contains("is there already"));
    assert_eq!(std::fs::read(shelf.path("one")).unwrap(), before);
    let refused = read(&house, &shelf, "one", &house.ground, Wanted::Restore).await.unwrap_err();
    assert!(refused.contains("tables already") || refused.contains("in use here"), "{refused}");
    assert_eq!(house.ground.count("SELECT COUNT(*) FROM account").await, 1);
    let left = std::fs::read_dir(shelf.path("one").parent().unwrap()).unwrap().count();
    assert_eq!(left, 2, "the backup, the key, and nothing that was on the way");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_every_table_it_is_said_whether_an_older_copy_of_it_ends() {
    /// What people and operators chose, and what happened: as it was then. Used values may be used again only as long
    /// as a clock may be wrong, and sessions that could are over.
    const STAYS: [&str; 21] = [
        "billing",
        "billing_supplier",
        "budget",
        "channel",
        "client_document",
        "closing",
        "consent",
        "consent_name",
        "event",
        "former_key",
        "guess_streak",
        "name_claim",
        "outbox",
        "pairwise_key",
        "passkey",
        "public_url",
        "recovery_code",
        "registration",
        "seaql_migrations",
        "signing_key",
        "used_once",
    ];
    let house = House::open(Engine::Sqlite).await;
    let shelf = shelf(&house);
    let manifest = shelf.take(&house.passport.db, "one").await.unwrap();
    let ends = half().ends.iter().map(|ends| ends.table);
    let said: BTreeSet<&str> = STAYS.into_iter().chain(ends).collect();
    assert_eq!(manifest.tables.keys().map(String::as_str).collect::<BTreeSet<_>>(), said);
}
