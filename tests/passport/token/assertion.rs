//! Clients that prove themselves with a signature (CA-02 to CA-07, JW-01 to JW-06).
use oidc::client::{AssertionAlgorithm, AuthMethod, Profile};
use oidc::jws::SigningAlgorithm;
use serde_json::{Value, json};
use testkit::{Browser, House, Kind, Rp, Signer, on_both_engines, signer::mac_assertion};

on_both_engines![
    a_client_signs_with_its_key_and_each_algorithm_serves,
    a_client_signs_with_its_secret,
    ca_03_only_the_registered_way_serves,
    ca_04_no_other_algorithm_serves,
    ca_05_the_audience_is_ours_alone,
    ca_06_an_assertion_serves_once_and_only_in_its_time,
    ca_06_of_eight_uses_at_once_one_succeeds,
    ca_07_an_assertion_speaks_for_its_client_alone,
    jw_03_a_kid_is_a_name_and_nothing_else,
    fapi_2_takes_the_issuer_as_a_plain_string_alone,
];

fn by_key(signer: &Signer) -> impl FnOnce(&mut oidc::client::Client) {
    let jwks = signer.jwks();
    move |client| {
        client.client_id = "pk".to_owned();
        client.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
        client.jwks = Some(jwks);
    }
}

async fn signed_in(house: &House) -> Browser {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser
}

struct Scene {
    house: House,
    signer: Signer,
    pk: Rp,
    browser: Browser,
}

impl Scene {
    async fn of(house: House, algorithm: SigningAlgorithm) -> Self {
        let signer = Signer::new(algorithm);
        let pk = house.client_with(Kind::Web, by_key(&signer)).await;
        let browser = signed_in(&house).await;
        Self { house, signer, pk, browser }
    }

    fn assertion(&self, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        self.signer.assertion(&self.house, "pk", change)
    }

    async fn redeem(&self, assertion: &str) -> testkit::Answer {
        let code = self.pk.code(&self.browser).await;
        self.pk.redeem_with(&code, |call| call.asserted(assertion)).await
    }

    async fn refused(&self, change: impl FnOnce(&mut Value, &mut Value)) {
        self.redeem(&self.assertion(change)).await.assert_token_error("invalid_client");
    }
}

async fn a_client_signs_with_its_key_and_each_algorithm_serves(house: House) {
    let browser = signed_in(&house).await;
    for algorithm in
        [SigningAlgorithm::RS256, SigningAlgorithm::PS256, SigningAlgorithm::ES256, SigningAlgorithm::EdDSA]
    {
        let signer = Signer::new(algorithm);
        let pk = house.client_with(Kind::Web, by_key(&signer)).await;
        assert_eq!(pk.secret, None, "a client with a key has no secret");
        let code = pk.code(&browser).await;
        let assertion = signer.assertion(&house, "pk", |_, _| {});
        pk.tokens_in(&pk.redeem_with(&code, |call| call.asserted(assertion)).await);
        let code = pk.code(&browser).await;
        let named =
            signer.assertion(&house, "pk", |header, _| header["typ"] = json!("client-authentication+jwt"));
        pk.tokens_in(&pk.redeem_with(&code, |call| call.asserted(named).with("client_id", "pk")).await);
    }
}

async fn a_client_signs_with_its_secret(house: House) {
    let by_mac =
        |client: &mut oidc::client::Client| client.token_endpoint_auth_method = AuthMethod::ClientSecretJwt;
    let web = house.client_with(Kind::Web, by_mac).await;
    let browser = signed_in(&house).await;
    let now = house.clock.now().unix_seconds();
    let claims = |jti: &str| json!({"iss": "web", "sub": "web", "aud": house.passport.issuer(), "exp": now + 60, "jti": jti});
    let secret = web.secret.clone().unwrap();
    let redeem = async |assertion: String| {
        let code = web.code(&browser).await;
        web.redeem_with(&code, |call| call.asserted(assertion)).await
    };
    web.tokens_in(&redeem(mac_assertion(&secret, &claims("1"))).await);
    redeem(mac_assertion("another secret of the same length", &claims("2")))
        .await
        .assert_token_error("invalid_client");
    redeem(mac_assertion("", &claims("3"))).await.assert_token_error("invalid_client");
    let code = web.code(&browser).await;
    web.redeem(&code).await.assert_token_error("invalid_client");
    assert!(house.client(Kind::Other).await.secret.is_some());
    let kept = house.ground.count("SELECT count(*) FROM client WHERE sealed_secret IS NOT NULL").await;
    assert_eq!(kept, 1, "only a secret that signs is kept whole");
}

