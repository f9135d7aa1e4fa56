//! oidcc-basic-certification-test-plan.
use testkit::{
    Answer, Browser, House, Kind, PASSWORD, Parameters, Rp,
    house::{days, seconds},
    jwt,
    net::Request,
    on_both_engines,
};

on_both_engines![
    oidcc_server,
    oidcc_idtoken_signature,
    oidcc_userinfo_get,
    oidcc_userinfo_post_header,
    oidcc_userinfo_post_body,
    oidcc_ensure_request_without_nonce_succeeds_for_code_flow,
    oidcc_ensure_other_scope_order_succeeds,
    oidcc_display_page_and_popup,
    oidcc_prompt_login,
    oidcc_prompt_none_not_logged_in,
    oidcc_prompt_none_logged_in,
    oidcc_ensure_request_with_unknown_parameter_succeeds,
    oidcc_codereuse,
    oidcc_codereuse_30seconds,
    oidcc_ensure_registered_redirect_uri,
    oidcc_ensure_redirect_uri_in_authorization_request,
    oidcc_redirect_uri_query_ok,
    oidcc_redirect_uri_query_mismatch,
    oidcc_redirect_uri_query_added,
    oidcc_server_client_secret_post,
    oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported,
    oidcc_refresh_token,
    oidcc_ensure_request_with_valid_pkce_succeeds,
    ac_06_guesses_at_a_verifier_end_the_code,
];

async fn at_home(house: &House) -> (Rp, Browser) {
    let (web, browser) = (house.client(Kind::Web).await, house.browser());
    browser.join("ann@acme.test").await;
    (web, browser)
}

async fn asked(web: &Rp, browser: &Browser, change: &[(&str, &str)]) -> Answer {
    web.ask(browser, |asked| change.iter().fold(asked, |asked, (name, value)| asked.with(name, *value))).await
}

/// The names of the members of a redirect's query, in order.
fn members(answer: &Answer) -> Vec<String> {
    answer.location().query_pairs().map(|(name, _)| name.into_owned()).collect()
}

async fn oidcc_server(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    asked(&web, &browser, &[]).await;
    let answer = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    assert_eq!(members(&answer), ["code", "state", "iss"], "and nothing more");
    let redeemed = web.redeem(&web.code_in(&answer)).await;
    assert_eq!(redeemed.header("cache-control"), "no-store");
    let lifetime = redeemed.json()["expires_in"].as_i64().unwrap();
    assert!((1..=31_536_000).contains(&lifetime));
    let claims = jwt::claims(web.tokens_in(&redeemed).id());
    let now = house.clock.now().unix_seconds();
    assert_eq!(claims["iss"], house.passport.issuer());
    assert_eq!(claims["aud"], web.id.as_str());
    assert_eq!(claims["nonce"], "N");
    assert_eq!(claims["iat"], now);
    assert!(claims["exp"].as_i64().unwrap() > now && claims["auth_time"].as_i64().unwrap() <= now);
    assert!(!claims["sub"].as_str().unwrap().is_empty() && claims["sub"].as_str().unwrap().len() <= 255);
}

async fn oidcc_idtoken_signature(house: House) {
    let (web, browser) = at_home(&house).await;
    let token = web.tokens(&browser).await.id().to_owned();
    assert_eq!(jwt::header(&token)["alg"], "RS256", "when nothing was registered");
    assert!(jwt::header(&token)["kid"].is_string());
    house.verified(&token, jsonwebtoken::Algorithm::RS256).await;
}

/// UserInfo speaks of the person of the ID token, however it is asked.
async fn told_of(house: &House, change: impl FnOnce(&str, &str) -> Request) {
    let (web, browser) = at_home(house).await;
    let tokens = web.tokens(&browser).await;
    let answer = house.net.send(change(&house.url("/oauth2/userinfo"), &tokens.access)).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.assert_status(200).json()["sub"], jwt::claims(tokens.id())["sub"]);
}

async fn oidcc_userinfo_get(house: House) {
    told_of(&house, |url, token| Request::get(url).header("authorization", format!("Bearer {token}"))).await;
}

async fn oidcc_userinfo_post_header(house: House) {
    let post = |url: &str, token: &str| {
        Request::new("POST".parse().unwrap(), url).header("authorization", format!("Bearer {token}"))
    };
    told_of(&house, post).await;
}

