//! Clients of other people: python-fido2 makes and uses a passkey, pyotp tells the codes of an authenticator app.
use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use testkit::{Browser, Engine, House, PASSWORD, house::seconds};

const ANN: &str = "ann@acme.test";

/// What this script prints, given this to read.
fn python(script: &str, arguments: &[&str], input: &str) -> String {
    let path = std::env::var("TEST_PYTHONPATH").expect("TEST_PYTHONPATH is set; run: cargo xtask test");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("foreign").join(script);
    let mut command = Command::new("python3");
    command.arg(script).args(arguments).env("PYTHONPATH", path);
    command.env("PYTHONDONTWRITEBYTECODE", "1").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = command.spawn().expect("python3 can be started");
    running.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    let done = running.wait_with_output().expect("it ends");
    assert!(done.status.success(), "{arguments:?}");
    String::from_utf8(done.stdout).expect("a text").trim().to_owned()
}

async fn signs_in(house: &House, kept: &str) -> Browser {
    let (browser, origin) = (house.browser(), house.passport.site.origin());
    browser.get("/sign-in").await;
    let answer = python("passkey.py", &["use", &origin, kept], &browser.question());
    browser.submit("#sign-in-submit", &[("passkey", &answer)]).await;
    browser
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs python-fido2: cargo xtask test"]
async fn python_fido2_registers_a_passkey_and_signs_in_by_it_and_nobody_elses_does() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let house = House::open(engine).await;
        house.leave_mail();
        let folder = tempfile::tempdir().expect("a folder");
        let kept = folder.path().join("kept.json").display().to_string();
        let (browser, origin) = (house.browser(), house.passport.site.origin());
        browser.join(ANN).await;
        browser.get("/account/passkeys").await;
        let answer = python("passkey.py", &["make", &origin, &kept], &browser.question());
        browser.submit("form[data-passkey]", &[("passkey", &answer)]).await.assert_status(200);
        // Whoever has one proves it before they look after them.
        browser.get("/account/passkeys").await;
        let answer = python("passkey.py", &["use", &origin, &kept], &browser.question());
        browser.submit("#sign-in-submit", &[("passkey", &answer)]).await;
        assert!(browser.get("/account/passkeys").await.page().has("#passkeys th[scope=row]"));

        for _ in 0..2 {
            assert!(signs_in(&house, &kept).await.is_signed_in().await, "its counter goes on");
        }
        // One that was never registered here opens nothing.
        let other = folder.path().join("other.json").display().to_string();
        browser.get("/account/passkeys").await;
        python("passkey.py", &["make", &origin, &other], &browser.question());
        assert!(!signs_in(&house, &other).await.is_signed_in().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs pyotp: cargo xtask test"]
async fn codes_of_pyotp_count_by_the_address_that_the_picture_holds() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let house = House::open(engine).await;
        house.leave_mail();
        let browser = house.browser();
        browser.join(ANN).await;
        let page = browser.get("/account/authenticator").await.page();
        let address = page.attribute("#authenticator-url", "href");
        drop(page);
        let told = python("totp.py", &[&address, &house.clock.now().unix_seconds().to_string()], "");
        let [code, issuer, name] = told.lines().collect::<Vec<_>>()[..] else { panic!("{told}") };
        assert_eq!((issuer, name), ("Passport", ANN));
        browser.submit("#authenticator-submit", &[("code", code)]).await.assert_status(200);

        house.clock.advance(seconds(30));
        let next = house.browser();
        next.get("/sign-in").await;
        next.fill_in_sign_in(ANN, PASSWORD).await;
        let told = python("totp.py", &[&address, &house.clock.now().unix_seconds().to_string()], "");
        let code = told.lines().next().expect("a code");
        next.submit("#second-submit", &[("code", code)]).await;
        assert!(next.is_signed_in().await);
    }
}
