//! Where an answer may go, and what must be true before one goes (RU, PK, MX, BR).
use testkit::{House, Kind, PASSWORD, Parameters, net::Request, on_both_engines};

on_both_engines![
    ru_01_to_04_and_07_no_neighbour_of_the_registered_uri_is_one,
    ru_05_a_native_client_chooses_its_port_and_nothing_else,
    ru_06_so_does_one_on_ipv6,
    ru_08_two_redirect_uris_are_none,
    ru_09_a_missing_redirect_uri_is_not_guessed,
    ru_13_an_unknown_client_is_told_nothing_and_leads_nowhere,
    pk_01_a_public_client_needs_a_challenge,
    pk_05_only_s256_is_a_method,
    ac_10_what_is_not_enabled_is_refused_at_the_registered_uri,
    mx_01_every_answer_names_the_issuer,
    get_and_post_are_the_same,
    parameters_given_twice_are_refused,
    unknown_parameters_are_ignored,
    the_registered_query_stays,
];

const REGISTERED: &str = "https://rp1.test/cb";

async fn ru_01_to_04_and_07_no_neighbour_of_the_registered_uri_is_one(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for uri in [
        "https://rp1.test.evil.test/cb",
        "https://rp1.test/cb.evil.test",
        "https://rp1.test/cb/../x",
        "https://rp1.test/cb%2f..%2fx",
        "https://rp1.test/cb/..;/x",
        "https://rp1.test@evil.test/cb",
        "https://a@rp1.test@evil.test/cb",
        "https://rp1.test/cb#x",
        "https://rp1.test/cb%23x",
        "HTTPS://RP1.test/cb",
        "https://rp1.test:443/cb",
        "https://rp1.test:8443/cb",
        "https://rp1.test/cb/",
        "https://rp1.test/CB",
        "https://rp1.test/%63b",
        "https://rp1.test./cb",
        "https://rp1.test/cb?",
        "https://rp1.test/cb?a=b",
        "https://rp1.test/cb?code=EVIL",
        "https://rp1.test/cb ",
        "https://rp1.test/cb\t",
        "//rp1.test/cb",
        "javascript:alert(1)",
        "",
    ] {
        let answer = web.ask(&browser, |asked| asked.with("redirect_uri", uri)).await;
        answer.assert_stays_here();
        assert!(uri.is_empty() || !answer.text().contains(&format!("href=\"{uri}")), "{uri}");
    }
    // Refused at the door already (FX-14).
    let answer = web.ask(&browser, |asked| asked.with("redirect_uri", "https://rp1.test/cb\0")).await;
    assert_eq!((answer.status, answer.header("location")), (400, ""), "{answer:?}");
    web.code(&browser).await;
}

async fn ru_05_a_native_client_chooses_its_port_and_nothing_else(house: House) {
    let native = house.client(Kind::Native).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let asked = native.ask(&browser, |asked| asked.with("redirect_uri", "http://127.0.0.1:49152/cb")).await;
    let location = asked.location();
    assert!(location.as_str().starts_with("http://127.0.0.1:49152/cb?code="), "{location}");
    let code = asked.told("code").unwrap();
    let redeemed =
        native.redeem_with(&code, |call| call.with("redirect_uri", "http://127.0.0.1:49152/cb")).await;
    native.tokens_in(&redeemed);
    for uri in [
        "http://127.0.0.1:49152/other",
        "http://localhost:49152/cb",
        "http://127.0.0.1.evil.test:1/cb",
        "http://127.0.0.1:1@evil.test/cb",
        "http://2130706433:1/cb",
        "http://0x7f.1:1/cb",
        "https://127.0.0.1:1/cb",
    ] {
        native.ask(&browser, |asked| asked.with("redirect_uri", uri)).await.assert_stays_here();
    }
}

async fn ru_06_so_does_one_on_ipv6(house: House) {
    let native =
        house.client_with(Kind::Native, |client| client.redirect_uris = vec!["http://[::1]/cb".into()]).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let asked = native.ask(&browser, |asked| asked.with("redirect_uri", "http://[::1]:61000/cb")).await;
    assert!(asked.location().as_str().starts_with("http://[::1]:61000/cb?code="));
    for uri in ["http://[::ffff:127.0.0.1]:1/cb", "http://[0:0:0:0:0:0:0:1]:1/cb", "http://[::1%25lo]:1/cb"] {
        native.ask(&browser, |asked| asked.with("redirect_uri", uri)).await.assert_stays_here();
    }
}

async fn ru_08_two_redirect_uris_are_none(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    let evil = "https://evil.test/cb";
    web.ask(&browser, |asked| asked.and("redirect_uri", evil)).await.assert_stays_here();
    web.ask(&browser, |asked| asked.with("redirect_uri", evil).and("redirect_uri", REGISTERED))
        .await
        .assert_stays_here();
    let url = web.authorize_url(|asked| asked);
    let one_each =
        browser.post_from("https://rp1.test", &url, &Parameters::of(&[("redirect_uri", evil)])).await;
    one_each.assert_stays_here();
}

async fn ru_09_a_missing_redirect_uri_is_not_guessed(house: House) {
    let web = house.client(Kind::Web).await;
    web.ask(&house.browser(), |asked| asked.without("redirect_uri")).await.assert_stays_here();
}

