//! Introspection and revocation (RFC 7662, RFC 7009, RFC 9701): IN-01 to IN-05.
use jsonwebtoken::Algorithm;
use oidc::jws::SigningAlgorithm;
use serde_json::json;
use testkit::{Browser, House, Kind, house::seconds, net::Request, on_both_engines};

on_both_engines![
    a_client_sees_what_its_tokens_are,
    in_01_who_does_not_authenticate_sees_nothing,
    in_02_a_stranger_sees_an_inactive_token_and_a_resource_its_own,
    in_03_revoking_works_at_once_on_every_node,
    in_04_a_stranger_revokes_nothing,
    in_05_garbage_is_200_and_a_database_that_is_away_is_503,
    an_answer_is_signed_where_it_is_asked_for,
    a_disabled_person_has_no_tokens,
];

async fn signed_in(house: &House) -> Browser {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser
}

async fn a_client_sees_what_its_tokens_are(house: House) {
    let web = house.client(Kind::Web).await;
    let tokens = web.tokens(&signed_in(&house).await).await;
    let now = house.clock.now().unix_seconds();
    let sub = testkit::jwt::claims(tokens.id())["sub"].clone();
    let seen = web.introspect(&tokens.access).await;
    assert_eq!(
        seen,
        json!({
            "active": true, "iss": house.passport.issuer(), "client_id": "web", "sub": sub, "username": sub,
            "scope": "email offline_access openid profile", "token_type": "Bearer",
            "aud": house.passport.issuer(), "iat": now, "exp": now + 600, "auth_time": now,
            "acr": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        })
    );
    let seen = web.introspect(tokens.refresh()).await;
    assert_eq!((&seen["active"], &seen["exp"]), (&json!(true), &json!(now + 30 * 24 * 3600)));
    let next = web.tokens_in(&web.refresh(tokens.refresh()).await);
    assert_eq!(web.introspect(tokens.refresh()).await, json!({ "active": false }), "rotated");
    assert_eq!(web.introspect(next.refresh()).await["active"], true);
    house.clock.advance(seconds(600));
    assert_eq!(web.introspect(&next.access).await, json!({ "active": false }), "expired");
    for garbage in ["x", "a.b.c", &"t".repeat(9000)] {
        assert_eq!(web.introspect(garbage).await, json!({ "active": false }));
    }
    web.post("/oauth2/introspect", &[], |call| call).await.assert_token_error("invalid_request");
    let hinted = [("token", next.refresh()), ("token_type_hint", "nonsense")];
    assert_eq!(web.post("/oauth2/introspect", &hinted, |call| call).await.json()["active"], true);
}

async fn in_01_who_does_not_authenticate_sees_nothing(house: House) {
    let (web, spa) = (house.client(Kind::Web).await, house.client(Kind::Spa).await);
    let tokens = web.tokens(&signed_in(&house).await).await;
    let fields = [("token", tokens.access.as_str())];
    let path = "/oauth2/introspect";
    spa.post(path, &fields, |call| call).await.assert_token_error("invalid_client");
    web.post(path, &fields, |call| call.unauthorized()).await.assert_token_error("invalid_client");
    let named = web.post(path, &fields, |call| call.unauthorized().with("client_id", "web")).await;
    named.assert_token_error("invalid_client");
    let by_token = web
        .post(path, &fields, |call| call.unauthorized().authorized(format!("Bearer {}", tokens.access)))
        .await;
    by_token.assert_token_error("invalid_client");
    assert_eq!(house.net.send(Request::get(&house.url(path))).await.status, 405);
}

async fn in_02_a_stranger_sees_an_inactive_token_and_a_resource_its_own(house: House) {
    let api = "https://api.test";
    let web =
        house.client_with(Kind::Web, |client| client.resources = vec![api.to_owned(), "urn:b".into()]).await;
    let other = house.client(Kind::Other).await;
    let browser = signed_in(&house).await;
    let tokens = web.tokens(&browser).await;
    for token in [&tokens.access, tokens.refresh()] {
        assert_eq!(other.introspect(token).await, json!({ "active": false }));
    }
    let code = web.code(&browser).await;
    let for_api = web.tokens_in(&web.redeem_with(&code, |call| call.with("resource", api)).await);
    assert_eq!(other.introspect(&for_api.access).await, json!({ "active": false }));
    let resource = house.client_with(Kind::Other, |client| client.serves = vec![api.to_owned()]).await;
    let seen = resource.introspect(&for_api.access).await;
    assert_eq!(
        (&seen["active"], &seen["aud"], &seen["client_id"]),
        (&json!(true), &json!(api), &json!("web"))
    );
    assert_eq!(resource.introspect(&tokens.access).await, json!({ "active": false }), "not meant for it");
}

