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
    let more = [INFORMATION.as_slice(), &[("name", "Ann Lee")]].concat();
    sign_up_with(&house.browser(), ANN, &more).await;
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
    let more = [("birthdate", "31.1.1970"), ("country", long.as_str()), ("alternate_email", "no address")];
    let refused = sign_up_with(&house.browser(), ANN, &more).await;
    refused.assert_status(422);
    let page = refused.page();
    assert!(page.has("#birthdate-error") && page.has("#country-error") && page.has("#alternate_email-error"));
    assert_eq!(page.attribute("#birthdate", "value"), "31.1.1970");
}
