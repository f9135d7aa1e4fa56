//! Setting up, signing in, recovery codes, taking away.
use oidc::authorize::context::Context;
use passport::channel::Channel;
use serde_json::json;
use testkit::{
    House, Kind, PASSWORD,
    house::{days, minutes},
    jwt, on_both_engines,
};

use super::{ANN, account, enter, first_step, join_with_phone, set_up, told};

on_both_engines![
    sf_01_the_code_of_the_app_is_asked_for_after_the_password,
    a_recovery_code_signs_in_once_and_is_told,
    new_recovery_codes_replace_the_earlier_ones,
    new_recovery_codes_that_were_not_the_owners_are_undone,
    setting_up_asks_for_the_first_code_and_keeps_the_page,
    sf_05_what_protects_the_account_is_changed_only_after_a_fresh_proof,
    sf_05_taking_the_app_away_is_told_and_a_mailbox_alone_brings_nothing_back,
    several_people_in_one_browser_keep_their_own_steps,
    a_sign_in_without_the_second_step_is_as_before,
];

async fn sf_01_the_code_of_the_app_is_asked_for_after_the_password(house: House) {
    let (web, owner) = (house.client(Kind::Web).await, house.browser());
    let (phone, _) = join_with_phone(&house, &owner, ANN).await;
    let browser = house.browser();
    web.ask(&browser, |asked| asked).await;
    let asked = browser.fill_in_sign_in(ANN, PASSWORD).await;
    let page = asked.page();
    assert_eq!(page.attribute("#code", "autocomplete"), "one-time-code");
    assert_eq!(page.attribute("#code", "inputmode"), "numeric");
    assert!(!browser.is_signed_in().await, "a password alone is no session");
    enter(&browser, "000000").await.assert_status(422);
    enter(&browser, "").await.shows(422, "Enter the code");
    let code = phone.code(house.clock.now());
    let (front, back) = code.split_at(3);
    let done = enter(&browser, &format!("{front} {back}")).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&done)).await);
    let claims = jwt::claims(tokens.id());
    assert_eq!(claims["amr"], json!(["mfa", "otp", "pwd"]));
    assert_eq!(claims["acr"], Context::MultiFactor.as_str());
    house.leave_mail();
}

async fn a_recovery_code_signs_in_once_and_is_told(house: House) {
    let owner = house.browser();
    let (_, codes) = join_with_phone(&house, &owner, ANN).await;
    owner.sign_out().await;
    for (sloppy, works) in
        [(codes[0].to_lowercase(), true), (codes[0].clone(), false), (codes[1].replace('-', " "), true)]
    {
        first_step(&owner, ANN).await;
        owner.click("#use-recovery-code").await;
        enter(&owner, &sloppy).await.assert_status(if works { 200 } else { 422 });
        assert_eq!(owner.is_signed_in().await, works, "{sloppy}");
        if works {
            owner.sign_out().await;
        }
    }
    let letters = house.postbox(ANN).letters().await;
    assert_eq!(letters.iter().filter(|letter| letter.text.contains("with a recovery code")).count(), 2);
}

async fn new_recovery_codes_replace_the_earlier_ones(house: House) {
    let browser = house.browser();
    let (_, old) = join_with_phone(&house, &browser, ANN).await;
    browser.get("/account/authenticator").await.shows(200, "You have 10 recovery codes left");
    let page = browser.submit("#recovery-codes-renew", &[]).await.page();
    let new: Vec<_> = page.text_of("#recovery-codes").split_whitespace().map(str::to_owned).collect();
    assert!(new.len() == 10 && new.iter().all(|code| !old.contains(code)));
    browser.sign_out().await;
    first_step(&browser, ANN).await;
    browser.click("#use-recovery-code").await;
    enter(&browser, &old[3]).await.assert_status(422);
    enter(&browser, &new[3]).await.assert_status(200);
    assert!(browser.is_signed_in().await);
    house.leave_mail();
}

async fn new_recovery_codes_that_were_not_the_owners_are_undone(house: House) {
    let browser = house.browser();
    let (_, old) = join_with_phone(&house, &browser, ANN).await;
    house.clock.advance(days(8));
    first_step(&browser, ANN).await;
    browser.click("#use-recovery-code").await;
    enter(&browser, &old[0]).await.assert_status(200);
    browser.get("/account/authenticator").await;
    browser.submit("#recovery-codes-renew", &[]).await.assert_status(200);
    let letter = told(&house, ANN, "New recovery codes were made").await;
    let reader = house.browser();
    reader.get(&testkit::postbox::links(&letter)[0]).await;
    reader.submit("#link-confirm", &[]).await.assert_status(200);
    // The thief's codes go, the app stays; the owner's older codes come back on no mailbox's word.
    let (id, db) = (account(&house, ANN).await.id, house.passport.db.reader());
    assert_eq!(passport::second_step::store::count_codes(db, id).await.unwrap(), 0);
    assert!(account(&house, ANN).await.has_app());
    house.leave_mail();
}

async fn setting_up_asks_for_the_first_code_and_keeps_the_page(house: House) {
    let browser = house.browser();
    browser.join(ANN).await;
    let before = browser.get("/account/authenticator").await.page().text_of("#authenticator-secret");
    let wrong = browser.submit("#authenticator-submit", &[("code", "12345")]).await;
    wrong.shows(422, "not the code that the app shows");
    assert_eq!(wrong.page().text_of("#authenticator-secret"), before, "the picture was taken already");
    assert!(!account(&house, ANN).await.has_app());
    let page = wrong.page();
    assert!(
        page.attribute("#authenticator-url", "href").starts_with("otpauth://totp/Passport:ann%40acme.test?")
    );
    assert!(page.has(".qr svg path"), "a picture without JavaScript");
}

