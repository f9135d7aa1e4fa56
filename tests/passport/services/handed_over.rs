//! BR-09: the address of something begun is handed to somebody else. Whoever began it gains nothing from what the
//! other one does.
use testkit::{Browser, House, Kind, PASSWORD, SECRET_ANSWER, on_both_engines};

use crate::account::alternate_is_proven;

on_both_engines![
    br_09_a_sign_in_that_was_handed_over_gives_the_one_who_began_it_nothing,
    br_09_a_consent_that_was_handed_over_gives_the_one_who_began_it_nothing,
    br_09_a_recovery_that_was_begun_by_another_is_proven_in_the_readers_browser_alone,
    br_09_a_proof_and_its_page_do_not_travel_by_address,
];

const ANN: &str = "ann@acme.test";
const MALLORY: &str = "mallory@evil.test";

/// The address of the page that this window shows.
fn shown(browser: &Browser) -> String {
    browser.here().url.to_string()
}

async fn br_09_a_sign_in_that_was_handed_over_gives_the_one_who_began_it_nothing(house: House) {
    let web = house.client(Kind::Web).await;
    let (attacker, victim) = (house.browser(), house.browser());
    victim.sign_up(ANN).await;
    web.ask(&attacker, |asked| asked.with("state", "attackers")).await;
    let address = shown(&attacker);
    victim.get(&address).await.assert_status(200);
    let answer = victim.fill_in_sign_in(ANN, PASSWORD).await;
    // The code goes on in the browser in which the password was typed, to the site, which knows this state from
    // another browser.
    assert!(
        answer.told("code").is_some() && answer.told("state").as_deref() == Some("attackers"),
        "{answer:?}"
    );
    assert!(answer.location().as_str().starts_with("https://rp1.test/"), "{answer:?}");
    // The one who began it is asked as before, by the same address and by a new one.
    assert!(attacker.get(&address).await.page().has("#password"));
    assert!(!attacker.is_signed_in().await);
    let silent = web.ask(&attacker, |asked| asked.with("prompt", "none")).await;
    web.assert_told(&silent, "login_required");
}

async fn br_09_a_consent_that_was_handed_over_gives_the_one_who_began_it_nothing(house: House) {
    let evil = house.client(Kind::Evil).await;
    let (attacker, victim) = (house.browser(), house.browser());
    attacker.join(MALLORY).await;
    victim.join(ANN).await;
    evil.ask(&attacker, |asked| asked.with("scope", "openid email")).await;
    let form = attacker.here().page().form("#consent-approve").fields;
    // The victim's browser is made to send what the attacker's page holds: the token is another browser's.
    let origin = house.passport.issuer().to_owned();
    let action = attacker.here().page().form("#consent-approve").action;
    let sent = victim.post_from(&origin, &action, &form.with("decision", "approve")).await;
    sent.assert_status(403);
    for browser in [&attacker, &victim] {
        let silent =
            evil.ask(browser, |asked| asked.with("scope", "openid email").with("prompt", "none")).await;
        evil.assert_told(&silent, "consent_required");
    }
}

async fn br_09_a_recovery_that_was_begun_by_another_is_proven_in_the_readers_browser_alone(house: House) {
    house.leave_mail();
    let (attacker, victim) = (house.browser(), house.browser());
    victim.get("/sign-up").await;
    victim.submit("#sign-up-continue", &[("email", ANN)]).await;
    let fields = [
        ("password", PASSWORD),
        ("question", "own"),
        ("own_question", "Where is the spare key?"),
        ("answer", SECRET_ANSWER),
        ("alternate_email", "ann@home.test"),
    ];
    victim.submit("#sign-up-submit", &fields).await.assert_status(200);
    house.postbox("ann@home.test").letter().await;
    alternate_is_proven(&house, ANN).await;
    attacker.get("/recover").await;
    attacker.submit("#recover-continue", &[("email", ANN)]).await;
    attacker.submit("#recover-way-submit", &[("way", "alternate")]).await.assert_status(200);
    let link = house.postbox("ann@home.test").links().await.remove(0);
    victim.get(&link).await.assert_status(200);
    assert!(victim.click("#link-confirm").await.page().has("#recover-password-submit"));
    // The proof is a cookie of the browser in which the button was pressed.
    for path in ["/recover/password", &link, "/link"] {
        let answer = attacker.get(path).await;
        assert!(!answer.page().has("#recover-password-submit"), "{path}: {answer:?}");
    }
    attacker.post("/recover/password", &[("password", "a thief was here")]).await.assert_status(403);
    let set = victim.submit("#recover-password-submit", &[("password", "nine blue lanterns hum")]).await;
    assert!(set.page().has("#recover-done"), "{set:?}");
    assert!(attacker.get("/recover/password").await.page().has("#recover-over"));
    assert!(!attacker.is_signed_in().await);
}

async fn br_09_a_proof_and_its_page_do_not_travel_by_address(house: House) {
    house.leave_mail();
    let (attacker, victim) = (house.browser(), house.browser());
    victim.join(ANN).await;
    // The attacker's own proof, for the attacker's own account, handed to somebody who is signed in.
    attacker.get("/sign-up").await;
    attacker.submit("#sign-up-continue", &[("email", MALLORY)]).await;
    let fields = [
        ("password", PASSWORD),
        ("question", "own"),
        ("own_question", "Where is the spare key?"),
        ("answer", SECRET_ANSWER),
        ("alternate_email", "m@evil.test"),
    ];
    attacker.submit("#sign-up-submit", &fields).await.assert_status(200);
    house.postbox("m@evil.test").letter().await;
    alternate_is_proven(&house, MALLORY).await;
    attacker.get("/recover").await;
    attacker.submit("#recover-continue", &[("email", MALLORY)]).await;
    attacker.submit("#recover-way-submit", &[("way", "alternate")]).await.assert_status(200);
    let link = house.postbox("m@evil.test").links().await.remove(0);
    attacker.get(&link).await;
    attacker.click("#link-confirm").await;
    let address = shown(&attacker);
    assert!(victim.get(&address).await.page().has("#recover-over"), "the address holds no proof");
    // Opening a stranger's link shows whose account it is, and changes nothing of the one who is signed in.
    victim.get(&link).await;
    assert!(victim.is_signed_in().await);
    assert!(victim.get("/account").await.page().words().contains(ANN));
}
