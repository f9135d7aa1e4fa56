//! Account Services for credentials: password, addresses, secret question (RM-03, RM-05, EM-11, PP-26).
use testkit::{
    House, Kind, PASSWORD,
    house::{days, minutes},
    net::Request,
    on_both_engines,
};

use super::*;

on_both_engines![
    a_password_is_changed_by_whoever_knows_the_old_one,
    other_sessions_stay_when_the_person_wants_it,
    rm_03_a_changed_password_forgets_other_computers,
    rm_05_sensitive_pages_ask_for_the_password_again_after_five_minutes,
    managers_find_the_page_at_its_well_known_address,
    em_11_an_address_is_changed_by_a_link_at_the_new_one_and_told_at_the_old,
    em_11_an_address_that_is_taken_says_the_same_and_changes_nothing,
    an_alternate_address_is_another_one_and_proven,
    an_alternate_address_can_be_removed,
    a_new_question_takes_the_place_of_the_old_one,
    pp_06_an_address_is_verified_by_a_letter_and_sites_are_told,
    a_verification_link_is_for_the_address_that_it_was_sent_to,
];

async fn change_password(browser: &Browser, old: &str, new: &str) -> Answer {
    browser.get("/account/password").await.assert_status(200);
    browser.submit("#change-password-submit", &[("old_password", old), ("password", new)]).await
}

async fn a_password_is_changed_by_whoever_knows_the_old_one(house: House) {
    let (browser, other) = (house.browser(), house.browser());
    browser.join(ANN).await;
    other.sign_in(ANN, PASSWORD).await;
    let web = house.client(Kind::Web).await;
    let elsewhere = web.tokens(&other.tab()).await;
    let here = web.tokens(&browser.tab()).await;
    let refused = change_password(&browser, "wrong password", NEW_PASSWORD).await;
    assert!(refused.status == 422 && refused.page().has("#old_password-error"), "{refused:?}");
    let refused = change_password(&browser, PASSWORD, "12345678").await;
    assert!(refused.status == 422 && refused.page().has("#password-error"), "{refused:?}");
    assert!(house.postbox(ANN).letters().await.is_empty());
    let done = change_password(&browser, PASSWORD, NEW_PASSWORD).await;
    assert!(done.page().has("#changed"), "{done:?}");
    assert!(browser.is_signed_in().await && !other.is_signed_in().await);
    house.userinfo(&elsewhere.access).await.assert_status(401);
    house.userinfo(&here.access).await.assert_status(200);
    attempt(&other, ANN, PASSWORD).await.assert_status(422);
    other.sign_in(ANN, NEW_PASSWORD).await;
    let letter = house.postbox(ANN).letter().await;
    assert!(letter.text.contains("was changed") && letter.text.contains("/link/"), "{}", letter.text);
}

async fn other_sessions_stay_when_the_person_wants_it(house: House) {
    house.leave_mail();
    let (browser, other) = (house.browser(), house.browser());
    browser.join(ANN).await;
    other.sign_in(ANN, PASSWORD).await;
    browser.get("/account/password").await;
    let form = browser.here().page().form("#change-password-submit");
    let fields =
        form.filled(&[("old_password", PASSWORD), ("password", NEW_PASSWORD)]).fields.without("end_others");
    let origin = browser.here().url.origin().ascii_serialization();
    assert!(browser.post_from(&origin, "/account/password", &fields).await.page().has("#changed"));
    assert!(browser.is_signed_in().await && other.is_signed_in().await);
}

async fn rm_03_a_changed_password_forgets_other_computers(house: House) {
    house.leave_mail();
    let (browser, other) = (house.browser(), house.browser());
    browser.join(ANN).await;
    other.sign_in(ANN, PASSWORD).await;
    change_password(&browser, PASSWORD, NEW_PASSWORD).await;
    for number in 0..10 {
        attempt(&house.browser(), ANN, &format!("wrong {number}")).await.assert_status(422);
    }
    attempt(&other, ANN, NEW_PASSWORD).await.assert_status(422);
    browser.sign_out().await;
    browser.sign_in(ANN, NEW_PASSWORD).await;
}