async fn sf_05_what_protects_the_account_is_changed_only_after_a_fresh_proof(house: House) {
    let browser = house.browser();
    let (phone, _) = join_with_phone(&house, &browser, ANN).await;
    let form = browser.get("/account/authenticator").await.page().form("#authenticator-remove");
    house.clock.advance(minutes(6));
    assert_eq!(browser.get("/account/authenticator").await.heading(), "Sign in");
    let refused = browser.post_from(&house.url(""), "/account/authenticator/remove", &form.fields).await;
    assert!(account(&house, ANN).await.has_app(), "{refused:?}");
    // The password alone is no fresh proof of somebody who has a second step.
    browser.get("/account/authenticator").await;
    let asked = browser.submit("#sign-in-submit", &[("password", PASSWORD)]).await;
    assert_eq!(asked.heading(), "Second step");
    let refused = browser.post_from(&house.url(""), "/account/authenticator/remove", &form.fields).await;
    assert!(account(&house, ANN).await.has_app(), "{refused:?}");
    first_step_again(&browser).await;
    enter(&browser, &phone.code(house.clock.now())).await.assert_status(200);
    browser.get("/account/authenticator").await.assert_status(200);
    browser.submit("#authenticator-remove", &[]).await.shows(200, "The second step is switched off");
    assert!(!account(&house, ANN).await.has_app());
    house.leave_mail();
}

async fn first_step_again(browser: &testkit::Browser) {
    browser.get("/account/authenticator").await;
    browser.submit("#sign-in-submit", &[("password", PASSWORD)]).await.assert_status(200);
}

async fn sf_05_taking_the_app_away_is_told_and_a_mailbox_alone_brings_nothing_back(house: House) {
    let browser = house.browser();
    let (phone, codes) = join_with_phone(&house, &browser, ANN).await;
    // Long enough ago that it is not undone as well.
    house.clock.advance(days(8));
    first_step(&browser, ANN).await;
    enter(&browser, &phone.code(house.clock.now())).await.assert_status(200);
    browser.get("/account/authenticator").await;
    browser.submit("#authenticator-remove", &[]).await.assert_status(200);
    let letter = told(&house, ANN, "authenticator app of your").await;
    let stranger = house.browser();
    stranger.get(&testkit::postbox::links(&letter)[0]).await;
    stranger.submit("#link-confirm", &[]).await.assert_status(200);
    // It might be the stranger's app that its owner took away.
    assert!(!account(&house, ANN).await.has_app());
    told(&house, ANN, "do not come back by an e-mail").await;
    let left =
        passport::second_step::store::count_codes(house.passport.db.reader(), account(&house, ANN).await.id);
    assert_eq!((left.await.unwrap(), codes.len()), (0, 10));
    let (id, reader) = (account(&house, ANN).await.id, house.passport.db.reader());
    for channel in Channel::ALL {
        let changed = passport::channel::store::find_changed(reader, id, channel).await.unwrap();
        assert_eq!(changed, Some(house.clock.now()), "{channel:?}: until tomorrow every way back waits");
    }
    house.leave_mail();
}

async fn several_people_in_one_browser_keep_their_own_steps(house: House) {
    let browser = house.browser();
    let (phone, _) = join_with_phone(&house, &browser, ANN).await;
    browser.sign_out().await;
    browser.join("ben@acme.test").await;
    first_step_of_another(&browser).await;
    enter(&browser, &phone.code(house.clock.now())).await.assert_status(200);
    browser.get("/account").await.shows(200, ANN);
    house.leave_mail();
}

async fn first_step_of_another(browser: &testkit::Browser) {
    browser.get("/sign-in?account=other").await;
    let asked = browser.fill_in_sign_in(ANN, PASSWORD).await;
    assert_eq!(asked.heading(), "Second step");
}

async fn a_sign_in_without_the_second_step_is_as_before(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, house.browser());
    browser.join(ANN).await;
    let claims = jwt::claims(web.tokens(&browser).await.id());
    assert_eq!(
        (&claims["amr"], &claims["acr"]),
        (&json!(["pwd"]), &json!(Context::PasswordProtected.as_str()))
    );
    // Once it is set up, an older session is asked for what it lacks, at the next site.
    let elsewhere = house.browser();
    elsewhere.sign_in(ANN, PASSWORD).await;
    let (phone, _) = set_up(&house, &elsewhere, ANN).await;
    let asked = web.ask(&browser, |asked| asked).await;
    assert_eq!(asked.heading(), "Second step");
    assert!(!asked.page().has("#password"), "only what is missing");
    let done = enter(&browser, &phone.code(house.clock.now())).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&done)).await);
    let after = jwt::claims(tokens.id());
    assert_eq!(after["amr"], json!(["mfa", "otp", "pwd"]));
    assert_eq!(after["auth_time"], claims["auth_time"], "the password was proven when it was");
    let told = web.introspect(&tokens.access).await;
    assert_eq!(told["acr"], Context::MultiFactor.as_str());
    assert_eq!(told["auth_time"], claims["auth_time"]);
    house.leave_mail();
}
