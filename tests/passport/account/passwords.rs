//! Passwords that people choose, and have: how long, how soon guessed, in which list of breaches.
use platform::secrets::digest;
use ring::digest::SHA1_FOR_LEGACY_USE_ONLY;
use testkit::{Engine, House, PASSWORD, on_both_engines};

use super::*;

on_both_engines![
    a_password_that_stands_alone_has_fifteen_characters_wherever_it_is_chosen,
    what_a_guesser_finds_soon_is_refused_with_the_reason,
    a_breached_password_is_refused_where_it_is_chosen_and_told_at_sign_in,
    a_short_password_of_before_signs_in_and_is_asked_about_once,
    a_filter_that_cannot_be_read_keeps_nobody_out,
];

/// Fourteen characters, and strong.
const SHORT: &str = "jqxzvwkp tmbrl";

/// A public list of these passwords, as it is published.
fn list_of(passwords: &[&str]) -> String {
    let hash = |password: &&str| {
        let digest = ring::digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
        digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect::<String>()
    };
    let mut hashes: Vec<_> = passwords.iter().map(hash).collect();
    hashes.sort_unstable();
    hashes.iter().map(|hash| format!("{hash}:17\r\n")).collect()
}

/// A house whose operator loaded a list.
async fn house_with(engine: Engine, passwords: &[&str]) -> (House, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (list, filter) = (folder.path().join("list"), folder.path().join("filter"));
    std::fs::write(&list, list_of(passwords)).unwrap();
    passport::account::password::breached::load(&list, &filter).unwrap();
    let filter = filter.to_str().unwrap().to_owned();
    (House::with(engine, |settings| settings.passport.password.breached = filter).await, folder)
}

async fn a_password_that_stands_alone_has_fifteen_characters_wherever_it_is_chosen(house: House) {
    house.leave_mail();
    let browser = house.browser();
    let refused = sign_up_with(&browser, ANN, &[("password", SHORT)]).await;
    assert!(refused.page().text_of("#password-error").contains("at least 15"), "{refused:?}");
    assert!(refused.page().text_of("#password-hint").contains("At least 15 characters"));
    assert_eq!(refused.page().attribute("#password", "minlength"), "15");
    browser.join(ANN).await;
    browser.get("/account/password").await;
    let fields = [("old_password", PASSWORD), ("password", SHORT)];
    let refused = browser.submit("#change-password-submit", &fields).await;
    assert!(refused.page().text_of("#password-error").contains("at least 15"), "{refused:?}");
}

async fn what_a_guesser_finds_soon_is_refused_with_the_reason(house: House) {
    let browser = house.browser();
    let refused = sign_up_with(&browser, ANN, &[("password", "abcdefghijklmnopqrstu")]).await;
    let said = refused.page().text_of("#password-error");
    assert!(said.contains("A guesser finds this password soon"), "{said}");
    assert_eq!(refused.page().attribute("#password", "value"), "", "a password is never sent back");
}

async fn a_breached_password_is_refused_where_it_is_chosen_and_told_at_sign_in(engine: Engine) {
    let (house, _folder) = house_with(engine, &[PASSWORD, "something else entirely"]).await;
    house.leave_mail();
    let refused = sign_up_with(&house.browser(), ANN, &[]).await;
    assert!(refused.page().text_of("#password-error").contains("stolen"), "{refused:?}");
    // Who has it from before goes in, and is told, each time.
    seeded(&house, ANN, serde_json::json!({})).await;
    for _ in 0..2 {
        let browser = house.browser();
        browser.get("/sign-in?next=/account/sites").await;
        let told = browser.fill_in_sign_in(ANN, PASSWORD).await;
        assert!(told.page().text_of("#password-advice").contains("stolen"), "{told:?}");
        assert_eq!(browser.click("#password-later").await.url.path(), "/account/sites");
        assert!(browser.is_signed_in().await);
    }
    let browser = house.browser();
    browser.sign_in(ANN, PASSWORD).await;
    browser.get("/account/password").await;
    let fields = [("old_password", PASSWORD), ("password", NEW_PASSWORD)];
    assert!(browser.submit("#change-password-submit", &fields).await.page().has("#changed"));
    let told = attempt(&house.browser(), ANN, NEW_PASSWORD).await;
    assert!(!told.page().has("#password-advice"), "{told:?}");
}

async fn a_short_password_of_before_signs_in_and_is_asked_about_once(house: House) {
    house.leave_mail();
    seeded(&house, ANN, serde_json::json!({ "password": SHORT })).await;
    let told = attempt(&house.browser(), ANN, SHORT).await;
    assert!(told.page().text_of("#password-advice").contains("shorter"), "{told:?}");
    let again = attempt(&house.browser(), ANN, SHORT).await;
    assert!(again.status == 200 && !again.page().has("#password-advice"), "{again:?}");
    attempt(&house.browser(), ANN, "wrong one").await.assert_status(422);
}

async fn a_filter_that_cannot_be_read_keeps_nobody_out(engine: Engine) {
    let (house, folder) = house_with(engine, &[PASSWORD]).await;
    house.leave_mail();
    std::fs::write(folder.path().join("filter"), digest(b"something else")).unwrap();
    house.browser().join(ANN).await;
    std::fs::remove_file(folder.path().join("filter")).unwrap();
    house.browser().join("bea@acme.test").await;
}
