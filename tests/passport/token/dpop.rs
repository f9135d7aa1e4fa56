//! DPoP over HTTP (RFC 9449): DP-01 to DP-04, RT-09, and the fapi2 modules about proofs.
use oidc::jws::SigningAlgorithm;
use serde_json::json;
use testkit::{Answer, Browser, Engine, House, Kind, Rp, Signer, net::Request, on_both_engines};

on_both_engines![
    a_proof_binds_the_tokens_to_its_key,
    dp_01_a_bad_proof_is_refused_in_words,
    dp_03_a_proof_serves_once,
    dp_04_a_bound_token_is_worth_nothing_without_its_key,
    rt_09_a_public_clients_refresh_token_is_bound_and_a_confidential_ones_is_not,
    a_client_that_must_bind_is_refused_without_a_proof,
    a_pushed_proof_binds_the_code_to_its_key,
    a_code_asked_for_with_a_key_is_redeemed_with_that_key_alone,
    nonces_are_demanded_where_the_operator_wants_them,
];

async fn signed_in(house: &House) -> Browser {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser
}

fn key() -> Signer {
    Signer::new(SigningAlgorithm::ES256)
}

async fn redeemed(house: &House, rp: &Rp, browser: &Browser, key: &Signer) -> Answer {
    let asked = rp.ask(browser, |asked| asked.with("scope", "openid offline_access")).await;
    let proof = key.proof(house, "POST", "/oauth2/token", |_, _| {});
    rp.redeem_with(&rp.code_in(&asked), |call| call.header("dpop", proof)).await
}

async fn userinfo(house: &House, scheme: &str, token: &str, proofs: &[String]) -> Answer {
    let mut request =
        Request::get(&house.url("/oauth2/userinfo")).header("authorization", format!("{scheme} {token}"));
    for proof in proofs {
        request = request.header("dpop", proof);
    }
    house.net.send(request).await
}

async fn a_proof_binds_the_tokens_to_its_key(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = signed_in(&house).await;
    for algorithm in [SigningAlgorithm::ES256, SigningAlgorithm::PS256, SigningAlgorithm::EdDSA] {
        let key = Signer::new(algorithm);
        let tokens = web.tokens_of_type(&redeemed(&house, &web, &browser, &key).await, "DPoP");
        let told = web.introspect(&tokens.access).await;
        assert_eq!(told["cnf"], json!({ "jkt": key.jkt() }), "{told}");
        assert_eq!(told["token_type"], "DPoP");
        for scheme in ["DPoP", "dpop"] {
            let proof = key.proof_with(&house, "GET", "/oauth2/userinfo", &tokens.access);
            userinfo(&house, scheme, &tokens.access, &[proof]).await.assert_status(200);
        }
    }
}

async fn dp_01_a_bad_proof_is_refused_in_words(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = signed_in(&house).await;
    let (key, now) = (key(), house.clock.now().unix_seconds());
    let code = web.code(&browser).await;
    let private = json!({"kty": "EC", "crv": "P-256", "x": key.jwk["x"], "y": key.jwk["y"], "d": "AAAA"});
    let make = |change: &dyn Fn(&mut serde_json::Value, &mut serde_json::Value)| {
        key.proof(&house, "POST", "/oauth2/token", |header, claims| change(header, claims))
    };
    let bad = [
        make(&|header, _| header["typ"] = json!("JWT")),
        make(&|header, _| header["alg"] = json!("none")),
        make(&|header, _| header["alg"] = json!("HS256")),
        make(&|header, _| header["jwk"] = private.clone()),
        make(&|header, _| header["jwk"] = Signer::new(SigningAlgorithm::ES256).jwk),
        make(&|_, claims| claims["htm"] = json!("GET")),
        make(&|_, claims| claims["htu"] = json!("https://evil.test/oauth2/token")),
        make(&|_, claims| claims["htu"] = json!(house.url("/oauth2/userinfo"))),
        make(&|_, claims| claims["iat"] = json!(now - 600)),
        make(&|_, claims| claims["iat"] = json!(now + 600)),
        make(&|_, claims| drop(claims.as_object_mut().unwrap().remove("jti"))),
        "junk".to_owned(),
        String::new(),
    ];
    for proof in bad {
        let answer = web.redeem_with(&code, |call| call.header("dpop", proof.clone())).await;
        answer.assert_token_error("invalid_dpop_proof");
        let explained = answer.json()["error_uri"].as_str().unwrap().to_owned();
        assert_eq!(explained, house.url("/help/errors/invalid_dpop_proof"));
    }
    let two = [make(&|_, _| {}), make(&|_, _| {})];
    let answer =
        web.redeem_with(&code, |call| call.header("dpop", two[0].clone()).header("dpop", two[1].clone()));
    answer.await.assert_token_error("invalid_dpop_proof");
    // DP-02: what does not matter does not matter, and the code was not spent on any of them.
    let with_query = make(&|_, claims| claims["htu"] = json!(house.url("/oauth2/token?a=b#c")));
    web.tokens_of_type(&web.redeem_with(&code, |call| call.header("dpop", with_query)).await, "DPoP");
}

