//! What tokens look like: opaque or JWT (RFC 9068), for whom, until when; ID tokens by algorithm; signed UserInfo.
use jsonwebtoken::Algorithm;
use oidc::{client::TokenFormat, jws::SigningAlgorithm};
use serde_json::json;
use testkit::{Browser, Engine, House, Kind, house::days, net::Request, on_both_engines};

on_both_engines![
    an_access_token_is_opaque_unless_the_client_wants_a_jwt,
    a_jwt_dies_as_quickly_as_any_other_token,
    jw_07_no_token_passes_for_another,
    a_resource_may_want_jwts_whoever_asks,
    resource_indicators_narrow_and_never_widen,
    rt_07_the_last_tokens_shrink_to_the_end_of_the_grant,
    the_id_token_is_signed_as_registered,
    userinfo_is_signed_for_who_registered_it,
    errors_are_explained_on_a_page,
    a_request_is_found_again_by_its_interaction_id,
];

async fn signed_in(house: &House) -> Browser {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser
}

async fn an_access_token_is_opaque_unless_the_client_wants_a_jwt(house: House) {
    let browser = signed_in(&house).await;
    let web = house.client(Kind::Web).await;
    let opaque = web.tokens(&browser).await;
    assert!(!opaque.access.contains('.'));
    let other = house.client_with(Kind::Other, |client| client.access_token_format = TokenFormat::Jwt).await;
    let jwt = other.tokens(&browser).await.access;
    assert_eq!(testkit::jwt::header(&jwt)["typ"], "at+jwt");
    let claims = house.verified(&jwt, Algorithm::RS256).await;
    let now = house.clock.now().unix_seconds();
    for (name, value) in [
        ("iss", json!(house.passport.issuer())),
        ("aud", json!(house.passport.issuer())),
        ("client_id", json!("other")),
        ("iat", json!(now)),
        ("exp", json!(now + 600)),
        ("scope", json!("email offline_access openid profile")),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    let told = house.userinfo(&jwt).await;
    assert_eq!(told.assert_status(200).json()["sub"], claims["sub"]);
    house.userinfo(claims["jti"].as_str().unwrap()).await.assert_status(401);
}

async fn a_jwt_dies_as_quickly_as_any_other_token(house: House) {
    let browser = signed_in(&house).await;
    let web = house.client_with(Kind::Web, |client| client.access_token_format = TokenFormat::Jwt).await;
    let tokens = web.tokens(&browser).await;
    let other_node = house.second_node().await;
    let ask_other = async || {
        let mut request = Request::get(&house.url("/oauth2/userinfo"))
            .header("authorization", format!("Bearer {}", tokens.access));
        request.port = Some(other_node.port());
        house.net.send(request).await.status
    };
    assert_eq!(ask_other().await, 200);
    web.revoke(&tokens.access).await.assert_status(200);
    assert_eq!(ask_other().await, 401, "IN-03");
    assert_eq!(web.introspect(&tokens.access).await, json!({ "active": false }));
    let next = web.tokens_in(&web.refresh(tokens.refresh()).await);
    house.userinfo(&next.access).await.assert_status(200);
}

async fn jw_07_no_token_passes_for_another(house: House) {
    let browser = signed_in(&house).await;
    let web = house.client_with(Kind::Web, |client| {
        client.access_token_format = TokenFormat::Jwt;
        client.userinfo_signed_response_alg = Some(SigningAlgorithm::RS256);
    });
    let web = web.await;
    let tokens = web.tokens(&browser).await;
    let userinfo = house.userinfo(&tokens.access).await.text().to_owned();
    for other in [tokens.id(), tokens.refresh(), &userinfo] {
        house.userinfo(other).await.assert_status(401);
    }
    assert_eq!(web.introspect(tokens.id()).await, json!({ "active": false }));
    web.refresh(&tokens.access).await.assert_token_error("invalid_grant");
    web.refresh(tokens.id()).await.assert_token_error("invalid_grant");
    for (place, value) in [("alg", "none"), ("alg", "HS256"), ("typ", "JWT"), ("kid", "../../dev/null")] {
        let forged = testkit::jwt::forged(&tokens.access, |header, _| header[place] = json!(value));
        house.userinfo(&forged).await.assert_status(401);
    }
    let longer = testkit::jwt::forged(&tokens.access, |_, claims| claims["exp"] = json!(9_999_999_999_i64));
    house.userinfo(&longer).await.assert_status(401);
    // Neither an access token nor a UserInfo answer is a hint at who is signed in.
    for hint in [&tokens.access, &userinfo] {
        let asked =
            web.ask(&browser, |asked| asked.with("prompt", "none").with("id_token_hint", hint.clone())).await;
        assert_eq!(asked.told("code"), None, "{asked:?}");
    }
}

async fn a_resource_may_want_jwts_whoever_asks(engine: Engine) {
    let house = House::with(engine, |settings| {
        settings.passport.tokens.jwt_resources = vec!["https://api.test".to_owned()]
    })
    .await;
    let browser = signed_in(&house).await;
    let web =
        house.client_with(Kind::Web, |client| client.resources = vec!["https://api.test".to_owned()]).await;
    let code = web.code(&browser).await;
    let tokens =
        web.tokens_in(&web.redeem_with(&code, |call| call.with("resource", "https://api.test")).await);
    assert_eq!(house.verified(&tokens.access, Algorithm::RS256).await["aud"], "https://api.test");
    house.userinfo(&tokens.access).await.assert_status(401);
    // Who may ask for one resource only and names none means that one, and UserInfo besides.
    let unasked = house.verified(&web.tokens(&browser).await.access, Algorithm::RS256).await;
    assert_eq!(unasked["aud"], serde_json::json!(["https://api.test", house.passport.issuer()]), "{unasked}");
    let plain = house.client(Kind::Other).await.tokens(&browser).await;
    assert!(!plain.access.contains('.'));
}

async fn resource_indicators_narrow_and_never_widen(house: House) {
    let browser = signed_in(&house).await;
    let resources = vec!["https://a.test".to_owned(), "https://b.test".to_owned()];
    let web = house.client_with(Kind::Web, |client| client.resources = resources).await;
    let asked = web.ask(&browser, |asked| asked.with("scope", "openid offline_access")).await;
    let code = web.code_in(&asked);
    let refused = web.redeem_with(&code, |call| call.with("resource", "https://foreign.test")).await;
    refused.assert_token_error("invalid_target");
    let both = web
        .redeem_with(&code, |call| call.with("resource", "https://a.test").and("resource", "https://b.test"));
    let tokens = web.tokens_in(&both.await);
    assert_eq!(web.introspect(&tokens.access).await["aud"], json!(["https://a.test", "https://b.test"]));
    let issuer = house.passport.issuer().to_owned();
    let next = web.tokens_in(&web.refresh_with(tokens.refresh(), |call| call.with("resource", issuer)).await);
    house.userinfo(&next.access).await.assert_status(200);
    let refused =
        web.refresh_with(next.refresh(), |call| call.with("resource", "https://foreign.test")).await;
    refused.assert_token_error("invalid_target");
    web.tokens_in(&web.refresh(next.refresh()).await);
}

async fn rt_07_the_last_tokens_shrink_to_the_end_of_the_grant(house: House) {
    let browser = signed_in(&house).await;
    let web = house.client(Kind::Web).await;
    let tokens = web.tokens(&browser).await;
    house.clock.advance(days(30) - testkit::house::seconds(100));
    let last = web.refresh(tokens.refresh()).await;
    assert_eq!(last.json()["expires_in"], 100);
    house.clock.advance(testkit::house::seconds(100));
    web.refresh(web.tokens_in(&last).refresh()).await.assert_token_error("invalid_grant");
    house.userinfo(&web.tokens_in(&last).access).await.assert_status(401);
}

async fn the_id_token_is_signed_as_registered(house: House) {
    let browser = signed_in(&house).await;
    for (ours, theirs) in [
        (SigningAlgorithm::RS256, Algorithm::RS256),
        (SigningAlgorithm::PS256, Algorithm::PS256),
        (SigningAlgorithm::ES256, Algorithm::ES256),
        (SigningAlgorithm::EdDSA, Algorithm::EdDSA),
    ] {
        let web = house.client_with(Kind::Web, |client| client.id_token_signed_response_alg = ours).await;
        let tokens = web.tokens(&browser).await;
        assert_eq!(testkit::jwt::header(tokens.id())["alg"], ours.as_str());
        house.verified(tokens.id(), theirs).await;
    }
}

async fn userinfo_is_signed_for_who_registered_it(house: House) {
    let browser = signed_in(&house).await;
    let web = house
        .client_with(Kind::Web, |client| client.userinfo_signed_response_alg = Some(SigningAlgorithm::RS256));
    let web = web.await;
    let tokens = web.tokens(&browser).await;
    let answer = house.userinfo(&tokens.access).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/jwt"));
    let claims = house.verified(answer.text(), Algorithm::RS256).await;
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(house.passport.issuer()), &json!("web")));
    assert_eq!(claims["email"], "ann@acme.test");
    assert_eq!(claims["sub"], testkit::jwt::claims(tokens.id())["sub"]);
    assert!(claims.get("nonce").is_none());
    assert!(!answer.header("date").is_empty());
}

async fn errors_are_explained_on_a_page(house: House) {
    let web = house.client(Kind::Web).await;
    let refused = web.redeem("unknown").await;
    refused.assert_token_error("invalid_grant");
    let address = refused.json()["error_uri"].as_str().unwrap().to_owned();
    let page = house.browser().get(&address).await;
    assert!(page.page().has("#invalid_grant"), "{page:?}");
    let german = house.browser().speaking("pt-BR").get("/help/errors").await;
    assert!(german.page().words().contains("Códigos de erro"), "{german:?}");
    house.browser().get("/help/errors/nonsense").await.assert_status(404);
}

async fn a_request_is_found_again_by_its_interaction_id(house: House) {
    let ask = async |id: &str| {
        let request = Request::get(&house.url("/oauth2/userinfo")).header("x-fapi-interaction-id", id);
        house.net.send(request).await.header("x-fapi-interaction-id").to_owned()
    };
    let id = "c770aef3-6784-41f7-8e0e-ff5f97bddb3a";
    assert_eq!(ask(id).await, id);
    assert_eq!(ask("not a uuid").await, "");
}