async fn ru_13_an_unknown_client_is_told_nothing_and_leads_nowhere(house: House) {
    let web = house.client(Kind::Web).await;
    for id in ["nobody", "WEB", "web ", "../web", "' OR 1=1--", "<script>alert(1)</script>"] {
        let answer = web.ask(&house.browser(), |asked| asked.with("client_id", id)).await;
        answer.assert_stays_here();
        assert!(
            !answer.text().contains("<script>alert") && !answer.text().contains(REGISTERED),
            "{answer:?}"
        );
    }
    web.ask(&house.browser(), |asked| asked.without("client_id")).await.assert_stays_here();
}

async fn pk_01_a_public_client_needs_a_challenge(house: House) {
    for kind in [Kind::Spa, Kind::Native, Kind::Web] {
        let client = house.client(kind).await;
        let asked = |asked: Parameters| asked.without("code_challenge").without("code_challenge_method");
        client.assert_told(&client.ask(&house.browser(), asked).await, "invalid_request");
    }
}

async fn pk_05_only_s256_is_a_method(house: House) {
    let spa = house.client(Kind::Spa).await;
    let browser = house.browser();
    for method in ["plain", "s256", "S512", ""] {
        let answer = spa.ask(&browser, |asked| asked.with("code_challenge_method", method)).await;
        spa.assert_told(&answer, "invalid_request");
    }
    let answer = spa.ask(&browser, |asked| asked.without("code_challenge_method")).await;
    spa.assert_told(&answer, "invalid_request");
    for challenge in ["short", &"x".repeat(44), "=".repeat(43).as_str()] {
        let answer = spa.ask(&browser, |asked| asked.with("code_challenge", challenge)).await;
        spa.assert_told(&answer, "invalid_request");
    }
}

async fn ac_10_what_is_not_enabled_is_refused_at_the_registered_uri(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    for response_type in ["none", "nonsense"] {
        let answer = web.ask(&browser, |asked| asked.with("response_type", response_type)).await;
        web.assert_told(&answer, "unsupported_response_type");
    }
    web.assert_told(&web.ask(&browser, |asked| asked.without("response_type")).await, "invalid_request");
    for mode in ["bogus", "Query", "form_post.JWT", "web_message"] {
        web.assert_told(
            &web.ask(&browser, |asked| asked.with("response_mode", mode)).await,
            "invalid_request",
        );
    }
    // No scope is the registered one (RFC 6749 §3.3).
    let unsaid = web.ask(&browser, |asked| asked.without("scope")).await;
    assert!(web.tokens_in(&web.redeem(&web.code_in(&unsaid)).await).id.is_some());
    web.assert_told(
        &web.ask(&browser, |asked| asked.with("scope", "nothing of ours")).await,
        "invalid_scope",
    );
    web.assert_told(&web.ask(&browser, |asked| asked.with("max_age", "-1")).await, "invalid_request");
    web.assert_told(&web.ask(&browser, |asked| asked.with("prompt", "none login")).await, "invalid_request");
}

async fn mx_01_every_answer_names_the_issuer(house: House) {
    let web = house.client(Kind::Web).await;
    let metadata = house.net.send(Request::get(&house.url("/.well-known/openid-configuration"))).await.json();
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    let browser = house.browser();
    let refused = web.ask(&browser, |asked| asked.with("prompt", "none")).await;
    browser.join("ann@acme.test").await;
    let granted = web.ask(&browser, |asked| asked).await;
    for answer in [&refused, &granted] {
        assert_eq!(answer.told("iss").as_deref(), metadata["issuer"].as_str());
    }
    insta::allow_duplicates! {
        insta::assert_snapshot!(
            refused.wire(&["location"]),
            @"
        303
        location: https://rp1.test/cb?error=login_required&error_description=The%20person%20must%20sign%20in.&state=S&iss=https%3A%2F%2Fpassport.test
        "
        );
    }
    let names: Vec<_> = granted.location().query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
}

async fn get_and_post_are_the_same(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    let url = web.authorize_url(|asked| asked);
    let (endpoint, query) = url.split_once('?').unwrap();
    let fields = Parameters(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect());
    let asked = browser.post_from("https://rp1.test", endpoint, &fields).await;
    assert_eq!(asked.heading(), "Sign in");
    browser.sign_up("ann@acme.test").await;
    browser.post_from("https://rp1.test", endpoint, &fields).await;
    let answer = browser.fill_in_sign_in("ann@acme.test", PASSWORD).await;
    web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
}

async fn parameters_given_twice_are_refused(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    for name in ["nonce", "scope", "code_challenge", "response_type", "prompt"] {
        let answer = web.ask(&browser, |asked| asked.and(name, "x").and(name, "y")).await;
        web.assert_told(&answer, "invalid_request");
    }
    web.ask(&browser, |asked| asked.and("client_id", "other")).await.assert_stays_here();
    let answer = web.ask(&browser, |asked| asked.and("state", "T")).await;
    assert_eq!(
        (answer.told("error").as_deref(), answer.told("state")),
        (Some("invalid_request"), None),
        "{answer:?}"
    );
}

async fn unknown_parameters_are_ignored(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let answer = web
        .ask(&browser, |asked| {
            asked
                .with("foo", "bar")
                .with("display", "popup")
                .with("ui_locales", "se")
                .with("claims_locales", "se")
                .with("acr_values", "1 2")
        })
        .await;
    web.code_in(&answer);
}

async fn the_registered_query_stays(house: House) {
    let uri = "https://rp1.test/cb?tenant=1";
    let web = house
        .client_with(Kind::Web, |client| client.redirect_uris = vec![uri.into(), REGISTERED.into()])
        .await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let location = web.ask(&browser, |asked| asked).await.location();
    assert!(location.as_str().starts_with("https://rp1.test/cb?tenant=1&code="), "{location}");
}
