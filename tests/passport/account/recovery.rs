//! A forgotten password, by each of the three ways (PP-23 to PP-29, EM-03 to EM-05).
use serde_json::json;
use testkit::{
    Browser, House, Kind, PASSWORD, SECRET_ANSWER,
    house::{days, minutes, seconds},
    on_both_engines,
};

use super::*;

on_both_engines![
    pp_23_account_services_stands_on_the_left_and_leads_to_the_reset,
    pp_24_a_reset_keeps_the_subject_and_ends_everything,
    pp_25_only_the_ways_on_file_are_usable,
    pp_26_the_letter_goes_to_the_alternate_address_and_nowhere_else,
    pp_27_information_and_answer_are_both_needed,
    pp_27_a_known_computer_does_not_wait,
    pp_27_a_year_alone_can_be_said_again,
    pp_27_an_unknown_computer_waits_and_comes_back_with_its_code,
    pp_29_support_is_named_on_every_page_of_the_way,
    a_veto_stops_the_recovery,
    every_known_address_is_told_of_a_wait,
    em_03_a_link_works_once_and_dies_of_the_use_of_another_changes_and_time,
    em_04_scanners_that_open_a_link_ten_times_do_no_harm,
    em_05_no_page_can_be_jumped_to,
    of_two_people_with_one_proof_one_sets_the_password,
    a_disabled_account_cannot_be_recovered,
    a_new_password_is_checked_like_any_other,
];

async fn set_password(browser: &Browser, password: &str) -> Answer {
    browser.submit("#recover-password-submit", &[("password", password)]).await
}

async fn pp_23_account_services_stands_on_the_left_and_leads_to_the_reset(house: House) {
    let browser = house.browser();
    let home = browser.get("/").await.page();
    assert!(home.all("nav.side a").contains(&"Account Services".to_owned()));
    drop(home);
    let sign_in = browser.get("/account").await;
    assert!(sign_in.page().has("a[href^='/recover']"), "{sign_in:?}");
    let page = browser.click("a[href^='/recover']").await;
    assert!(page.page().has("#recover-continue"), "{page:?}");
}

async fn pp_24_a_reset_keeps_the_subject_and_ends_everything(house: House) {
    house.leave_mail();
    ann_with_alternate(&house).await;
    let web = house.client(Kind::Web).await;
    let there = house.browser();
    there.sign_in(ANN, PASSWORD).await;
    let before = web.tokens(&there.tab()).await;
    let waiting = web.code(&there.tab()).await;
    let browser = house.browser();
    let link = asked_link(&house, &browser).await;
    browser.get(&link).await.assert_status(200);
    let page = browser.click("#link-confirm").await;
    assert_eq!(page.page().attribute("#email", "value"), ANN, "managers of passwords see whose it is");
    assert_eq!(page.page().attribute("#email", "autocomplete"), "username");
    let done = set_password(&browser, NEW_PASSWORD).await;
    assert!(done.page().has("#recover-done"), "{done:?}");
    let ended = done.page().text_of("#ended");
    assert!(ended.contains("One sign-in") && ended.contains("One computer"), "{ended}");
    assert!(!there.is_signed_in().await && !browser.is_signed_in().await);
    house.userinfo(&before.access).await.assert_status(401);
    web.redeem(&waiting).await.assert_token_error("invalid_grant");
    attempt(&browser, ANN, PASSWORD).await.assert_status(422);
    browser.sign_in(ANN, NEW_PASSWORD).await;
    let after = web.tokens(&browser.tab()).await;
    let subject = |token: &str| testkit::jwt::claims(token)["sub"].clone();
    assert_eq!(subject(before.id()), subject(after.id()), "PP-24");
}

async fn pp_25_only_the_ways_on_file_are_usable(house: House) {
    house.leave_mail();
    let told = json!({ "address": { "postal_code": "1" } });
    for (email, claims, answer) in [
        ("bare@acme.test", json!({}), false),
        ("place@acme.test", json!({ "address": { "country": "Brasil" } }), false),
        ("told@acme.test", told, true),
    ] {
        let more = json!({ "question": "Why?", "answer": SECRET_ANSWER, "claims": claims });
        seeded(&house, email, more).await;
        let page = begin(&house.browser(), email).await.page();
        assert!(
            page.has("#way-alternate")
                && page.has("#way-email")
                && page.has("#way-answer") == answer
                && !page.has("#way-billing"),
            "{email}"
        );
        drop(page);
        // A way that the page did not offer does not open by being asked for.
        let browser = house.browser();
        begin(&browser, email).await;
        let fields = browser.here().page().form("#recover-way-submit").fields.with("way", "billing");
        let origin = browser.here().url.origin().ascii_serialization();
        browser.post_from(&origin, "/recover", &fields).await.assert_status(422);
    }
    choose(&house.browser(), "bare@acme.test", "alternate").await.assert_status(200);
    assert!(house.postbox("bare@acme.test").letters().await.is_empty());
}

