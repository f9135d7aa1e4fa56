//! Pushed authorization requests (RFC 9126) and what FAPI 2.0 asks of them: PA-01 to PA-04.
use testkit::{
    Engine, House, Kind, PASSWORD, Parameters,
    house::{minutes, seconds},
    net::Request,
    on_both_engines, rp,
};

use super::{ann, metadata, names, plain, push, query, sign_in, uri_in, visit};

on_both_engines![
    fapi2_par_happy_flow,
    fapi2_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds,
    fapi2_par_attempt_reuse_request_uri_after_completion,
    fapi2_par_attempt_to_use_expired_request_uri,
    fapi2_par_attempt_to_use_request_uri_of_another_client,
    fapi2_par_attempt_invalid_http_method,
    fapi2_par_attempt_invalid_redirect_uri,
    fapi2_par_authorization_request_containing_request_uri,
    fapi2_par_only_what_was_pushed_counts,
    pa_03_the_client_authenticates_as_at_the_token_endpoint,
    pa_04_a_client_that_must_push_is_refused_without,
    pa_04_a_server_may_demand_it_of_all,
    every_check_of_the_authorization_endpoint_is_made_when_pushing,
    a_public_client_may_push,
    a_request_is_used_up_by_a_refusal_too,
    of_two_answers_at_once_one_is_given,
    a_slow_person_and_consent_outlive_the_request_uri,
    a_made_up_request_uri_is_refused,
    what_is_pushed_is_not_stored_in_the_clear,
    ended_requests_are_swept,
];

async fn fapi2_par_happy_flow(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    let answer = push(&house, &web, plain(&web)).await;
    let uri = uri_in(&answer);
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:") && uri.len() > 34 + 32, "{uri}");
    assert_eq!(answer.json()["expires_in"], 60);
    let told = query(&visit(&house, &browser, &web.id, &uri).await, &web);
    assert_eq!(names(&told), ["code", "iss", "state"]);
    assert_eq!((&*told["state"], &*told["iss"]), ("S", house.passport.issuer()));
    web.tokens_in(&web.redeem(&told["code"]).await);
    let metadata = metadata(&house).await;
    assert_eq!(metadata["pushed_authorization_request_endpoint"], house.url("/oauth2/par"));
    assert_eq!(metadata["require_pushed_authorization_requests"], false);
}

async fn fapi2_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    let uri = uri_in(&push(&house, &web, plain(&web)).await);
    for _ in 0..3 {
        assert!(visit(&house, &browser, &web.id, &uri).await.page().has("#password"));
    }
    assert!(query(&sign_in(&browser).await, &web).contains_key("code"));
}

async fn fapi2_par_attempt_reuse_request_uri_after_completion(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    let uri = uri_in(&push(&house, &web, plain(&web)).await);
    query(&visit(&house, &browser, &web.id, &uri).await, &web);
    for browser in [&browser, &house.browser()] {
        let answer = visit(&house, browser, &web.id, &uri).await;
        answer.assert_stays_here();
        assert!(answer.page().text_of("#error-code").starts_with("invalid_request_uri"), "PA-02");
    }
}

async fn fapi2_par_attempt_to_use_expired_request_uri(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.protocol.request_uri_seconds = 5).await;
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    let uri = uri_in(&push(&house, &web, plain(&web)).await);
    house.clock.advance(seconds(5));
    let answer = visit(&house, &browser, &web.id, &uri).await;
    answer.assert_stays_here();
    assert!(answer.page().text_of("#error-code").starts_with("invalid_request_uri"), "PA-02");
}

async fn fapi2_par_attempt_to_use_request_uri_of_another_client(house: House) {
    let (web, other) = (house.client(Kind::Web).await, house.client(Kind::Other).await);
    let browser = ann(&house).await;
    let uri = uri_in(&push(&house, &web, plain(&web)).await);
    let answer = visit(&house, &browser, &other.id, &uri).await;
    answer.assert_stays_here();
    assert!(answer.page().text_of("#error-code").starts_with("invalid_request"), "PA-01");
    query(&visit(&house, &browser, &web.id, &uri).await, &web);
}

async fn fapi2_par_attempt_invalid_http_method(house: House) {
    let web = house.client(Kind::Web).await;
    let url = house.url(&format!("/oauth2/par?{}", plain(&web).encoded()));
    for method in ["GET", "PUT", "DELETE"] {
        let answer = house.net.send(Request::new(method.parse().unwrap(), &url)).await;
        answer.assert_status(405);
    }
}