async fn ca_03_only_the_registered_way_serves(house: House) {
    let secret =
        house.client_with(Kind::Web, |client| client.client_id = "pk".to_owned()).await.secret.unwrap();
    let scene = Scene::of(house, SigningAlgorithm::ES256).await;
    for by_header in [true, false] {
        let code = scene.pk.code(&scene.browser).await;
        let old = secret.clone();
        let answer = scene.pk.redeem_with(&code, |call| match by_header {
            true => call.without("client_id").authorized(testkit::rp::basic("pk", &old)),
            false => call.with("client_id", "pk").with("client_secret", old),
        });
        answer.await.assert_token_error("invalid_client");
    }
    let code = scene.pk.code(&scene.browser).await;
    let name_alone = scene.pk.redeem_with(&code, |call| call.with("client_id", "pk"));
    name_alone.await.assert_token_error("invalid_client");
    let web = scene.house.client(Kind::Other).await;
    let code = web.code(&scene.browser).await;
    let foreign = scene.signer.assertion(&scene.house, "other", |_, _| {});
    web.redeem_with(&code, |call| call.asserted(foreign)).await.assert_token_error("invalid_client");
    let code = web.code(&scene.browser).await;
    let both = web.redeem_with(&code, |call| {
        call.with("client_assertion", "junk").with("client_assertion_type", "junk")
    });
    both.await.assert_token_error("invalid_request");
}

async fn ca_04_no_other_algorithm_serves(house: House) {
    let scene = Scene::of(house, SigningAlgorithm::ES256).await;
    let claims = testkit::jwt::claims(&scene.assertion(|_, _| {}));
    let point = scene.signer.jwk["x"].as_str().unwrap();
    for key in [point, &scene.signer.jwk.to_string()] {
        scene.redeem(&mac_assertion(key, &claims)).await.assert_token_error("invalid_client");
    }
    for alg in ["none", "None", "nOnE", "HS256", "RS256", "ES512"] {
        scene.refused(|header, _| header["alg"] = json!(alg)).await;
    }
    let unsigned = scene.assertion(|_, _| {}).rsplit_once('.').unwrap().0.to_owned() + ".";
    scene.redeem(&unsigned).await.assert_token_error("invalid_client");
    let other = Signer::new(SigningAlgorithm::ES256);
    let kid = scene.signer.jwk["kid"].clone();
    let forged = other.assertion(&scene.house, "pk", |header, _| header["kid"] = kid);
    scene.redeem(&forged).await.assert_token_error("invalid_client");
    let carried = other.assertion(&scene.house, "pk", |header, _| header["jwk"] = other.jwk.clone());
    scene.redeem(&carried).await.assert_token_error("invalid_client");
    let pinned = scene.house.client_with(Kind::Web, |client| {
        by_key(&scene.signer)(client);
        client.token_endpoint_auth_signing_alg = Some(AssertionAlgorithm::PS256);
    });
    pinned.await;
    scene.refused(|_, _| {}).await;
}

async fn ca_05_the_audience_is_ours_alone(house: House) {
    let scene = Scene::of(house, SigningAlgorithm::ES256).await;
    let (issuer, token) = (scene.house.passport.issuer().to_owned(), scene.house.url("/oauth2/token"));
    for ours in [json!(issuer), json!(token), json!([issuer]), json!([issuer, token])] {
        let answer = scene.redeem(&scene.assertion(|_, claims| claims["aud"] = ours)).await;
        scene.pk.tokens_in(&answer);
    }
    for foreign in
        [json!("https://other.test"), json!([issuer, "https://other.test"]), json!([]), json!(null)]
    {
        scene.refused(|_, claims| claims["aud"] = foreign).await;
    }
    scene.refused(|_, claims| drop(claims.as_object_mut().unwrap().remove("aud"))).await;
}