async fn oidcc_userinfo_post_body(house: House) {
    let post = |url: &str, token: &str| Request::post(url, &Parameters::of(&[("access_token", token)]));
    told_of(&house, post).await;
}

async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow(house: House) {
    let (web, browser) = at_home(&house).await;
    let answer = web.ask(&browser, |asked| asked.without("nonce")).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
    assert_eq!(jwt::claims(tokens.id()).get("nonce"), None);
}

async fn oidcc_ensure_other_scope_order_succeeds(house: House) {
    let (web, browser) = at_home(&house).await;
    let answer = asked(&web, &browser, &[("scope", "email openid")]).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
    assert_eq!(house.userinfo(&tokens.access).await.json()["email"], "ann@acme.test");
}

async fn oidcc_display_page_and_popup(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    for display in ["page", "popup", "touch", "wap", "unheard-of"] {
        let page = asked(&web, &browser, &[("display", display)]).await;
        assert!(page.page().has("#sign-in-submit"), "{display}: {page:?}");
    }
    web.code_in(&browser.fill_in_sign_in("ann@acme.test", PASSWORD).await);
}

async fn oidcc_prompt_login(house: House) {
    let (web, browser) = at_home(&house).await;
    let first = jwt::claims(web.tokens(&browser).await.id());
    house.clock.advance(seconds(1));
    let page = asked(&web, &browser, &[("prompt", "login")]).await;
    assert!(page.page().has("#password"), "{page:?}");
    let answer = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    let second = jwt::claims(web.tokens_in(&web.redeem(&web.code_in(&answer)).await).id());
    assert!(second["auth_time"].as_i64() > first["auth_time"].as_i64());
    assert_eq!(second["sub"], first["sub"]);
}

async fn oidcc_prompt_none_not_logged_in(house: House) {
    let web = house.client(Kind::Web).await;
    let answer = asked(&web, &house.browser(), &[("prompt", "none")]).await;
    web.assert_told(&answer, "login_required");
    assert!(answer.told("error_description").is_none_or(|text| !text.contains(['"', '\\', '\n'])));
}

async fn oidcc_prompt_none_logged_in(house: House) {
    let (web, browser) = at_home(&house).await;
    let first = jwt::claims(web.tokens(&browser).await.id());
    let answer = asked(&web, &browser, &[("prompt", "none")]).await;
    let second = jwt::claims(web.tokens_in(&web.redeem(&web.code_in(&answer)).await).id());
    for claim in ["sub", "auth_time"] {
        assert_eq!(first[claim], second[claim]);
    }
}

async fn oidcc_ensure_request_with_unknown_parameter_succeeds(house: House) {
    let (web, browser) = at_home(&house).await;
    web.code_in(&asked(&web, &browser, &[("extra", "foobar")]).await);
}

async fn oidcc_codereuse(house: House) {
    let (web, browser) = at_home(&house).await;
    let code = web.code(&browser).await;
    let tokens = web.tokens_in(&web.redeem(&code).await);
    web.redeem(&code).await.assert_token_error("invalid_grant");
    house.userinfo(&tokens.access).await.assert_status(401);
}

async fn oidcc_codereuse_30seconds(house: House) {
    let (web, browser) = at_home(&house).await;
    let code = web.code(&browser).await;
    let tokens = web.tokens_in(&web.redeem(&code).await);
    house.clock.advance(seconds(30));
    web.redeem(&code).await.assert_token_error("invalid_grant");
    house.userinfo(&tokens.access).await.assert_status(401);
}

/// The request stays on an error page of ours.
async fn stays(web: &Rp, browser: &Browser, change: impl FnOnce(Parameters) -> Parameters) {
    let page = web.ask(browser, change).await;
    page.assert_stays_here();
    assert!(page.page().has("#error-code"), "{page:?}");
}

async fn oidcc_ensure_registered_redirect_uri(house: House) {
    let (web, browser) = at_home(&house).await;
    stays(&web, &browser, |asked| asked.with("redirect_uri", "https://rp1.test/cb/else")).await;
}

async fn oidcc_ensure_redirect_uri_in_authorization_request(house: House) {
    let second = |client: &mut oidc::client::Client| client.redirect_uris.push("https://rp1.test/cb2".into());
    let web = house.client_with(Kind::Web, second).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    stays(&web, &browser, |asked| asked.without("redirect_uri")).await;
}

