//! Signing up, as the FAQ tells it (PP-01 to PP-10, PP-13).
use testkit::{House, PASSWORD, on_both_engines, page::Page};

on_both_engines![
    pp_01_sign_up_stands_in_the_left_hand_navigation,
    pp_02_the_address_is_asked_for_first_then_the_credentials,
    pp_03_a_secret_question_and_its_answer_are_needed,
    pp_08_an_address_that_is_taken_is_refused_in_any_spelling,
    pp_10_one_person_may_have_several_passports,
    pp_13_the_end_says_to_close_the_window_and_signs_nobody_in,
    what_was_entered_is_not_lost_when_something_is_wrong,
    going_back_to_change_the_address_loses_nothing_but_the_password,
    an_address_that_was_taken_meanwhile_costs_nothing_that_was_typed,
    a_chosen_question_serves_as_well_as_an_own_one,
    two_sign_ups_with_one_address_at_once_make_one_account,
];

async fn pp_01_sign_up_stands_in_the_left_hand_navigation(house: House) {
    let home = house.browser().get("/").await;
    assert!(home.page().all("nav.side a").contains(&"Sign Up".to_owned()));
    let page = house.browser().get("/sign-up").await;
    assert!(page.page().words().contains("Enter your e-mail address."));
}

async fn pp_02_the_address_is_asked_for_first_then_the_credentials(house: House) {
    let browser = house.browser();
    let first = browser.get("/sign-up").await.page();
    assert!(first.has("#email") && !first.has("#password"));
    let second = browser.submit("#sign-up-continue", &[("email", "ann@acme.test")]).await.page();
    assert_eq!(second.attribute("#email", "value"), "ann@acme.test");
    assert!(second.has("#password") && second.has("#question") && second.has("#answer"));
    assert!(second.words().contains("If you forget your password"), "PP-04: {}", second.words());
}

async fn pp_03_a_secret_question_and_its_answer_are_needed(house: House) {
    let browser = house.browser();
    browser.get("/sign-up").await;
    browser.submit("#sign-up-continue", &[("email", "ann@acme.test")]).await;
    let refused = browser.submit("#sign-up-submit", &[("password", PASSWORD)]).await;
    refused.assert_status(422);
    assert!(refused.page().has("#question-error") && refused.page().has("#answer-error"));
    browser.get("/sign-in").await;
    browser.fill_in_sign_in("ann@acme.test", PASSWORD).await.assert_status(422);
}

async fn pp_08_an_address_that_is_taken_is_refused_in_any_spelling(house: House) {
    house.browser().sign_up("ann@acme.test").await;
    for spelling in ["ann@acme.test", "ANN@acme.test", "Ann@ACME.Test"] {
        let browser = house.browser();
        browser.get("/sign-up").await;
        let taken = browser.submit("#sign-up-continue", &[("email", spelling)]).await;
        assert!(taken.page().has("#taken-ways"), "{spelling}: {taken:?}");
        assert_eq!(taken.page().all("#taken-ways a").len(), 3, "PP-09");
        let ways = taken.page().attributes("#taken-ways a", "href");
        assert!(ways[0].starts_with("/recover") && ways[1].starts_with("/sign-up"), "PP-09: {ways:?}");
        assert!(ways[2].starts_with("mailto:"), "PP-09: {ways:?}");
    }
}

async fn pp_10_one_person_may_have_several_passports(house: House) {
    let browser = house.browser();
    for email in ["ann@acme.test", "ann+two@acme.test", "ann@other.test"] {
        browser.sign_up(email).await;
        browser.sign_in(email, PASSWORD).await;
    }
}

async fn pp_13_the_end_says_to_close_the_window_and_signs_nobody_in(house: House) {
    let browser = house.browser();
    let done = browser.sign_up("ann@acme.test").await;
    assert!(done.page().words().contains("close the browser window"), "{}", done.page().words());
    assert!(!browser.is_signed_in().await);
    browser.close_and_reopen();
    assert!(!browser.is_signed_in().await);
}

async fn what_was_entered_is_not_lost_when_something_is_wrong(house: House) {
    let browser = house.browser();
    browser.get("/sign-up").await;
    let refused = browser.submit("#sign-up-continue", &[("email", "not an address")]).await;
    refused.assert_status(422);
    assert_eq!(refused.page().attribute("#email", "value"), "not an address");
    assert_eq!(refused.page().attributes("#error-summary a", "href"), ["#email"]);
    browser.submit("#sign-up-continue", &[("email", "ann@acme.test")]).await;
    let refused = browser.submit_credentials("short").await;
    refused.assert_status(422);
    let page = refused.page();
    assert!(page.has("#password-error") && !page.has("#answer-error"));
    assert_eq!(page.attribute("#own_question", "value"), "Where is the spare key?");
    assert_eq!(page.attribute("#email", "value"), "ann@acme.test");
    assert_eq!(page.attribute("#password", "value"), "", "a password is never sent back");
    assert!(browser.submit_credentials(PASSWORD).await.page().has("#signed-up"));
}

