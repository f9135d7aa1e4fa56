//! Neither passkey nor app nor recovery code: being let in once by the password alone waits, is told everywhere and can be
//! stopped; and no other way back drops what more is asked for.
use testkit::{
    House,
    house::{hours, minutes},
    on_both_engines,
};

use super::{ANN, account, enter, first_step, join_with_phone, told};

const OTHER: &str = "ann@home.test";
const NEW: &str = "nine blue lanterns hum";
const ASKED: &str = "has neither a passkey, nor the authenticator app, nor a recovery code";

on_both_engines![
    sf_06_without_a_code_the_password_alone_opens_once_after_a_wait,
    sf_06_whoever_finds_the_app_meanwhile_keeps_the_second_step,
    sf_06_one_press_in_the_letter_stops_it,
    sf_06_it_is_asked_for_by_nobody_who_did_not_prove_the_password,
    sf_06_a_new_password_by_mail_leaves_the_second_step,
    sf_06_a_mailbox_that_takes_the_only_app_away_waits_like_all_others,
];

async fn sf_06_without_a_code_the_password_alone_opens_once_after_a_wait(house: House) {
    let owner = house.browser();
    let (phone, _) = join_with_phone(&house, &owner, ANN).await;
    let browser = house.browser();
    ask_off(&browser).await;
    told(&house, ANN, ASKED).await;
    house.clock.advance(hours(23));
    first_step(&browser, ANN).await;
    // Asked again, it waits no longer and no shorter, and nobody is written to again.
    browser.click("#use-recovery-code").await;
    browser.click("#second-lost").await;
    browser.submit("#second-wait", &[]).await.assert_status(200);
    house.clock.advance(hours(1));
    browser.get("/sign-in").await;
    let inside = browser.fill_in_sign_in(ANN, testkit::PASSWORD).await;
    assert_eq!(inside.url.path(), "/sign-in/waived");
    assert!(inside.page().has("#waived-app") && browser.is_signed_in().await, "{inside:?}");
    // Once: in another browser the second step is asked for as before.
    let other = house.browser();
    first_step(&other, ANN).await;
    enter(&other, &phone.code(house.clock.now())).await.assert_status(200);
    // Here there is time to see to it: the password proves this session once more, and what was lost is taken away.
    house.clock.advance(minutes(6));
    browser.get("/account/authenticator").await;
    browser.submit("#sign-in-submit", &[("password", testkit::PASSWORD)]).await;
    browser.submit("#authenticator-remove", &[]).await.assert_status(200);
    assert!(!account(&house, ANN).await.has_app());
    for text in [ASKED, "was let in to your", "authenticator app of your"] {
        told(&house, ANN, text).await;
    }
    house.leave_mail();
}

async fn ask_off(browser: &testkit::Browser) {
    first_step(browser, ANN).await;
    browser.click("#use-recovery-code").await;
    browser.click("#second-lost").await.shows(200, "That takes time");
    let asked = browser.submit("#second-wait", &[]).await;
    assert!(asked.page().has("#second-waits"), "{asked:?}");
    assert!(!browser.is_signed_in().await);
}

async fn sf_06_whoever_finds_the_app_meanwhile_keeps_the_second_step(house: House) {
    let owner = house.browser();
    let (phone, codes) = join_with_phone(&house, &owner, ANN).await;
    for code in [phone.code(house.clock.now()), codes[0].clone()] {
        ask_off(&house.browser()).await;
        let browser = house.browser();
        first_step(&browser, ANN).await;
        if code.len() > 6 {
            browser.click("#use-recovery-code").await;
        }
        enter(&browser, &code).await.assert_status(200);
        house.clock.advance(hours(25));
        first_step(&house.browser(), ANN).await;
    }
    house.leave_mail();
}

async fn sf_06_one_press_in_the_letter_stops_it(house: House) {
    let owner = house.browser();
    // Just now: the letter of who asked to be let in without the app does not take the app away.
    join_with_phone(&house, &owner, ANN).await;
    ask_off(&house.browser()).await;
    let link = testkit::postbox::links(&*told(&house, ANN, ASKED).await).remove(0);
    let stranger = house.browser();
    stranger.get(&link).await;
    stranger.submit("#link-confirm", &[]).await.assert_status(200);
    assert!(account(&house, ANN).await.has_app());
    assert_eq!(waiver(&house).await, None);
    house.leave_mail();
}

