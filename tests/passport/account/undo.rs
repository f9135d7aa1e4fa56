//! Every change is told to every known address, and each of them can undo it (issue of notices); the history.
use testkit::{
    House, PASSWORD, SECRET_ANSWER,
    house::{days, minutes, seconds},
    on_both_engines,
};

use super::*;

on_both_engines![
    a_thief_who_changes_everything_loses_all_of_it_again,
    one_click_freezes_and_recovery_opens_again,
    an_undo_link_works_once_and_for_seven_days,
    the_history_is_read_by_its_owner_alone,
    this_was_not_me_freezes_from_the_history,
    whoever_is_named_as_alternate_may_take_the_address_out,
    notices_are_written_in_the_owners_language,
];

async fn freeze_by(house: &House, link: &str) -> Answer {
    let browser = house.browser();
    browser.get(link).await.assert_status(200);
    browser.click("#link-confirm").await
}

async fn a_thief_who_changes_everything_loses_all_of_it_again(house: House) {
    house.leave_mail();
    let more = [INFORMATION.as_slice(), &[("alternate_email", OTHER)]].concat();
    sign_up_with(&house.browser(), ANN, &more).await;
    alternate_is_proven(&house, ANN).await;
    let thief = house.browser();
    thief.sign_in(ANN, PASSWORD).await;
    thief.get("/account/question").await;
    let fields = [("question", "own"), ("own_question", "Thief?"), ("answer", "Yes indeed")];
    thief.submit("#change-question-submit", &fields).await.assert_status(200);
    thief.get("/account/alternate-email").await;
    thief.submit("#alternate-submit", &[("new_email", "thief@evil.test")]).await;
    let link = newest_link(&house, "thief@evil.test").await;
    thief.get(&link).await;
    thief.click("#link-confirm").await.assert_status(200);
    thief.get("/account/email").await;
    thief.submit("#change-email-submit", &[("new_email", "ann@evil.test")]).await;
    let link = newest_link(&house, "ann@evil.test").await;
    thief.get(&link).await;
    thief.click("#link-confirm").await.assert_status(200);
    // The addresses that were lost are still told of what comes after.
    thief.get("/account/password").await;
    let before = (house.postbox(ANN).letters().await.len(), house.postbox(OTHER).letters().await.len());
    thief.submit("#change-password-submit", &[("old_password", PASSWORD), ("password", NEW_PASSWORD)]).await;
    assert_eq!(house.postbox(ANN).letters().await.len(), before.0 + 1);
    assert_eq!(house.postbox(OTHER).letters().await.len(), before.1 + 1);
    // By the first address: no address comes back on its own word (FX-04).
    let undo = newest_link(&house, ANN).await;
    assert_eq!(freeze_by(&house, &undo).await.heading(), "Your Passport is frozen");
    assert!(!thief.is_signed_in().await);
    let found =
        passport::account::store::find_by_key(house.passport.db.reader(), ANN).await.unwrap().unwrap();
    assert_eq!(found.proven_alternate(), Some(OTHER));
    assert_eq!(found.question.as_deref(), Some("Where is the spare key?"));
    answer(&house.browser(), ANN, &INFORMATION, "Yes indeed").await.assert_status(422);
    // Recovery does not lead to the thief.
    let strange = house.postbox("thief@evil.test").letters().await.len();
    house.clock.advance(minutes(61));
    choose(&house.browser(), ANN, "alternate").await;
    choose(&house.browser(), "ann@evil.test", "alternate").await;
    assert_eq!(house.postbox("thief@evil.test").letters().await.len(), strange);
    let waiting = answer(&house.browser(), ANN, &INFORMATION, SECRET_ANSWER).await;
    assert!(waiting.page().has("#recover-waiting"), "{waiting:?}");
}

async fn one_click_freezes_and_recovery_opens_again(house: House) {
    house.leave_mail();
    ann_with_alternate(&house).await;
    let browser = house.browser();
    browser.sign_in(ANN, PASSWORD).await;
    browser.get("/account/password").await;
    browser
        .submit("#change-password-submit", &[("old_password", PASSWORD), ("password", NEW_PASSWORD)])
        .await;
    let undo = newest_link(&house, ANN).await;
    freeze_by(&house, &undo).await;
    assert_eq!(attempt(&house.browser(), ANN, NEW_PASSWORD).await.heading(), "Your Passport is frozen");
    assert_eq!(house.postbox(OTHER).letters().await[0].subject, "Your Passport is frozen");
    let owner = house.browser();
    let link = asked_link(&house, &owner).await;
    owner.get(&link).await;
    owner.click("#link-confirm").await;
    let done = owner.submit("#recover-password-submit", &[("password", "six grey kettles sing")]).await;
    assert!(done.page().has("#recover-done"), "{done:?}");
    owner.sign_in(ANN, "six grey kettles sing").await;
}