/// What somebody typed on the second page, each in its field.
const TYPED: [(&str, &str); 11] = [
    ("question", "own"),
    ("own_question", "Where is the spare key?"),
    ("answer", "under the blue pot"),
    ("alternate_email", "ann@home.test"),
    ("name", "Ann O'Neill"),
    ("country", "BR"),
    ("postal_code", "01310-100"),
    ("birth_day", "29"),
    ("birth_month", "2"),
    ("birth_year", "1980"),
    ("account_language", "pt-BR"),
];

/// Asserts that the second page shows all of it again.
#[track_caller]
fn assert_typed(page: &Page) {
    let form = page.form("#sign-up-submit");
    for (name, value) in TYPED {
        assert_eq!(form.fields.get(name), Some(value), "{name}");
    }
    assert_eq!(form.fields.get("verify"), Some("yes"));
    assert_eq!(form.fields.get("password"), Some(""), "a password is never sent back");
}

async fn going_back_to_change_the_address_loses_nothing_but_the_password(house: House) {
    house.leave_mail();
    let browser = house.browser();
    browser.get("/sign-up").await;
    browser.submit("#sign-up-continue", &[("email", "anne@acme.test")]).await;
    let typed: Vec<_> = TYPED.into_iter().chain([("verify", "yes"), ("password", PASSWORD)]).collect();
    let first = browser.submit("#change-email", &typed).await.assert_status(200).page();
    assert_eq!(first.attribute("#email", "value"), "anne@acme.test");
    assert!(!first.has("input[name='password']"), "a password is never sent back");
    browser.submit("#sign-up-continue", &[("email", "ann at acme")]).await.assert_status(422);
    let second = browser.submit("#sign-up-continue", &[("email", "ann@acme.test")]).await.page();
    assert_eq!(second.attribute("#email", "value"), "ann@acme.test");
    assert_typed(&second);
    assert!(browser.submit("#sign-up-submit", &[("password", PASSWORD)]).await.page().has("#signed-up"));
}

async fn an_address_that_was_taken_meanwhile_costs_nothing_that_was_typed(house: House) {
    let browser = house.browser();
    browser.get("/sign-up").await;
    browser.submit("#sign-up-continue", &[("email", "ann@acme.test")]).await;
    house.browser().sign_up("ann@acme.test").await;
    let typed: Vec<_> = TYPED.into_iter().chain([("verify", "yes"), ("password", PASSWORD)]).collect();
    let taken = browser.submit("#sign-up-submit", &typed).await;
    assert!(taken.page().has("#taken-ways"), "{taken:?}");
    browser.submit("#taken-another", &[]).await.assert_status(200);
    let second = browser.submit("#sign-up-continue", &[("email", "ann@home.example")]).await.page();
    assert_typed(&second);
}

async fn a_chosen_question_serves_as_well_as_an_own_one(house: House) {
    let browser = house.browser();
    browser.get("/sign-up").await;
    let page = browser.submit("#sign-up-continue", &[("email", "ann@acme.test")]).await.page();
    let offered = page.attributes("#question option", "value");
    drop(page);
    let fields = [("password", PASSWORD), ("question", offered[1].as_str()), ("answer", "Spot")];
    let fields = [fields.as_slice(), &testkit::ABOUT].concat();
    assert!(browser.submit("#sign-up-submit", &fields).await.page().has("#signed-up"));
    browser.sign_in("ann@acme.test", PASSWORD).await;
}

async fn two_sign_ups_with_one_address_at_once_make_one_account(house: House) {
    let (first, second) = (house.browser(), house.browser());
    for browser in [&first, &second] {
        browser.get("/sign-up").await;
        browser.submit("#sign-up-continue", &[("email", "ann@acme.test")]).await.assert_status(200);
    }
    let (one, other) = tokio::join!(
        first.submit_credentials(PASSWORD),
        second.submit_credentials("another six green kettles")
    );
    let made = [&one, &other].map(|answer| answer.page().has("#signed-up"));
    assert!(made[0] != made[1], "{one:?}\n{other:?}");
    let taken = if made[0] { other } else { one };
    assert!(taken.page().has("#taken-ways"), "{taken:?}");
}