async fn dp_03_a_proof_serves_once(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = signed_in(&house).await;
    let key = key();
    let proof = key.proof(&house, "POST", "/oauth2/token", |_, _| {});
    let (one, two) = (web.code(&browser).await, web.code(&browser).await);
    let tokens =
        web.tokens_of_type(&web.redeem_with(&one, |call| call.header("dpop", proof.clone())).await, "DPoP");
    web.redeem_with(&two, |call| call.header("dpop", proof)).await.assert_token_error("invalid_dpop_proof");
    let at_resource = key.proof_with(&house, "GET", "/oauth2/userinfo", &tokens.access);
    userinfo(&house, "DPoP", &tokens.access, std::slice::from_ref(&at_resource)).await.assert_status(200);
    let again = userinfo(&house, "DPoP", &tokens.access, &[at_resource]).await;
    again.assert_status(401);
    assert!(again.header("www-authenticate").starts_with("DPoP error=\"invalid_dpop_proof\""), "{again:?}");
    // Another key may use the same jti.
    let same = |signer: &Signer| {
        signer.proof(&house, "POST", "/oauth2/token", |_, claims| claims["jti"] = json!("same"))
    };
    for signer in [&key, &Signer::new(SigningAlgorithm::ES256)] {
        let (code, proof) = (web.code(&browser).await, same(signer));
        web.tokens_of_type(&web.redeem_with(&code, |call| call.header("dpop", proof)).await, "DPoP");
    }
}

async fn dp_04_a_bound_token_is_worth_nothing_without_its_key(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = signed_in(&house).await;
    let (key, thief) = (key(), key());
    let tokens = web.tokens_of_type(&redeemed(&house, &web, &browser, &key).await, "DPoP");
    let (token, path) = (tokens.access.as_str(), "/oauth2/userinfo");
    for (scheme, proofs) in [
        ("Bearer", vec![]),
        ("Bearer", vec![key.proof_with(&house, "GET", path, token)]),
        ("DPoP", vec![]),
        ("DPoP", vec![thief.proof_with(&house, "GET", path, token)]),
        ("DPoP", vec![key.proof_with(&house, "GET", path, "another token")]),
        ("DPoP", vec![key.proof(&house, "GET", path, |_, _| {})]),
        ("DPoP", vec![key.proof_with(&house, "POST", path, token)]),
        ("DPoP", vec![key.proof_with(&house, "GET", "/oauth2/token", token)]),
        (
            "DPoP",
            vec![key.proof_with(&house, "GET", path, token), key.proof_with(&house, "GET", path, token)],
        ),
    ] {
        let answer = userinfo(&house, scheme, token, &proofs).await;
        answer.assert_status(401);
        assert!(answer.header("www-authenticate").starts_with(scheme), "{answer:?}");
    }
    let unbound = web.tokens(&browser).await;
    let proof = key.proof_with(&house, "GET", path, &unbound.access);
    userinfo(&house, "DPoP", &unbound.access, &[proof]).await.assert_status(401);
}

async fn rt_09_a_public_clients_refresh_token_is_bound_and_a_confidential_ones_is_not(house: House) {
    let browser = signed_in(&house).await;
    let (key, other) = (key(), key());
    let proof = |signer: &Signer| signer.proof(&house, "POST", "/oauth2/token", |_, _| {});
    let spa = house.client(Kind::Spa).await;
    let tokens = spa.tokens_of_type(&redeemed(&house, &spa, &browser, &key).await, "DPoP");
    spa.refresh(tokens.refresh()).await.assert_token_error("invalid_grant");
    let foreign = proof(&other);
    spa.refresh_with(tokens.refresh(), |call| call.header("dpop", foreign))
        .await
        .assert_token_error("invalid_grant");
    let own = proof(&key);
    let next = spa
        .tokens_of_type(&spa.refresh_with(tokens.refresh(), |call| call.header("dpop", own)).await, "DPoP");
    let own = proof(&key);
    spa.tokens_of_type(&spa.refresh_with(next.refresh(), |call| call.header("dpop", own)).await, "DPoP");
    let web = house.client(Kind::Web).await;
    let tokens = web.tokens_of_type(&redeemed(&house, &web, &browser, &key).await, "DPoP");
    let foreign = proof(&other);
    let next = web.tokens_of_type(
        &web.refresh_with(tokens.refresh(), |call| call.header("dpop", foreign)).await,
        "DPoP",
    );
    assert_eq!(web.introspect(&next.access).await["cnf"]["jkt"], other.jkt());
}