async fn with_query(house: &House) -> (Rp, Browser) {
    let change =
        |client: &mut oidc::client::Client| client.redirect_uris = vec!["https://rp1.test/cb?foo=bar".into()];
    let web = house.client_with(Kind::Web, change).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    (web, browser)
}

async fn oidcc_redirect_uri_query_ok(house: House) {
    let (web, browser) = with_query(&house).await;
    let answer = asked(&web, &browser, &[]).await;
    assert_eq!(members(&answer), ["foo", "code", "state", "iss"]);
    web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
}

async fn oidcc_redirect_uri_query_mismatch(house: House) {
    let (web, browser) = with_query(&house).await;
    stays(&web, &browser, |asked| asked.with("redirect_uri", "https://rp1.test/cb?foo=other")).await;
}

async fn oidcc_redirect_uri_query_added(house: House) {
    let (web, browser) = at_home(&house).await;
    stays(&web, &browser, |asked| asked.with("redirect_uri", "https://rp1.test/cb?foo=bar")).await;
}

async fn oidcc_server_client_secret_post(house: House) {
    let posting = |client: &mut oidc::client::Client| {
        client.token_endpoint_auth_method = oidc::client::AuthMethod::ClientSecretPost;
    };
    let web = house.client_with(Kind::Web, posting).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let code = web.code(&browser).await;
    let (id, secret) = (web.id.clone(), web.secret.clone().unwrap());
    let by_body = |call: testkit::rp::TokenCall| {
        call.unauthorized().with("client_id", &id).with("client_secret", &secret)
    };
    web.tokens_in(&web.redeem_with(&code, by_body).await);
    let code = web.code(&browser).await;
    let by_header = |call: testkit::rp::TokenCall| {
        call.unauthorized().without("client_secret").authorized(testkit::rp::basic(&id, &secret))
    };
    web.redeem_with(&code, by_header).await.assert_token_error("invalid_client");
}

async fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(house: House) {
    let (web, browser) = at_home(&house).await;
    // {"alg":"none"} . {"state":"inside","nonce":"inside"}
    let object = "eyJhbGciOiJub25lIn0.eyJzdGF0ZSI6Imluc2lkZSIsIm5vbmNlIjoiaW5zaWRlIn0.";
    let answer = asked(&web, &browser, &[("request", object)]).await;
    web.assert_told(&answer, "invalid_request_object");
}

async fn oidcc_refresh_token(house: House) {
    let (web, browser) = at_home(&house).await;
    let other = house.client(Kind::Other).await;
    let change = [("scope", "openid offline_access"), ("prompt", "consent")];
    asked(&web, &browser, &change).await;
    let answer = browser.click("#consent-approve").await;
    let first = web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
    house.clock.advance(seconds(5));
    other.refresh(first.refresh()).await.assert_token_error("invalid_grant");
    let answer = web.refresh(first.refresh()).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let second = web.tokens_in(&answer);
    house.userinfo(&second.access).await.assert_status(200);
    let (before, after) = (jwt::claims(first.id()), jwt::claims(second.id()));
    for claim in ["iss", "sub", "aud", "auth_time"] {
        assert_eq!(before[claim], after[claim], "{claim}");
    }
    assert!(after["iat"].as_i64() > before["iat"].as_i64());
}

async fn oidcc_ensure_request_with_valid_pkce_succeeds(house: House) {
    let optional = |client: &mut oidc::client::Client| client.require_pkce = false;
    let web = house.client_with(Kind::Web, optional).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    web.tokens(&browser).await;
    let code = web.code(&browser).await;
    web.redeem_with(&code, |call| call.without("code_verifier")).await.assert_token_error("invalid_grant");
    let plain =
        web.ask(&browser, |asked| asked.without("code_challenge").without("code_challenge_method")).await;
    let redeemed = web.redeem_with(&web.code_in(&plain), |call| call.without("code_verifier")).await;
    web.tokens_in(&redeemed);
}

async fn ac_06_guesses_at_a_verifier_end_the_code(house: House) {
    let (web, browser) = at_home(&house).await;
    let code = web.code(&browser).await;
    assert!(code.len() >= 22, "128 bits at least");
    let wrong = "A".repeat(43);
    web.redeem_with(&code, |call| call.with("code_verifier", &wrong))
        .await
        .assert_token_error("invalid_grant");
    web.redeem(&code).await.assert_token_error("invalid_grant");
    house.clock.advance(days(1));
    web.redeem(&code).await.assert_token_error("invalid_grant");
}