async fn fapi2_par_attempt_invalid_redirect_uri(house: House) {
    let web = house.client(Kind::Web).await;
    for uri in ["https://evil.test/cb", "https://rp1.test/cb/", "", "javascript:alert(1)"] {
        push(&house, &web, plain(&web).with("redirect_uri", uri)).await.assert_token_error("invalid_request");
    }
}

async fn fapi2_par_authorization_request_containing_request_uri(house: House) {
    let web = house.client(Kind::Web).await;
    let uri = uri_in(&push(&house, &web, plain(&web)).await);
    for uri in [uri.as_str(), "https://rp1.test/r", "urn:ietf:params:oauth:request_uri:x"] {
        push(&house, &web, plain(&web).with("request_uri", uri)).await.assert_token_error("invalid_request");
    }
}

async fn fapi2_par_only_what_was_pushed_counts(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    let uri = uri_in(&push(&house, &web, plain(&web)).await);
    let more = |asked: Parameters| {
        asked
            .with("request_uri", &uri)
            .with("state", "outside")
            .with("scope", "openid email")
            .with("redirect_uri", "https://evil.test/cb")
    };
    let told = query(&web.ask(&browser, more).await, &web);
    assert_eq!(told["state"], "S");
    let tokens = web.tokens_in(&web.redeem(&told["code"]).await);
    let info = house.userinfo(&tokens.access).await.json();
    assert!(info.get("email").is_none(), "{info}");
}

async fn pa_03_the_client_authenticates_as_at_the_token_endpoint(house: House) {
    let web = house.client(Kind::Web).await;
    let url = house.url("/oauth2/par");
    let form = plain(&web);
    let unproven = house.net.send(Request::post(&url, &form)).await;
    unproven.assert_token_error("invalid_client");
    let wrong = Request::post(&url, &form).header("authorization", rp::basic(&web.id, "wrong"));
    let answer = house.net.send(wrong).await;
    answer.assert_token_error("invalid_client");
    assert!(answer.header("www-authenticate").starts_with("Basic"));
    let secret = web.secret.clone().unwrap();
    let twice = Request::post(&url, &form.clone().with("client_secret", &secret))
        .header("authorization", rp::basic(&web.id, &secret));
    house.net.send(twice).await.assert_token_error("invalid_request");
    let by_body = Request::post(&url, &form.clone().with("client_secret", &secret));
    uri_in(&house.net.send(by_body).await);
    // A client that sent a header need not repeat its id, but must not name another.
    let header =
        |form: &Parameters| Request::post(&url, form).header("authorization", rp::basic(&web.id, &secret));
    uri_in(&house.net.send(header(&form.clone().without("client_id"))).await);
    house.net.send(header(&form.with("client_id", "other"))).await.assert_token_error("invalid_request");
}

async fn pa_04_a_client_that_must_push_is_refused_without(house: House) {
    let web =
        house.client_with(Kind::Web, |client| client.require_pushed_authorization_requests = true).await;
    let browser = ann(&house).await;
    web.assert_told(&web.ask(&browser, |asked| asked).await, "invalid_request");
    let uri = uri_in(&push(&house, &web, plain(&web)).await);
    query(&visit(&house, &browser, &web.id, &uri).await, &web);
}

async fn pa_04_a_server_may_demand_it_of_all(engine: Engine) {
    let house = House::with(engine, |settings| {
        settings.passport.protocol.require_pushed_authorization_requests = true
    })
    .await;
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    web.assert_told(&web.ask(&browser, |asked| asked).await, "invalid_request");
    let uri = uri_in(&push(&house, &web, plain(&web)).await);
    query(&visit(&house, &browser, &web.id, &uri).await, &web);
    assert_eq!(metadata(&house).await["require_pushed_authorization_requests"], true);
}

async fn every_check_of_the_authorization_endpoint_is_made_when_pushing(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    for (name, value, code) in [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "", "invalid_request"),
        ("response_mode", "bogus", "invalid_request"),
        ("scope", "admin", "invalid_scope"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("prompt", "none login", "invalid_request"),
        ("max_age", "-1", "invalid_request"),
        ("claims", "[]", "invalid_request"),
        ("resource", "no-uri", "invalid_target"),
        ("dpop_jkt", "short", "invalid_request"),
        ("registration", "{}", "registration_not_supported"),
        ("request", "x", "invalid_request_object"),
    ] {
        push(&house, &web, plain(&web).with(name, value)).await.assert_token_error(code);
        let answer = web.ask(&browser, |asked| asked.with(name, value)).await;
        let told = if value == "token" { super::fragment(&answer, &web) } else { query(&answer, &web) };
        assert_eq!(told["error"], code, "the same at both: {name}={value}");
    }
    push(&house, &web, plain(&web).and("nonce", "twice")).await.assert_token_error("invalid_request");
}

