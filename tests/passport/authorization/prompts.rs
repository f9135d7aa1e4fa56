//! Prompts, hints and wishes of the Basic profile that the general list of prompts does not hold.
use testkit::{Engine, House, Kind, PASSWORD, Parameters, house::seconds, jwt, on_both_engines};

use super::{ann, metadata, query};

on_both_engines![
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