async fn an_undo_link_works_once_and_for_seven_days(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.join(ANN).await;
    let change = async |old: &str, new: &str| {
        browser.sign_in(ANN, old).await;
        browser.get("/account/password").await;
        let fields = [("old_password", old), ("password", new)];
        assert!(browser.submit("#change-password-submit", &fields).await.page().has("#changed"));
        newest_link(&house, ANN).await
    };
    let old = change(PASSWORD, NEW_PASSWORD).await;
    house.clock.advance(days(7));
    assert_eq!(house.browser().get(&old).await.status, 410);
    let link = change(NEW_PASSWORD, PASSWORD).await;
    house.clock.advance(days(6));
    let (one, other) = (house.browser(), house.browser());
    one.get(&link).await.assert_status(200);
    other.get(&link).await.assert_status(200);
    let (one, other) = tokio::join!(one.click("#link-confirm"), other.click("#link-confirm"));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 410]);
}

async fn the_history_is_read_by_its_owner_alone(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.sign_up(ANN).await;
    house.clock.advance(seconds(1));
    browser.sign_in(ANN, PASSWORD).await;
    house.clock.advance(seconds(1));
    browser.get("/account/password").await;
    browser
        .submit("#change-password-submit", &[("old_password", PASSWORD), ("password", NEW_PASSWORD)])
        .await;
    let page = browser.get("/account/history").await.page();
    assert_eq!(page.all("#history tbody th"), ["Password changed", "Signed in", "Created"]);
    assert!(page.text_of("#history td:nth-child(3)").contains("127.0.0.0/24"));
    let line = page.attribute("#history a", "href");
    drop(page);
    let other = house.browser();
    other.sign_up("bea@acme.test").await;
    let page = other.sign_in("bea@acme.test", PASSWORD).await;
    assert!(page.page().has("main"));
    let page = other.get("/account/history").await.page();
    assert_eq!(page.all("#history tbody th").len(), 2);
    drop(page);
    other.get(&line).await.assert_status(404);
    assert_eq!(house.browser().get("/account/history").await.url.path(), "/sign-in");
}

async fn this_was_not_me_freezes_from_the_history(house: House) {
    house.leave_mail();
    let (browser, other) = (house.browser(), house.browser());
    browser.join(ANN).await;
    other.sign_in(ANN, PASSWORD).await;
    browser.get("/account/history").await;
    let asked = browser.click("#history a").await;
    assert!(asked.page().has("#not-me-submit") && other.is_signed_in().await, "asking freezes nothing");
    assert_eq!(browser.click("#not-me-submit").await.heading(), "Your Passport is frozen");
    assert!(browser.here().page().has("a[href='/recover']"), "recovery begins");
    assert!(!browser.is_signed_in().await && !other.is_signed_in().await);
    let again = house.browser();
    assert_eq!(attempt(&again, ANN, PASSWORD).await.heading(), "Your Passport is frozen");
    assert!(!again.is_signed_in().await);
}

async fn whoever_is_named_as_alternate_may_take_the_address_out(house: House) {
    house.leave_mail();
    sign_up_with(&house.browser(), ANN, &[("alternate_email", OTHER)]).await;
    let link = house.postbox(OTHER).link().await;
    let stranger = house.browser();
    stranger.get(&link).await;
    assert!(stranger.click("#link-decline").await.page().has("#link-done"));
    let found =
        passport::account::store::find_by_key(house.passport.db.reader(), ANN).await.unwrap().unwrap();
    assert_eq!(found.alternate, None);
}

async fn notices_are_written_in_the_owners_language(house: House) {
    let browser = house.browser();
    sign_up_with(&browser, ANN, &[("account_language", "pt-BR")]).await;
    browser.sign_in(ANN, PASSWORD).await;
    browser.get("/account/password").await;
    browser
        .submit("#change-password-submit", &[("old_password", PASSWORD), ("password", NEW_PASSWORD)])
        .await;
    let letter = house.postbox(ANN).letter().await;
    assert_eq!(letter.subject, "Algo mudou no seu Passport");
    assert!(
        letter.text.contains("22 de novembro de 2026") && letter.html.contains("lang=\"pt-BR\""),
        "{}",
        letter.text
    );
}