async fn pp_26_the_letter_goes_to_the_alternate_address_and_nowhere_else(house: House) {
    let refused = sign_up_with(&house.browser(), ANN, &[("alternate_email", "ANN@acme.test")]).await;
    assert!(refused.status == 422 && refused.page().has("#alternate_email-error"), "{refused:?}");
    ann_with_alternate(&house).await;
    let sent = choose(&house.browser(), "Ann@ACME.test", "alternate").await;
    assert!(sent.page().words().contains("alternate e-mail address"), "{sent:?}");
    assert_eq!(house.postbox(OTHER).letters().await.len(), 2);
    assert!(house.postbox(ANN).letters().await.is_empty());
    let letter = house.postbox(OTHER).letters().await.remove(0);
    assert!(letter.text.contains(ANN) && letter.html.contains("/link/"), "{}", letter.text);
}

async fn pp_27_information_and_answer_are_both_needed(house: House) {
    house.leave_mail();
    ann_with_information(&house).await;
    let browser = house.browser();
    let wrong_place = [INFORMATION.as_slice(), &[("postal_code", "SW1A 1AB")]].concat();
    let mut told = Vec::new();
    for (information, said) in [
        (INFORMATION.as_slice(), "Under the second stair"),
        (wrong_place.as_slice(), SECRET_ANSWER),
        (&[], SECRET_ANSWER),
        (INFORMATION.as_slice(), ""),
    ] {
        let refused = answer(&browser, ANN, information, said).await;
        refused.assert_status(422);
        told.push(refused.page().text_of("#error-summary"));
    }
    told.dedup();
    assert_eq!(told.len(), 1, "nobody is told what was wrong (BF-05): {told:?}");
    let right = answer(&browser, ANN, &INFORMATION, "  under THE third  stair").await;
    assert!(right.page().has("#recover-waiting"), "{right:?}");
}

async fn pp_27_a_known_computer_does_not_wait(house: House) {
    ann_with_information(&house).await;
    let browser = house.browser();
    browser.sign_in(ANN, PASSWORD).await;
    browser.sign_out().await;
    browser.close_and_reopen();
    let page = answer(&browser, ANN, &INFORMATION, SECRET_ANSWER).await;
    assert!(page.page().has("#recover-password-submit"), "{page:?}");
    assert!(house.postbox(ANN).letters().await.is_empty());
    assert!(set_password(&browser, NEW_PASSWORD).await.page().has("#recover-done"));
    browser.sign_in(ANN, NEW_PASSWORD).await;
    assert!(house.postbox(ANN).letter().await.text.contains("was reset"));
}

/// Account Services takes a year alone, which no date field of a browser does.
async fn pp_27_a_year_alone_can_be_said_again(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.join(ANN).await;
    browser.get("/account/information").await;
    browser.submit("#information-save", &[("birthdate", "1970")]).await.assert_status(200);
    let stranger = house.browser();
    let page = choose(&stranger, ANN, "answer").await.page();
    assert!(page.has("#birth_year") && page.has("#birth_day"));
    drop(page);
    let place = [("country", "GB"), ("postal_code", "sw1a1aa")];
    let said = |year| [place.as_slice(), &[("birth_year", year)]].concat();
    answer(&stranger, ANN, &said("1971"), SECRET_ANSWER).await.assert_status(422);
    let right = answer(&stranger, ANN, &said("1970"), SECRET_ANSWER).await;
    assert!(right.page().has("#recover-waiting"), "{right:?}");
}

async fn pp_27_an_unknown_computer_waits_and_comes_back_with_its_code(house: House) {
    house.leave_mail();
    ann_with_information(&house).await;
    let browser = house.browser();
    let waiting = answer(&browser, ANN, &INFORMATION, SECRET_ANSWER).await;
    let code = waiting.page().text_of("#recover-code");
    assert_eq!(code.len(), 31, "{code}");
    let early = browser.get("/recover/password").await;
    assert!(early.page().has("#recover-waiting") && !early.page().has("#recover-code"), "{early:?}");
    house.clock.advance(days(1) - seconds(1));
    let elsewhere = house.browser();
    elsewhere.get("/recover/return").await;
    let early = elsewhere.submit("#recover-return-submit", &[("code", &code)]).await;
    assert!(early.page().has("#recover-waiting"), "{early:?}");
    let forced = elsewhere.post("/recover/password", &[("password", NEW_PASSWORD)]).await;
    forced.assert_status(403);
    house.clock.advance(seconds(1));
    elsewhere.get("/recover/return").await;
    elsewhere.submit("#recover-return-submit", &[("code", "AAAAA")]).await.assert_status(422);
    let page = elsewhere.submit("#recover-return-submit", &[("code", &code.to_lowercase())]).await;
    assert!(page.page().has("#recover-password-submit"), "{page:?}");
    assert!(set_password(&elsewhere, NEW_PASSWORD).await.page().has("#recover-done"));
    elsewhere.sign_in(ANN, NEW_PASSWORD).await;
    // The code is used up.
    elsewhere.get("/recover/return").await;
    let again = elsewhere.submit("#recover-return-submit", &[("code", &code)]).await;
    assert!(again.page().has("#recover-over"), "{again:?}");
}

