//! When a person is asked again, and when a site must not even try: `prompt`, `max_age`, hints, consent.
use testkit::{
    House, Kind, PASSWORD,
    house::{minutes, seconds},
    jwt, on_both_engines,
};

on_both_engines![
    br_10_what_a_page_carries_cannot_be_edited_into_something_else,
    br_15_prompt_none_never_shows_a_page,
    br_16_prompt_login_asks_for_the_password_and_gives_nothing_without_it,
    br_16_max_age_counts_from_the_password,
    a_hint_at_another_person_asks_who_is_there,
    a_hint_that_is_not_ours_is_refused,
    br_17_an_untrusted_site_needs_consent_and_hears_of_a_no,
    br_17_consent_cannot_be_posted_for_another_site,
    offline_access_is_asked_for_with_consent,
];

async fn br_10_what_a_page_carries_cannot_be_edited_into_something_else(house: House) {
    let (web, evil) = (house.client(Kind::Web).await, house.client(Kind::Evil).await);
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    let asked = web.ask(&browser, |asked| asked.with("prompt", "login")).await;
    let request = asked.url.query_pairs().find(|(name, _)| name == "request").unwrap().1.into_owned();
    let signed_in_for = |request: String| {
        let request: String = url::form_urlencoded::byte_serialize(request.as_bytes()).collect();
        format!("/sign-in?request={request}")
    };
    // Another redirect URI: the error page.
    browser.get(&signed_in_for(request.replace("rp1.test", "evil.test"))).await.assert_stays_here();
    // Another client: its own request then, with its own rules; the mark of the first is no mark of this one.
    let other = request.replace("client_id=web", "client_id=evil").replace("rp1.test", "evil.test");
    browser.get(&signed_in_for(other)).await;
    let landed = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    assert!(
        landed.page().has("#sign-in-submit"),
        "prompt=login is not satisfied by an edited page: {landed:?}"
    );
    assert!(landed.hops.iter().all(|hop| hop.url.host_str() == Some("localhost")));
    drop(evil);
}

async fn br_15_prompt_none_never_shows_a_page(house: House) {
    let (web, evil) = (house.client(Kind::Web).await, house.client(Kind::Evil).await);
    let browser = house.browser();
    web.assert_told(&web.ask(&browser, |asked| asked.with("prompt", "none")).await, "login_required");
    browser.join("ann@acme.test").await;
    web.code_in(&web.ask(&browser, |asked| asked.with("prompt", "none")).await);
    evil.assert_told(&evil.ask(&browser, |asked| asked.with("prompt", "none")).await, "consent_required");
    let stale = web.ask(&browser, |asked| asked.with("prompt", "none").with("max_age", "0")).await;
    web.assert_told(&stale, "login_required");
    let nobody = web.ask(&browser, |asked| asked.with("prompt", "none").with("client_id", "nobody")).await;
    nobody.assert_stays_here();
}

async fn br_16_prompt_login_asks_for_the_password_and_gives_nothing_without_it(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let before = web.tokens(&browser).await;
    house.clock.advance(minutes(5));
    let asked = web.ask(&browser, |asked| asked.with("prompt", "login")).await;
    assert!(asked.page().has("#password"), "{asked:?}");
    // Going back, or to the endpoint again without the password, leads to the page again.
    let again = browser.get(asked.hops[0].url.as_str()).await;
    assert!(again.page().has("#password"), "{again:?}");
    let wrong = browser.fill_in_sign_in("ann@acme.test", "wrong password").await;
    assert!(wrong.status == 422 && wrong.header("location").is_empty());
    let answer = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    let after = web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
    let time = |token: &str| jwt::claims(token)["auth_time"].as_i64().unwrap();
    assert_eq!(time(after.id()) - time(before.id()), 300);
}

async fn br_16_max_age_counts_from_the_password(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    web.code_in(&web.ask(&browser, |asked| asked.with("max_age", "10")).await);
    house.clock.advance(seconds(11));
    let asked = web.ask(&browser, |asked| asked.with("max_age", "10")).await;
    assert!(asked.page().has("#password"), "{asked:?}");
    web.code_in(&web.ask(&browser, |asked| asked.with("max_age", "15000")).await);
    let zero = web.ask(&browser, |asked| asked.with("max_age", "0")).await;
    assert!(zero.page().has("#password"), "{zero:?}");
    web.code_in(&browser.fill_in_sign_in("ann@acme.test", PASSWORD).await);
}

async fn a_hint_at_another_person_asks_who_is_there(house: House) {
    let web = house.client(Kind::Web).await;
    let (ann, ben) = (house.browser(), house.browser());
    ann.join("ann@acme.test").await;
    let hint = web.tokens(&ann).await.id().to_owned();
    let own = web.ask(&ann, |asked| asked.with("prompt", "none").with("id_token_hint", &hint)).await;
    web.code_in(&own);
    ben.join("ben@acme.test").await;
    let other = web.ask(&ben, |asked| asked.with("prompt", "none").with("id_token_hint", &hint)).await;
    web.assert_told(&other, "login_required");
    let asked = web.ask(&ben, |asked| asked.with("id_token_hint", &hint)).await;
    assert!(asked.page().has("#password"));
    web.assert_told(&ben.fill_in_sign_in("ben@acme.test", PASSWORD).await, "login_required");
}

async fn a_hint_that_is_not_ours_is_refused(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let own = web.tokens(&browser).await.id().to_owned();
    let unsigned = jwt::forged(&own, |header, _| header["alg"] = "none".into());
    let changed = jwt::forged(&own, |_, claims| claims["sub"] = "somebody-else".into());
    for hint in [unsigned.as_str(), &changed, "nonsense", "a.b.c"] {
        let answer = web.ask(&browser, |asked| asked.with("id_token_hint", hint)).await;
        web.assert_told(&answer, "invalid_request");
    }
}

async fn br_17_an_untrusted_site_needs_consent_and_hears_of_a_no(house: House) {
    let evil = house.client(Kind::Evil).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let asked = evil.ask(&browser, |asked| asked.with("scope", "openid email")).await;
    let words = asked.page().words();
    assert!(words.contains("The evil site") && words.contains("ann@acme.test"), "{words}");
    evil.assert_told(&browser.click("#consent-deny").await, "access_denied");
    evil.ask(&browser, |asked| asked.with("scope", "openid email")).await;
    let answer = browser.click("#consent-approve").await;
    evil.tokens_in(&evil.redeem(&evil.code_in(&answer)).await);
}

async fn br_17_consent_cannot_be_posted_for_another_site(house: House) {
    let (web, evil) = (house.client(Kind::Web).await, house.client(Kind::Evil).await);
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    evil.ask(&browser, |asked| asked).await;
    // The form of one request, its destination edited: that request's own rules apply.
    let edited =
        browser.here().page().attribute("input[name=request]", "value").replace("evil.test", "rp1.test");
    browser.submit("#consent-approve", &[("request", &edited)]).await.assert_stays_here();
    drop(web);
}

async fn offline_access_is_asked_for_with_consent(house: House) {
    let evil = house.client(Kind::Evil).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let asked = evil
        .ask(&browser, |asked| asked.with("scope", "openid offline_access").with("prompt", "consent"))
        .await;
    assert!(asked.page().has("#consent-approve"));
    let answer = browser.click("#consent-approve").await;
    evil.tokens_in(&evil.redeem(&evil.code_in(&answer)).await).refresh();
}
