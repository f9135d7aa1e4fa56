//! When a person is asked again, and when a site must not even try: `prompt`, `max_age`, hints, consent, wishes.
use testkit::{
    Engine, House, Kind, PASSWORD, Parameters,
    house::{minutes, seconds},
    jwt, on_both_engines,
};

use super::{ann, metadata, query};

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
    oidcc_discovery_lists_the_prompts_that_are_answered,
    oidcc_prompt_create_opens_the_sign_up_page_and_comes_back,
    oidcc_prompt_select_account_asks_who_it_shall_be,
    oidcc_max_age_of_the_registration_counts,
    oidcc_max_age_1_and_10000,
    oidcc_ui_locales_claims_locales_and_display_are_wishes,
    oidcc_login_hint_is_filled_in,
    oidcc_response_type_missing,
    oidcc_ensure_post_request_from_another_site_finds_the_session,
    br_10_the_mark_of_a_page_is_for_its_own_request,
    an_unmarked_return_is_a_new_request,
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

async fn oidcc_discovery_lists_the_prompts_that_are_answered(house: House) {
    let prompts = metadata(&house).await["prompt_values_supported"].clone();
    assert_eq!(prompts, serde_json::json!(["none", "login", "consent", "select_account", "create"]));
}

async fn oidcc_prompt_create_opens_the_sign_up_page_and_comes_back(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    let asked = web.ask(&browser, |asked| asked.with("prompt", "create")).await;
    assert!(asked.page().has("#email") && asked.page().has("#sign-up-continue"), "{asked:?}");
    browser.submit("#sign-up-continue", &[("email", "new@acme.test")]).await;
    browser.submit_credentials(PASSWORD).await;
    // Who was made for a site goes back there signed in.
    let answer = browser.click("#sign-up-onward").await;
    web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
}

async fn oidcc_prompt_select_account_asks_who_it_shall_be(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    browser.sign_up("ben@acme.test").await;
    let asked =
        web.ask(&browser, |asked| asked.with("prompt", "select_account").with("scope", "openid email")).await;
    assert_eq!(asked.page().all("button[name=session]").len(), 1, "{asked:?}");
    browser.click("#use-other-account").await;
    let answer = browser.fill_in_sign_in("ben@acme.test", PASSWORD).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
    assert_eq!(jwt::claims(tokens.id())["email"], "ben@acme.test");
    assert!(jwt::claims(tokens.id())["acr"].is_string());
    let silent = web.ask(&browser, |asked| asked.with("prompt", "none select_account")).await;
    web.assert_told(&silent, "invalid_request");
}

async fn oidcc_max_age_of_the_registration_counts(house: House) {
    let browser = ann(&house).await;
    let web = house.client_with(Kind::Web, |client| client.default_max_age = Some(10)).await;
    web.code(&browser).await;
    house.clock.advance(seconds(11));
    assert!(web.ask(&browser, |asked| asked).await.page().has("#password"));
    web.code_in(&web.ask(&browser, |asked| asked.with("max_age", "1000")).await);
}

async fn oidcc_max_age_1_and_10000(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    let auth_time = async |code: String| {
        jwt::claims(web.tokens_in(&web.redeem(&code).await).id())["auth_time"].as_i64().unwrap()
    };
    let first = auth_time(web.code(&browser).await).await;
    house.clock.advance(seconds(2));
    assert!(web.ask(&browser, |asked| asked.with("max_age", "1")).await.page().has("#password"));
    let answer = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    let second = auth_time(web.code_in(&answer)).await;
    assert_eq!(second - first, 2);
    house.clock.advance(seconds(60));
    let third = web.ask(&browser, |asked| asked.with("max_age", "10000").with("prompt", "none")).await;
    assert_eq!(auth_time(web.code_in(&third)).await, second);
}

async fn oidcc_ui_locales_claims_locales_and_display_are_wishes(house: House) {
    let (web, evil, browser) =
        (house.client(Kind::Web).await, house.client(Kind::Evil).await, ann(&house).await);
    for (name, value) in [
        ("ui_locales", "se"),
        ("claims_locales", "se"),
        ("display", "popup"),
        ("display", "page"),
        ("display", "x"),
    ] {
        web.code_in(&web.ask(&browser, |asked| asked.with(name, value)).await);
    }
    let asked = evil.ask(&browser, |asked| asked.with("ui_locales", "se pt-BR en")).await;
    assert_eq!(asked.page().attribute("html", "lang"), "pt-BR");
}

async fn oidcc_login_hint_is_filled_in(house: House) {
    let web = house.client(Kind::Web).await;
    let asked = web.ask(&house.browser(), |asked| asked.with("login_hint", "buffy@acme.test")).await;
    assert_eq!(asked.page().attribute("#username", "value"), "buffy@acme.test");
}

async fn oidcc_response_type_missing(house: House) {
    let web = house.client(Kind::Web).await;
    let told = query(&web.ask(&house.browser(), |asked| asked.without("response_type")).await, &web);
    assert_eq!(told["error"], "invalid_request");
}

async fn oidcc_ensure_post_request_from_another_site_finds_the_session(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    let url = web.authorize_url(|asked| asked.with("prompt", "none"));
    let (endpoint, query) = url.split_once('?').unwrap();
    let fields = Parameters(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect());
    // As a browser does it: the cookie stays at home when another site's form is sent.
    let mut post = testkit::net::Request::post(endpoint, &fields);
    post = post.header("sec-fetch-site", "cross-site").header("origin", "https://rp1.test");
    let bounced = house.net.send(post).await;
    assert_eq!(bounced.status, 303);
    let location = bounced.location();
    assert_eq!(location.path(), "/oauth2/authorize");
    web.code_in(&browser.get(location.as_str()).await);
}

async fn br_10_the_mark_of_a_page_is_for_its_own_request(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    let asked =
        web.ask(&browser, |asked| asked.with("prompt", "login").with("response_mode", "form_post")).await;
    let request = asked.url.query_pairs().find(|(name, _)| name == "request").unwrap().1.into_owned();
    drop(asked);
    let edited = request.replace("response_mode=form_post", "response_mode=fragment");
    let edited: String = url::form_urlencoded::byte_serialize(edited.as_bytes()).collect();
    browser.get(&format!("/sign-in?request={edited}")).await;
    let landed = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    assert!(landed.page().has("#sign-in-submit"), "prompt=login is not satisfied by an edited page");
}

async fn an_unmarked_return_is_a_new_request(engine: Engine) {
    let house = House::open(engine).await;
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    let asked = web.ask(&browser, |asked| asked.with("prompt", "login")).await;
    let request = asked.url.query_pairs().find(|(name, _)| name == "request").unwrap().1.into_owned();
    drop(asked);
    let bare = request.split("&interaction=").next().unwrap().to_owned();
    let answer = browser.get(&format!("/oauth2/authorize?{bare}")).await;
    assert!(answer.page().has("#password"), "prompt=login asks again: {answer:?}");
}