async fn sf_06_it_is_asked_for_by_nobody_who_did_not_prove_the_password(house: House) {
    let owner = house.browser();
    join_with_phone(&house, &owner, ANN).await;
    let browser = house.browser();
    first_step(&browser, ANN).await;
    browser.click("#use-recovery-code").await;
    browser.click("#second-lost").await;
    house.clock.advance(minutes(11));
    assert_eq!(browser.submit("#second-wait", &[]).await.heading(), "Sign in");
    // A session that is asked for more has not proven the password now.
    owner.get("/sign-in/second?prove=1&way=lost").await;
    owner.submit("#second-wait", &[]).await;
    assert_eq!(waiver(&house).await, None);
}

async fn waiver(house: &House) -> Option<platform::clock::Moment> {
    let id = account(house, ANN).await.id;
    let found =
        passport::second_step::store::waivers::find_waiver(house.passport.db.reader(), house.clock.now(), id);
    found.await.unwrap()
}

async fn sf_06_a_new_password_by_mail_leaves_the_second_step(house: House) {
    let owner = house.browser();
    let (phone, _) = join_with_phone(&house, &owner, ANN).await;
    with_alternate(&house).await;
    let browser = house.browser();
    let sent = crate::account::choose(&browser, ANN, "alternate").await;
    assert!(sent.page().has("#recover-sent"), "{sent:?}");
    let letters = house.postbox(OTHER).letters().await;
    let reset = letters.iter().find(|letter| letter.subject == "Reset your password").unwrap();
    browser.get(&testkit::postbox::links(reset)[0]).await;
    let waits = browser.submit("#link-confirm", &[]).await;
    assert!(waits.page().has("#recover-waiting"), "nothing weaker counts at once: {waits:?}");
    house.clock.advance(hours(24));
    browser.get("/recover/password").await;
    browser.submit("#recover-password-submit", &[("password", NEW)]).await.assert_status(200);
    browser.get("/sign-in").await;
    let asked = browser.fill_in_sign_in(ANN, NEW).await;
    assert_eq!(asked.heading(), "Second step", "the mailbox is no second factor");
    house.clock.advance(minutes(1));
    enter(&browser, &phone.code(house.clock.now())).await.assert_status(200);
    assert!(browser.is_signed_in().await);
    house.leave_mail();
}

async fn with_alternate(house: &House) {
    let found = account(house, ANN).await;
    let tx = passport::account::acting::Acting::on(&house.passport.db, found.id).await.unwrap().unwrap();
    let alternate = passport::account::Alternate { address: OTHER.to_owned(), verified: true };
    passport::account::store::set_alternate(&tx, found.id, Some(alternate)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn sf_06_a_mailbox_that_takes_the_only_app_away_waits_like_all_others(house: House) {
    let owner = house.browser();
    join_with_phone(&house, &owner, ANN).await;
    with_alternate(&house).await;
    let link = testkit::postbox::links(&*told(&house, ANN, "authenticator app").await).remove(0);
    let stranger = house.browser();
    stranger.get(&link).await;
    stranger.submit("#link-confirm", &[]).await.assert_status(200);
    assert!(!account(&house, ANN).await.has_app());
    house.leave_mail();
    let sent = crate::account::choose(&stranger, ANN, "alternate").await;
    assert!(sent.page().has("#recover-sent"), "{sent:?}");
    let letters = house.postbox(OTHER).letters().await;
    let reset = letters.iter().rfind(|letter| letter.subject == "Reset your password").unwrap();
    stranger.get(&testkit::postbox::links(reset)[0]).await;
    let waits = stranger.submit("#link-confirm", &[]).await;
    assert!(
        waits.page().has("#recover-waiting"),
        "what protected the account went on a mailbox's word: {waits:?}"
    );
    house.leave_mail();
}