async fn pp_29_support_is_named_on_every_page_of_the_way(house: House) {
    house.leave_mail();
    ann_with_information(&house).await;
    let browser = house.browser();
    let support = |answer: &Answer| answer.page().has("main a[href^='mailto:']");
    assert!(support(&browser.get("/recover").await));
    assert!(support(&begin(&browser, ANN).await));
    assert!(support(&choose(&browser, ANN, "alternate").await));
    assert!(support(&choose(&browser, ANN, "answer").await));
    assert!(support(&answer(&browser, ANN, &[], "wrong").await));
    assert!(support(&answer(&browser, ANN, &INFORMATION, SECRET_ANSWER).await));
    assert!(support(&browser.get("/recover/return").await));
    assert!(support(&house.browser().get("/recover/password").await));
    assert!(support(&browser.get("/link/nothing").await));
}

async fn a_veto_stops_the_recovery(house: House) {
    house.leave_mail();
    ann_with_information(&house).await;
    let thief = house.browser();
    let code = answer(&thief, ANN, &INFORMATION, SECRET_ANSWER).await.page().text_of("#recover-code");
    let owner = house.browser();
    let link = newest_link(&house, ANN).await;
    let asked = owner.get(&link).await.assert_status(200).page().words();
    assert!(!asked.contains("did not expect"), "closing the page would let the stranger in: {asked}");
    let stopped = owner.click("#link-confirm").await;
    assert_eq!(stopped.heading(), "The recovery is stopped");
    house.clock.advance(days(1));
    assert!(thief.get("/recover/password").await.page().has("#recover-over"));
    thief.get("/recover/return").await;
    assert!(thief.submit("#recover-return-submit", &[("code", &code)]).await.page().has("#recover-over"));
    thief.post("/recover/password", &[("password", NEW_PASSWORD)]).await.assert_status(403);
    house.browser().sign_in(ANN, PASSWORD).await;
}

async fn every_known_address_is_told_of_a_wait(house: House) {
    let more = [INFORMATION.as_slice(), &[("alternate_email", OTHER)]].concat();
    sign_up_with(&house.browser(), ANN, &more).await;
    alternate_is_proven(&house, ANN).await;
    house.postbox(OTHER).letter().await;
    answer(&house.browser(), ANN, &INFORMATION, SECRET_ANSWER).await;
    let first = house.postbox(ANN).letter().await;
    let second = house.postbox(OTHER).letters().await.remove(0);
    for letter in [first, second] {
        assert_eq!(letter.subject, "Somebody wants to reset your password");
        assert!(
            letter.text.contains("127.0.0.0/24") && letter.text.contains("November 23, 2026, 12:00 UTC"),
            "{}",
            letter.text
        );
    }
}

async fn em_03_a_link_works_once_and_dies_of_the_use_of_another_changes_and_time(house: House) {
    house.leave_mail();
    ann_with_alternate(&house).await;
    let browser = house.browser();
    let dead = async |link: &str| {
        let answer = house.browser().get(link).await;
        answer.status == 410 && answer.page().has("#link-dead")
    };
    // An earlier one lives on: else a stranger who asks kills what the owner just got.
    let first = asked_link(&house, &browser).await;
    let second = asked_link(&house, &browser).await;
    assert!(!dead(&first).await && !dead(&second).await);
    // Once, and then all of them; the same press that comes twice is another matter (attack::twice).
    browser.get(&second).await;
    let tab = house.browser();
    tab.get(&second).await.assert_status(200);
    assert!(browser.click("#link-confirm").await.page().has("#recover-password-submit"));
    assert_eq!(tab.click("#link-confirm").await.status, 410);
    assert!(dead(&second).await && dead(&first).await);
    // Time, looked at when it is used and not swept.
    let third = asked_link(&house, &browser).await;
    let late = house.browser();
    late.get(&third).await.assert_status(200);
    house.clock.advance(minutes(15));
    assert!(dead(&third).await);
    assert_eq!(late.click("#link-confirm").await.status, 410);
    // Another password.
    house.clock.advance(minutes(60));
    let fourth = asked_link(&house, &browser).await;
    let owner = house.browser();
    owner.sign_in(ANN, PASSWORD).await;
    owner.get("/account/password").await;
    let fields = [("old_password", PASSWORD), ("password", NEW_PASSWORD)];
    assert!(owner.submit("#change-password-submit", &fields).await.page().has("#changed"));
    assert!(dead(&fourth).await);
    // And the proof of a link that was pressed in time dies of it as well.
    let fifth = asked_link(&house, &browser).await;
    browser.get(&fifth).await;
    browser.click("#link-confirm").await.assert_status(200);
    owner.get("/account/password").await;
    let fields = [("old_password", NEW_PASSWORD), ("password", PASSWORD)];
    assert!(owner.submit("#change-password-submit", &fields).await.page().has("#changed"));
    assert!(set_password(&browser, "another nine lanterns").await.page().has("#recover-over"));
}

