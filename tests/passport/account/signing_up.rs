//! What sign-up asks besides (PP-04, PP-07, PP-09, PP-30), and the domains whose people have a Passport (PP-05).
use testkit::{Engine, House, Kind, PASSWORD, on_both_engines};

use super::*;

on_both_engines![
    pp_04_and_pp_30_sign_up_says_what_the_answer_is_for,
    pp_05_an_address_of_a_managed_domain_is_refused_with_words,
    pp_06_an_address_need_not_be_verified,
    pp_09_the_refusal_offers_its_three_ways_in_order,
    what_was_said_at_sign_up_is_told_to_sites_that_ask,
    wrong_information_is_named_field_by_field_and_kept,
    nobody_signs_up_without_a_way_back,
    the_days_to_come_are_no_birthdays,
];

async fn pp_04_and_pp_30_sign_up_says_what_the_answer_is_for(house: House) {
    let browser = house.browser();
    browser.get("/sign-up").await;
    let page = browser.submit("#sign-up-continue", &[("email", ANN)]).await.page();
    let words = page.words();
    assert!(
        words.contains(
            "(If you forget your password, you will need to provide the secret answer to reset it.)"
        )
    );
    assert!(words.contains("The answer should be something that no one knows but you"));
}

async fn pp_05_an_address_of_a_managed_domain_is_refused_with_words(engine: Engine) {
    let house = House::with(engine, |settings| {
        settings.passport.managed_domains.names = vec!["hosted.test".into()];
    })
    .await;
    let browser = house.browser();
    browser.get("/sign-up").await;
    for typed in ["ann@hosted.test", "Ann@HOSTED.test"] {
        let refused = browser.submit("#sign-up-continue", &[("email", typed)]).await;
        refused.assert_status(422);
        assert!(refused.page().text_of("#email-error").contains("already have a Passport"), "{refused:?}");
    }
    // Also where the first page is skipped.
    browser.submit("#sign-up-continue", &[("email", ANN)]).await.assert_status(200);
    let fields = browser.here().page().form("#sign-up-submit").fields.with("email", "ann@hosted.test");
    let origin = browser.here().url.origin().ascii_serialization();
    browser.post_from(&origin, "/sign-up", &fields).await.assert_status(422);
    house.browser().sign_up("ann@nothosted.test").await;
}

async fn pp_06_an_address_need_not_be_verified(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join(ANN).await;
    let tokens = web.tokens(&browser.tab()).await;
    assert_eq!(house.userinfo(&tokens.access).await.json()["email_verified"].as_bool(), Some(false));
}

async fn pp_09_the_refusal_offers_its_three_ways_in_order(house: House) {
    house.browser().sign_up(ANN).await;
    let browser = house.browser();
    browser.get("/sign-up").await;
    let taken = browser.submit("#sign-up-continue", &[("email", ANN)]).await;
    assert!(
        taken.page().words().contains("already registered")
            && taken.page().words().contains("already been created")
    );
    let reset = browser.click("#taken-ways a").await;
    assert!(reset.page().has("#recover-continue"), "{reset:?}");
}

async fn what_was_said_at_sign_up_is_told_to_sites_that_ask(house: House) {
    let web = house.client(Kind::Web).await;
    sign_up_with(&house.browser(), ANN, &INFORMATION).await;
    let browser = house.browser();
    browser.sign_in(ANN, PASSWORD).await;
    let asked = web.ask(&browser.tab(), |asked| asked.with("scope", "openid profile address")).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&asked)).await);
    let told = house.userinfo(&tokens.access).await.json();
    assert_eq!((told["name"].as_str(), told["birthdate"].as_str()), (Some("Ann Lee"), Some("1970-01-02")));
    assert_eq!(told["address"]["postal_code"].as_str(), Some("SW1A 1AA"));
    assert_eq!(told["address"]["country"].as_str(), Some("United Kingdom"));
}

async fn wrong_information_is_named_field_by_field_and_kept(house: House) {
    let long = "x".repeat(101);
    let more = [
        ("birth_day", "31"),
        ("birth_month", "2"),
        ("birth_year", "1970"),
        ("country", "Lemuria"),
        ("postal_code", long.as_str()),
        ("alternate_email", "no address"),
    ];
    let refused = sign_up_with(&house.browser(), ANN, &more).await;
    refused.assert_status(422);
    let page = refused.page();
    for field in ["birthdate", "country", "postal_code", "alternate_email"] {
        assert!(page.has(&format!("#{field}-error")), "{field}");
    }
    assert_eq!(page.attribute("#birth_day", "value"), "31");
    assert_eq!(page.attribute("#postal_code", "value"), long);
}

async fn nobody_signs_up_without_a_way_back(house: House) {
    house.leave_mail();
    let browser = house.browser();
    let empty = |names: &[&'static str]| names.iter().map(|name| (*name, "")).collect::<Vec<_>>();
    let names = testkit::ABOUT.map(|(name, _)| name);
    let refused = sign_up_with(&browser, ANN, &empty(&names)).await.assert_status(422).page();
    assert!(refused.has("#ways-error") && !refused.has("#name-error"), "one word about all of it");
    drop(refused);
    // What was begun is named field by field, and one mailbox does instead.
    for (left_out, error) in [
        (empty(&["name"]), "#name-error"),
        (empty(&["country"]), "#country-error"),
        (empty(&["postal_code"]), "#postal_code-error"),
        (empty(&["birth_day", "birth_month", "birth_year"]), "#birthdate-error"),
        (empty(&["birth_day"]), "#birthdate-error"),
    ] {
        let refused = sign_up_with(&browser, ANN, &left_out).await;
        assert!(refused.status == 422 && refused.page().has(error), "{error}: {refused:?}");
    }
    let one_mailbox = sign_up_with(&browser, ANN, &[("alternate_email", OTHER)]).await;
    assert!(one_mailbox.page().has("#signed-up"), "{one_mailbox:?}");
    // There are no postal codes in Hong Kong.
    let none = [("country", "HK"), ("postal_code", "")];
    assert!(sign_up_with(&browser, "bea@acme.test", &none).await.page().has("#signed-up"));
}

async fn the_days_to_come_are_no_birthdays(house: House) {
    let later = [("birth_year", "2081")];
    let refused = sign_up_with(&house.browser(), ANN, &later).await;
    assert!(refused.status == 422 && refused.page().has("#birthdate-error"), "{refused:?}");
}