async fn ca_06_an_assertion_serves_once_and_only_in_its_time(house: House) {
    let scene = Scene::of(house, SigningAlgorithm::ES256).await;
    let now = scene.house.clock.now().unix_seconds();
    let assertion = scene.assertion(|_, _| {});
    scene.pk.tokens_in(&scene.redeem(&assertion).await);
    scene.redeem(&assertion).await.assert_token_error("invalid_client");
    scene.refused(|_, claims| drop(claims.as_object_mut().unwrap().remove("jti"))).await;
    scene.refused(|_, claims| drop(claims.as_object_mut().unwrap().remove("exp"))).await;
    for (name, at) in
        [("exp", now), ("exp", now - 60), ("exp", now + 2 * 3600), ("iat", now + 3600), ("nbf", now + 3600)]
    {
        scene.refused(|_, claims| claims[name] = json!(at)).await;
    }
    for odd in [json!("soon"), json!(null), json!(-5), json!([now])] {
        scene.refused(|_, claims| claims["exp"] = odd).await;
    }
    // A name that is used up is remembered as long as it could serve.
    passport::jobs::sweep(&scene.house.passport).await.unwrap();
    scene.redeem(&assertion).await.assert_token_error("invalid_client");
}

async fn ca_06_of_eight_uses_at_once_one_succeeds(house: House) {
    let scene = Scene::of(house, SigningAlgorithm::ES256).await;
    let assertion = scene.assertion(|_, _| {});
    let mut codes = Vec::new();
    for _ in 0..8 {
        codes.push(scene.pk.code(&scene.browser).await);
    }
    let mut tries = tokio::task::JoinSet::new();
    for code in codes {
        let (pk, assertion) = (scene.pk.clone(), assertion.clone());
        tries.spawn(async move { pk.redeem_with(&code, |call| call.asserted(assertion)).await.status });
    }
    let mut answers = tries.join_all().await;
    answers.sort_unstable();
    assert_eq!(answers, [200, 401, 401, 401, 401, 401, 401, 401]);
}

async fn ca_07_an_assertion_speaks_for_its_client_alone(house: House) {
    let scene = Scene::of(house, SigningAlgorithm::ES256).await;
    scene.refused(|_, claims| claims["iss"] = json!("web")).await;
    scene.refused(|_, claims| claims["sub"] = json!("nobody")).await;
    let code = scene.pk.code(&scene.browser).await;
    let assertion = scene.assertion(|_, _| {});
    let answer = scene.pk.redeem_with(&code, |call| call.asserted(assertion).with("client_id", "web"));
    answer.await.assert_token_error("invalid_client");
}

async fn jw_03_a_kid_is_a_name_and_nothing_else(house: House) {
    let scene = Scene::of(house, SigningAlgorithm::ES256).await;
    let long = "k".repeat(10_000);
    for kid in [json!("../../../dev/null"), json!("' OR 1=1--"), json!(long), json!(null), json!(5)] {
        scene.refused(|header, _| header["kid"] = kid).await;
    }
    for (name, value) in [("crit", json!(["b64"])), ("jku", json!("http://127.0.0.1:1/jwks"))] {
        let assertion = Signer::new(SigningAlgorithm::ES256)
            .assertion(&scene.house, "pk", |header, _| header[name] = value);
        scene.redeem(&assertion).await.assert_token_error("invalid_client");
    }
    let padded = scene.assertion(|_, _| {}) + "=";
    scene.redeem(&padded).await.assert_token_error("invalid_client");
}

async fn fapi_2_takes_the_issuer_as_a_plain_string_alone(house: House) {
    let (signer, key) = (Signer::new(SigningAlgorithm::PS256), Signer::new(SigningAlgorithm::ES256));
    let pk = house.client_with(Kind::Web, |client| {
        by_key(&signer)(client);
        client.profile = Profile::Fapi2;
        client.dpop_bound_access_tokens = true;
        client.id_token_signed_response_alg = SigningAlgorithm::PS256;
    });
    let pk = pk.await;
    let (issuer, token) = (house.passport.issuer().to_owned(), house.url("/oauth2/token"));
    let now = house.clock.now().unix_seconds();
    // An unknown code: invalid_grant says that the client was let in.
    let ask = async |change: &dyn Fn(&mut Value)| {
        let assertion = signer.assertion(&house, "pk", |_, claims| change(claims));
        let proof = key.proof(&house, "POST", "/oauth2/token", |_, _| {});
        pk.redeem_with("unknown", |call| call.asserted(assertion).header("dpop", proof)).await
    };
    ask(&|_| {}).await.assert_token_error("invalid_grant");
    for aud in [json!([issuer]), json!(token), json!([issuer, token]), json!(house.url("/oauth2/par"))] {
        ask(&|claims| claims["aud"] = aud.clone()).await.assert_token_error("invalid_client");
    }
    for name in ["iat", "nbf"] {
        ask(&|claims| claims[name] = json!(now + 8)).await.assert_token_error("invalid_grant");
        ask(&|claims| claims[name] = json!(now + 61)).await.assert_token_error("invalid_client");
    }
}