async fn em_04_scanners_that_open_a_link_ten_times_do_no_harm(house: House) {
    house.leave_mail();
    ann_with_alternate(&house).await;
    let browser = house.browser();
    let link = asked_link(&house, &browser).await;
    for _ in 0..10 {
        house.browser().get(&link).await.assert_status(200);
        let head = testkit::net::Request::new(reqwest::Method::HEAD, &link);
        assert!(house.net.send(head).await.status < 400);
    }
    let page = browser.get(&link).await;
    assert_eq!(page.url.path(), "/link", "BR-18: the secret does not stay in the address");
    browser.click("#link-confirm").await;
    assert!(set_password(&browser, NEW_PASSWORD).await.page().has("#recover-done"));
}

async fn em_05_no_page_can_be_jumped_to(house: House) {
    house.leave_mail();
    ann_with_alternate(&house).await;
    let browser = house.browser();
    assert_eq!(browser.get("/recover/password").await.status, 403);
    begin(&browser, ANN).await;
    assert_eq!(browser.get("/recover/password").await.status, 403);
    asked_link(&house, &browser).await;
    assert_eq!(browser.get("/recover/password").await.status, 403);
    let token = browser.get("/recover").await.page().attribute("input[name=form_token]", "value");
    let fields = [("form_token", token.as_str()), ("password", NEW_PASSWORD), ("email", ANN)];
    browser.post("/recover/password", &fields).await.assert_status(403);
    for forged in ["", "A", &"A".repeat(26), &"0".repeat(26)] {
        let line = format!("{}={forged}; Path=/; HttpOnly; SameSite=Lax", house.cookie("recovery"));
        let url = browser.here().url;
        browser.cookies().take(&url, &line, house.clock.now());
        browser.post("/recover/password", &fields).await.assert_status(403);
    }
    house.browser().sign_in(ANN, PASSWORD).await;
}

async fn of_two_people_with_one_proof_one_sets_the_password(house: House) {
    house.leave_mail();
    ann_with_alternate(&house).await;
    let browser = house.browser();
    let link = asked_link(&house, &browser).await;
    browser.get(&link).await;
    browser.click("#link-confirm").await;
    let tab = browser.tab();
    let (one, other) =
        tokio::join!(set_password(&browser, NEW_PASSWORD), set_password(&tab, "seven red lanterns hum"));
    let done = [&one, &other].map(|answer| answer.page().has("#recover-done"));
    assert!(done[0] != done[1], "{one:?}\n{other:?}");
    let password = if done[0] { NEW_PASSWORD } else { "seven red lanterns hum" };
    house.browser().sign_in(ANN, password).await;
}

async fn a_disabled_account_cannot_be_recovered(house: House) {
    house.leave_mail();
    let more = [INFORMATION.as_slice(), &[("alternate_email", OTHER)]].concat();
    sign_up_with(&house.browser(), ANN, &more).await;
    alternate_is_proven(&house, ANN).await;
    let found =
        passport::account::store::find_by_key(house.passport.db.reader(), ANN).await.unwrap().unwrap();
    passport::acts::disable::disable(&house.passport, house.clock.now(), found.id).await.unwrap();
    let before = house.postbox(OTHER).letters().await.len();
    choose(&house.browser(), ANN, "alternate").await.assert_status(200);
    assert_eq!(house.postbox(OTHER).letters().await.len(), before);
    answer(&house.browser(), ANN, &INFORMATION, SECRET_ANSWER).await.assert_status(422);
}

async fn a_new_password_is_checked_like_any_other(house: House) {
    house.leave_mail();
    ann_with_alternate(&house).await;
    let browser = house.browser();
    let link = asked_link(&house, &browser).await;
    browser.get(&link).await;
    browser.click("#link-confirm").await;
    for bad in ["", "short", "password", ANN, &"x1y".repeat(342)] {
        let refused = set_password(&browser, bad).await;
        assert!(refused.status == 422 && refused.page().has("#password-error"), "{bad}: {refused:?}");
    }
    assert!(set_password(&browser, NEW_PASSWORD).await.page().has("#recover-done"));
}