async fn rm_05_sensitive_pages_ask_for_the_password_again_after_five_minutes(house: House) {
    let browser = house.browser();
    browser.join(ANN).await;
    let pages = ["/account/password", "/account/email", "/account/alternate-email", "/account/question"];
    for page in pages {
        assert_eq!(browser.get(page).await.url.path(), page);
    }
    house.clock.advance(minutes(6));
    for page in pages {
        let asked = browser.get(page).await;
        assert_eq!(asked.url.path(), "/sign-in", "{asked:?}");
        assert_eq!(asked.url.query_pairs().next().unwrap().1, page);
    }
    let token = browser.get("/").await.page().attribute("input[name=form_token]", "value");
    for (page, fields) in [
        ("/account/password", [("old_password", PASSWORD), ("password", NEW_PASSWORD)]),
        ("/account/email", [("new_email", "evil@acme.test"), ("x", "")]),
        ("/account/alternate-email", [("new_email", "evil@acme.test"), ("x", "")]),
        ("/account/question", [("own_question", "Who?"), ("answer", "Me")]),
    ] {
        let refused =
            browser.post(page, &[fields.as_slice(), &[("form_token", token.as_str())]].concat()).await;
        assert_eq!(refused.url.path(), "/sign-in", "{refused:?}");
    }
    assert!(house.postbox("evil@acme.test").letters().await.is_empty());
    browser.get("/account/password").await;
    assert_eq!(browser.fill_in_sign_in(ANN, PASSWORD).await.url.path(), "/account/password");
}

async fn managers_find_the_page_at_its_well_known_address(house: House) {
    let answer = house.net.send(Request::get(&house.url("/.well-known/change-password"))).await;
    assert_eq!((answer.status, answer.header("location")), (302, "/account/password"));
    house.browser().get("/.well-known/something-else").await.assert_status(404);
    let browser = house.browser();
    browser.join(ANN).await;
    let page = browser.get("/.well-known/change-password").await.page();
    let completes = page.attributes("main input", "autocomplete");
    assert_eq!(completes, ["username", "current-password", "new-password"]);
}

async fn em_11_an_address_is_changed_by_a_link_at_the_new_one_and_told_at_the_old(house: House) {
    house.leave_mail();
    let (browser, new) = (house.browser(), "ann@new.test");
    browser.join(ANN).await;
    let web = house.client(Kind::Web).await;
    let before = web.tokens(&browser.tab()).await;
    browser.get("/account/email").await;
    browser.submit("#change-email-submit", &[("new_email", "ANN@acme.test")]).await.assert_status(422);
    let sent = browser.submit("#change-email-submit", &[("new_email", new)]).await;
    assert!(sent.page().has("#sent"), "{sent:?}");
    let first = newest_link(&house, new).await;
    browser.get("/account/email").await;
    browser.submit("#change-email-submit", &[("new_email", new)]).await;
    let link = newest_link(&house, new).await;
    assert_eq!(house.browser().get(&first).await.status, 410, "an older link is dead");
    // Nothing changes by asking, or by looking.
    browser.get(&link).await.assert_status(200);
    assert!(house.postbox(ANN).letters().await.is_empty());
    attempt(&house.browser(), new, PASSWORD).await.assert_status(422);
    assert!(browser.click("#link-confirm").await.page().has("#link-done"));
    house.browser().sign_in(new, PASSWORD).await;
    attempt(&house.browser(), ANN, PASSWORD).await.assert_status(422);
    assert!(browser.is_signed_in().await);
    let after = web.tokens(&browser.tab()).await;
    let claims = testkit::jwt::claims(after.id());
    assert_eq!(testkit::jwt::claims(before.id())["sub"], claims["sub"]);
    let told = house.userinfo(&after.access).await.json();
    assert_eq!((told["email"].as_str(), told["email_verified"].as_bool()), (Some(new), Some(true)));
    // The old address can undo it for seven days.
    let letter = house.postbox(ANN).letter().await;
    assert!(letter.text.contains("7 days"), "{}", letter.text);
    let undo = newest_link(&house, ANN).await;
    house.clock.advance(days(6));
    let owner = house.browser();
    owner.get(&undo).await.assert_status(200);
    assert_eq!(owner.click("#link-confirm").await.heading(), "Your Passport is frozen");
    let back = passport::account::store::find_by_key(house.passport.db.reader(), ANN).await.unwrap().unwrap();
    assert_eq!((back.email.as_str(), back.state.as_str()), (ANN, "frozen"));
    assert!(!back.email_verified, "the name is back, and proves nothing on its own word (FX-04)");
    assert!(!browser.is_signed_in().await);
}

async fn em_11_an_address_that_is_taken_says_the_same_and_changes_nothing(house: House) {
    let browser = house.browser();
    house.browser().sign_up("bea@acme.test").await;
    browser.join(ANN).await;
    let ask = async |email: &str| {
        browser.get("/account/email").await;
        seen(&browser.submit("#change-email-submit", &[("new_email", email)]).await, email)
    };
    assert_eq!(ask("free@acme.test").await, ask("bea@acme.test").await);
    assert_eq!(house.postbox("free@acme.test").letters().await.len(), 1);
    let letter = house.postbox("bea@acme.test").letter().await;
    assert_eq!(letter.subject, "You already have a Passport");
    assert!(!letter.text.contains("/link/"), "{}", letter.text);
}