async fn in_03_revoking_works_at_once_on_every_node(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = signed_in(&house).await;
    let node = house.second_node().await;
    let elsewhere = async |token: &str| {
        let mut request =
            Request::get(&house.url("/oauth2/userinfo")).header("authorization", format!("Bearer {token}"));
        request.port = Some(node.port());
        house.net.send(request).await.status
    };
    let first = web.tokens(&browser).await;
    assert_eq!(elsewhere(&first.access).await, 200);
    web.revoke(&first.access).await.assert_status(200);
    assert_eq!(elsewhere(&first.access).await, 401);
    house.clock.advance(seconds(1));
    let next = web.tokens_in(&web.refresh(first.refresh()).await);
    assert_eq!(elsewhere(&next.access).await, 200, "the grant goes on");
    web.revoke(next.refresh()).await.assert_status(200);
    assert_eq!(elsewhere(&next.access).await, 401, "and ends with its refresh token");
    web.refresh(next.refresh()).await.assert_token_error("invalid_grant");
    // An older refresh token ends the grant as well: whoever revokes it wants it ended.
    let third = web.tokens(&browser).await;
    let fourth = web.tokens_in(&web.refresh(third.refresh()).await);
    web.revoke(third.refresh()).await.assert_status(200);
    assert_eq!(elsewhere(&fourth.access).await, 401);
    let spa = house.client(Kind::Spa).await;
    let public = spa.tokens(&browser).await;
    spa.revoke(public.refresh()).await.assert_status(200);
    assert_eq!(elsewhere(&public.access).await, 401, "a public client revokes its own");
}

async fn in_04_a_stranger_revokes_nothing(house: House) {
    let (web, other) = (house.client(Kind::Web).await, house.client(Kind::Other).await);
    let tokens = web.tokens(&signed_in(&house).await).await;
    for token in [&tokens.access, tokens.refresh()] {
        other.revoke(token).await.assert_status(200);
    }
    house.userinfo(&tokens.access).await.assert_status(200);
    let fields = [("token", tokens.refresh())];
    let unauthorized =
        web.post("/oauth2/revoke", &fields, |call| call.unauthorized().with("client_id", "web"));
    unauthorized.await.assert_token_error("invalid_client");
    web.tokens_in(&web.refresh(tokens.refresh()).await);
}

async fn in_05_garbage_is_200_and_a_database_that_is_away_is_503(house: House) {
    let web = house.client(Kind::Web).await;
    for garbage in ["x", "a.b.c", "\u{1F511}", &"t".repeat(9000)] {
        web.revoke(garbage).await.assert_status(200);
    }
    web.post("/oauth2/revoke", &[], |call| call).await.assert_token_error("invalid_request");
    let tokens = web.tokens(&signed_in(&house).await).await;
    let outage = house.ground.take_away().await;
    let away = web.revoke(tokens.refresh()).await;
    assert_eq!((away.status, away.header("retry-after")), (503, "5"), "{away:?}");
    outage.end().await;
    web.revoke(tokens.refresh()).await.assert_status(200);
    house.userinfo(&tokens.access).await.assert_status(401);
}

async fn an_answer_is_signed_where_it_is_asked_for(house: House) {
    let web = house
        .client_with(Kind::Web, |client| client.introspection_signed_response_alg = SigningAlgorithm::ES256)
        .await;
    let tokens = web.tokens(&signed_in(&house).await).await;
    let ask = async |token: &str| {
        let kind = "application/token-introspection+jwt";
        web.post("/oauth2/introspect", &[("token", token)], |call| call.header("accept", kind)).await
    };
    let answer = ask(&tokens.access).await;
    assert_eq!(answer.header("content-type"), "application/token-introspection+jwt");
    assert_eq!(testkit::jwt::header(answer.text())["typ"], "token-introspection+jwt");
    let claims = house.verified(answer.text(), Algorithm::ES256).await;
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(house.passport.issuer()), &json!("web")));
    assert_eq!(claims["token_introspection"]["client_id"], "web");
    let dead = house.verified(ask("x").await.text(), Algorithm::ES256).await;
    assert_eq!(dead["token_introspection"], json!({ "active": false }));
    house.userinfo(answer.text()).await.assert_status(401);
}

async fn a_disabled_person_has_no_tokens(house: House) {
    let web = house.client(Kind::Web).await;
    let tokens = web.tokens(&signed_in(&house).await).await;
    house.ground.execute("UPDATE account SET state = 'disabled'").await;
    assert_eq!(web.introspect(&tokens.access).await, json!({ "active": false }));
    assert_eq!(web.introspect(tokens.refresh()).await, json!({ "active": false }));
    web.refresh(tokens.refresh()).await.assert_token_error("invalid_grant");
}
