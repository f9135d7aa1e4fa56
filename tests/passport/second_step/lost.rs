//! Neither app nor recovery code: switching off waits, is told everywhere and can be stopped; and no other way back drops the
//! second step.
use testkit::{
    House,
    house::{days, hours, minutes},
    on_both_engines,
};

use super::{ANN, account, enter, first_step, join_with_phone, told};

const OTHER: &str = "ann@home.test";
const NEW: &str = "nine blue lanterns hum";
const ASKED: &str = "has neither the authenticator app nor a recovery code";

on_both_engines![
    sf_06_switching_off_without_a_code_waits_and_then_the_password_is_enough,
    sf_06_whoever_finds_the_app_meanwhile_keeps_the_second_step,
    sf_06_one_press_in_the_letter_stops_it,
    sf_06_it_is_asked_for_by_nobody_who_did_not_prove_the_password,
    sf_06_a_new_password_by_mail_leaves_the_second_step,
];

async fn sf_06_switching_off_without_a_code_waits_and_then_the_password_is_enough(house: House) {
    let owner = house.browser();
    join_with_phone(&house, &owner, ANN).await;
    let browser = house.browser();
    ask_off(&browser).await;
    told(&house, ANN, ASKED).await;
    house.clock.advance(hours(23));
    first_step(&browser, ANN).await;
    // Asked again, it waits no longer and no shorter, and nobody is written to again.
    browser.click("#use-recovery-code").await;
    browser.click("#second-lost").await;
    browser.submit("#second-off", &[]).await.assert_status(200);
    house.clock.advance(hours(1));
    browser.get("/sign-in").await;
    browser.fill_in_sign_in(ANN, testkit::PASSWORD).await.assert_status(200);
    assert!(browser.is_signed_in().await);
    assert!(!account(&house, ANN).await.asks_second_step());
    told(&house, ANN, ASKED).await;
    told(&house, ANN, "was switched off. From now on").await;
    house.leave_mail();
}

async fn ask_off(browser: &testkit::Browser) {
    first_step(browser, ANN).await;
    browser.click("#use-recovery-code").await;
    browser.click("#second-lost").await.shows(200, "That takes time");
    let asked = browser.submit("#second-off", &[]).await;
    assert!(asked.page().has("#second-off-waits"), "{asked:?}");
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
    join_with_phone(&house, &owner, ANN).await;
    // Long enough ago that setting it up is not undone.
    house.clock.advance(days(8));
    ask_off(&house.browser()).await;
    let link = testkit::postbox::links(&*told(&house, ANN, ASKED).await).remove(0);
    let stranger = house.browser();
    stranger.get(&link).await;
    stranger.submit("#link-confirm", &[]).await.assert_status(200);
    house.clock.advance(hours(48));
    assert!(account(&house, ANN).await.asks_second_step());
    let app =
        passport::second_step::store::find(house.passport.db.reader(), account(&house, ANN).await.id).await;
    assert_eq!(app.unwrap().unwrap().off_at, None);
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
    assert_eq!(browser.submit("#second-off", &[]).await.heading(), "Sign in");
    // A session that is asked for more has not proven the password now.
    owner.get("/sign-in/second?prove=1&way=lost").await;
    owner.submit("#second-off", &[]).await;
    let app =
        passport::second_step::store::find(house.passport.db.reader(), account(&house, ANN).await.id).await;
    assert_eq!(app.unwrap().unwrap().off_at, None);
}

async fn sf_06_a_new_password_by_mail_leaves_the_second_step(house: House) {
    let owner = house.browser();
    let (phone, _) = join_with_phone(&house, &owner, ANN).await;
    let found = account(&house, ANN).await;
    let tx = passport::account::acting::Acting::on(&house.passport.db, found.id).await.unwrap().unwrap();
    let alternate = passport::account::Alternate { address: OTHER.to_owned(), verified: true };
    passport::account::store::set_alternate(&tx, found.id, Some(alternate)).await.unwrap();
    tx.commit().await.unwrap();
    let browser = house.browser();
    let sent = crate::account::choose(&browser, ANN, "alternate").await;
    assert!(sent.page().has("#recover-sent"), "{sent:?}");
    let letters = house.postbox(OTHER).letters().await;
    let reset = letters.iter().find(|letter| letter.subject == "Reset your password").unwrap();
    browser.get(&testkit::postbox::links(reset)[0]).await;
    browser.submit("#link-confirm", &[]).await.assert_status(200);
    browser.submit("#recover-password-submit", &[("password", NEW)]).await.assert_status(200);
    browser.get("/sign-in").await;
    let asked = browser.fill_in_sign_in(ANN, NEW).await;
    assert_eq!(asked.heading(), "Second step", "the mailbox is no second factor");
    house.clock.advance(minutes(1));
    enter(&browser, &phone.code(house.clock.now())).await.assert_status(200);
    assert!(browser.is_signed_in().await);
    house.leave_mail();
}