async fn a_public_client_may_push(house: House) {
    let (spa, browser) = (house.client(Kind::Spa).await, ann(&house).await);
    let uri = uri_in(&push(&house, &spa, plain(&spa)).await);
    let told = query(&visit(&house, &browser, &spa.id, &uri).await, &spa);
    spa.tokens_in(&spa.redeem(&told["code"]).await);
    let form = plain(&spa).without("code_challenge").without("code_challenge_method");
    push(&house, &spa, form).await.assert_token_error("invalid_request");
}

async fn a_request_is_used_up_by_a_refusal_too(house: House) {
    let (evil, browser) = (house.client(Kind::Evil).await, ann(&house).await);
    let uri = uri_in(&push(&house, &evil, plain(&evil)).await);
    visit(&house, &browser, &evil.id, &uri).await;
    assert_eq!(query(&browser.click("#consent-deny").await, &evil)["error"], "access_denied");
    visit(&house, &browser, &evil.id, &uri).await.assert_stays_here();
    let silent = uri_in(&push(&house, &evil, plain(&evil).with("prompt", "none")).await);
    let told = query(&visit(&house, &browser, &evil.id, &silent).await, &evil);
    assert_eq!(told["error"], "consent_required");
    visit(&house, &browser, &evil.id, &silent).await.assert_stays_here();
}

async fn of_two_answers_at_once_one_is_given(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    let uri = uri_in(&push(&house, &web, plain(&web)).await);
    let tabs = [browser.tab(), browser.tab(), browser.tab(), browser.tab()];
    let [one, two, three, four] = &tabs;
    let answers = tokio::join!(
        visit(&house, one, &web.id, &uri),
        visit(&house, two, &web.id, &uri),
        visit(&house, three, &web.id, &uri),
        visit(&house, four, &web.id, &uri),
    );
    let mut statuses = [answers.0.status, answers.1.status, answers.2.status, answers.3.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 400, 400, 400]);
}

async fn a_slow_person_and_consent_outlive_the_request_uri(house: House) {
    let evil = house.client(Kind::Evil).await;
    let browser = house.browser();
    browser.sign_up("ann@acme.test").await;
    let uri = uri_in(&push(&house, &evil, plain(&evil).with("prompt", "login consent")).await);
    house.clock.advance(seconds(50));
    assert!(visit(&house, &browser, &evil.id, &uri).await.page().has("#password"));
    house.clock.advance(minutes(10));
    let asked = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    assert!(asked.page().has("#consent-approve"), "{asked:?}");
    house.clock.advance(minutes(10));
    let told = query(&browser.click("#consent-approve").await, &evil);
    evil.tokens_in(&evil.redeem(&told["code"]).await);
    // Whoever comes late without having begun is refused.
    visit(&house, &house.browser(), &evil.id, &uri).await.assert_stays_here();
}

async fn a_made_up_request_uri_is_refused(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    let uri = uri_in(&push(&house, &web, plain(&web)).await);
    for made_up in [
        "urn:ietf:params:oauth:request_uri:",
        "urn:ietf:params:oauth:request_uri:AAAA",
        &format!("{uri}A"),
        &uri.replace("request_uri:", "request_uri:A"),
        uri.trim_end_matches(|c: char| uri.ends_with(c)),
    ] {
        visit(&house, &browser, &web.id, made_up).await.assert_stays_here();
    }
    query(&visit(&house, &browser, &web.id, &uri).await, &web);
}

async fn what_is_pushed_is_not_stored_in_the_clear(house: House) {
    let web = house.client(Kind::Web).await;
    let form = plain(&web).with("login_hint", "somebody-secret@acme.test");
    let uri = uri_in(&push(&house, &web, form).await);
    let Some(file) = house.ground.file() else { return };
    let name = uri.rsplit(':').next().unwrap().as_bytes().to_vec();
    for file in [file.clone(), file.with_extension("db-wal")] {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        assert!(!holds(b"somebody-secret") && !holds(&name), "{}", file.display());
    }
}

async fn ended_requests_are_swept(house: House) {
    let web = house.client(Kind::Web).await;
    push(&house, &web, plain(&web)).await.assert_status(201);
    let dropped = async || {
        let over = passport::pushed::store::OVER;
        over.sweep(&house.passport.db, house.clock.now()).await.unwrap()
    };
    assert_eq!(dropped().await, 0, "its time had not come");
    house.clock.advance(testkit::house::days(2));
    assert_eq!(dropped().await, 1);
}