async fn an_alternate_address_is_another_one_and_proven(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.join(ANN).await;
    browser.get("/account/alternate-email").await;
    let refused = browser.submit("#alternate-submit", &[("new_email", "Ann@ACME.test")]).await;
    assert!(refused.status == 422 && refused.page().has("#new_email-error"), "PP-26: {refused:?}");
    browser.submit("#alternate-submit", &[("new_email", OTHER)]).await.assert_status(200);
    choose(&house.browser(), ANN, "alternate").await;
    assert_eq!(house.postbox(OTHER).letters().await.len(), 1, "not before it is proven");
    let link = newest_link(&house, OTHER).await;
    browser.get(&link).await;
    assert!(browser.click("#link-confirm").await.page().has("#link-done"));
    assert!(house.postbox(ANN).letter().await.text.contains("alternate e-mail address"));
    let reset = asked_link(&house, &house.browser()).await;
    house.browser().get(&reset).await.assert_status(200);
    // The two must differ also the other way round.
    browser.get("/account/email").await;
    browser.submit("#change-email-submit", &[("new_email", OTHER)]).await.assert_status(422);
}

async fn an_alternate_address_can_be_removed(house: House) {
    house.leave_mail();
    ann_with_alternate(&house).await;
    let browser = house.browser();
    let link = asked_link(&house, &browser).await;
    browser.sign_in(ANN, PASSWORD).await;
    browser.get("/account/alternate-email").await;
    assert!(browser.click("#alternate-remove").await.page().has("#changed"));
    assert_eq!(house.browser().get(&link).await.status, 410);
    let before = house.postbox(OTHER).letters().await.len();
    choose(&house.browser(), ANN, "alternate").await;
    assert_eq!(house.postbox(OTHER).letters().await.len(), before);
}

async fn a_new_question_takes_the_place_of_the_old_one(house: House) {
    house.leave_mail();
    ann_with_information(&house).await;
    let browser = house.browser();
    browser.sign_in(ANN, PASSWORD).await;
    browser.get("/account/question").await;
    browser.submit("#change-question-submit", &[("answer", "Spot")]).await.assert_status(422);
    let fields = [("question", "own"), ("own_question", "Which boat?"), ("answer", "The Mary Ann")];
    assert!(browser.submit("#change-question-submit", &fields).await.page().has("#changed"));
    assert!(house.postbox(ANN).letter().await.text.contains("secret question"));
    let asked = choose(&house.browser(), ANN, "answer").await;
    assert_eq!(asked.page().text_of("#recover-question"), "Which boat?");
    answer(&house.browser(), ANN, &INFORMATION, SECRET_ANSWER).await.assert_status(422);
    assert!(answer(&house.browser(), ANN, &INFORMATION, "the mary ann").await.page().has("#recover-waiting"));
}

async fn pp_06_an_address_is_verified_by_a_letter_and_sites_are_told(house: House) {
    let web = house.client(Kind::Web).await;
    sign_up_with(&house.browser(), ANN, &[("verify", "yes")]).await;
    let browser = house.browser();
    browser.sign_in(ANN, PASSWORD).await;
    let verified = async || {
        let tokens = web.tokens(&browser.tab()).await;
        house.userinfo(&tokens.access).await.json()["email_verified"].as_bool()
    };
    assert_eq!(verified().await, Some(false), "PP-06");
    let link = house.postbox(ANN).link().await;
    browser.get(&link).await.assert_status(200);
    assert_eq!(verified().await, Some(false), "looking is not confirming");
    assert!(browser.click("#link-confirm").await.page().has("#link-done"));
    assert_eq!(verified().await, Some(true));
    assert_eq!(browser.get(&link).await.status, 410);
}

async fn a_verification_link_is_for_the_address_that_it_was_sent_to(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.join(ANN).await;
    browser.get("/account/email").await;
    browser.click("#verify-submit").await.assert_status(200);
    let verify = house.postbox(ANN).link().await;
    browser.get("/account/email").await;
    browser.submit("#change-email-submit", &[("new_email", "ann@new.test")]).await;
    let change = newest_link(&house, "ann@new.test").await;
    browser.get(&change).await;
    browser.click("#link-confirm").await.assert_status(200);
    assert_eq!(house.browser().get(&verify).await.status, 410);
}