async fn a_client_that_must_bind_is_refused_without_a_proof(house: House) {
    let web = house.client_with(Kind::Web, |client| client.dpop_bound_access_tokens = true).await;
    let browser = signed_in(&house).await;
    let code = web.code(&browser).await;
    web.redeem(&code).await.assert_token_error("invalid_dpop_proof");
    let proof = key().proof(&house, "POST", "/oauth2/token", |_, _| {});
    web.tokens_of_type(&web.redeem_with(&code, |call| call.header("dpop", proof)).await, "DPoP");
}

async fn nonces_are_demanded_where_the_operator_wants_them(engine: Engine) {
    let house = House::with(engine, |settings| settings.passport.tokens.dpop_nonce = true).await;
    let web = house.client(Kind::Web).await;
    let browser = signed_in(&house).await;
    let key = key();
    let code = web.code(&browser).await;
    let without = key.proof(&house, "POST", "/oauth2/token", |_, _| {});
    let asked = web.redeem_with(&code, |call| call.header("dpop", without)).await;
    asked.assert_token_error("use_dpop_nonce");
    let nonce = asked.header("dpop-nonce").to_owned();
    let made_up = key.proof(&house, "POST", "/oauth2/token", |_, claims| claims["nonce"] = json!("mine"));
    web.redeem_with(&code, |call| call.header("dpop", made_up)).await.assert_token_error("use_dpop_nonce");
    let with = key.proof(&house, "POST", "/oauth2/token", |_, claims| claims["nonce"] = json!(nonce));
    let answer = web.redeem_with(&code, |call| call.header("dpop", with)).await;
    let tokens = web.tokens_of_type(&answer, "DPoP");
    assert!(!answer.header("dpop-nonce").is_empty(), "the next one is told with every answer");
    let proof = key.proof_with(&house, "GET", "/oauth2/userinfo", &tokens.access);
    let asked = userinfo(&house, "DPoP", &tokens.access, &[proof]).await;
    asked.assert_status(401);
    assert!(asked.header("www-authenticate").contains("use_dpop_nonce"), "{asked:?}");
}

async fn push(house: &House, web: &Rp, extra: &[(&str, &str)], proof: String) -> Answer {
    let fields = [
        ("response_type", "code"),
        ("redirect_uri", &*web.redirect_uri),
        ("scope", "openid"),
        ("state", "S"),
        ("code_challenge", &testkit::rp::challenge(testkit::rp::VERIFIER)),
        ("code_challenge_method", "S256"),
        ("client_id", "web"),
    ];
    assert_eq!(house.passport.issuer(), house.url(""));
    web.post("/oauth2/par", &[&fields, extra].concat(), |call| call.header("dpop", proof)).await
}

async fn a_pushed_proof_binds_the_code_to_its_key(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = signed_in(&house).await;
    let (key, other) = (key(), key());
    let proof = |signer: &Signer, path: &str| signer.proof(&house, "POST", path, |_, _| {});
    let wrong_place = push(&house, &web, &[], proof(&key, "/oauth2/token")).await;
    wrong_place.assert_token_error("invalid_dpop_proof");
    let contradiction = push(&house, &web, &[("dpop_jkt", other.jkt())], proof(&key, "/oauth2/par")).await;
    contradiction.assert_token_error("invalid_dpop_proof");
    for extra in [vec![], vec![("dpop_jkt", key.jkt())]] {
        for (signer, good) in [(&key, true), (&other, false)] {
            let pushed = push(&house, &web, &extra, proof(&key, "/oauth2/par")).await;
            let uri = pushed.assert_status(201).json()["request_uri"].as_str().unwrap().to_owned();
            let address = house.url(&format!(
                "/oauth2/authorize?{}",
                testkit::Parameters::of(&[("client_id", "web"), ("request_uri", &uri)]).encoded()
            ));
            let code = web.code_in(&browser.follow(&address, "https://rp1.test").await);
            let shown = proof(signer, "/oauth2/token");
            let answer = web.redeem_with(&code, |call| call.header("dpop", shown)).await;
            match good {
                true => drop(web.tokens_of_type(&answer, "DPoP")),
                false => drop(answer.assert_token_error("invalid_grant")),
            }
        }
    }
}

async fn a_code_asked_for_with_a_key_is_redeemed_with_that_key_alone(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = signed_in(&house).await;
    let key = key();
    for with_proof in [true, false] {
        let asked = web.ask(&browser, |asked| asked.with("dpop_jkt", key.jkt())).await;
        let code = web.code_in(&asked);
        let proof = key.proof(&house, "POST", "/oauth2/token", |_, _| {});
        let answer =
            web.redeem_with(&code, |call| if with_proof { call.header("dpop", proof) } else { call }).await;
        assert_eq!(answer.status, if with_proof { 200 } else { 400 }, "{answer:?}");
    }
}
