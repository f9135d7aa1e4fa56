//! FAPI 2.0 Security Profile and Message Signing, as far as the authorization and PAR endpoints go. The client
//! is bound by the single demands that the profile is made of.
use jsonwebtoken::Algorithm;
use oidc::jws::SigningAlgorithm;
use serde_json::{Value, json};
use testkit::{Answer, House, Kind, Parameters, Rp, on_both_engines};

use super::{Signer, ann, object, push, query, uri_in, visit};

on_both_engines![
    fapi2_ms_happy_flow,
    fapi2_ms_ensure_unsigned_request_object_fails,
    fapi2_ms_ensure_request_without_par_fails,
    fapi2_ms_ensure_request_object_with_exp_over_60_fails,
    fapi2_ms_ensure_request_object_with_nbf_over_60_fails,
    fapi2_ms_ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted,
    fapi2_ms_ensure_request_object_without_exp_or_nbf_fails,
    fapi2_ms_ensure_request_object_with_bad_aud_fails,
    fapi2_ms_ensure_request_object_with_multiple_aud_succeeds,
    fapi2_ms_ensure_signed_client_id_and_redirect_uri_count,
    fapi2_ms_ensure_different_nonce_inside_and_outside_request_object,
    fapi2_ms_state_only_outside_request_object_is_not_used,
    fapi2_ms_ensure_rs256_and_none_fail,
    fapi2_ms_user_rejects_authentication,
    a_request_by_value_at_the_front_obeys_the_same_rules,
];

async fn site(house: &House, signer: &Signer) -> Rp {
    house
        .client_with(Kind::Web, |client| {
            client.jwks = Some(signer.jwks());
            client.require_signed_request_object = true;
            client.require_pushed_authorization_requests = true;
            client.authorization_signed_response_alg = SigningAlgorithm::ES256;
        })
        .await
}

fn signed(house: &House, web: &Rp) -> Value {
    let mut object = object(house, web);
    object["response_mode"] = json!("jwt");
    object
}

/// Pushes an object with a change in it.
async fn pushed(house: &House, web: &Rp, signer: &Signer, change: impl FnOnce(&mut Value)) -> Answer {
    let mut object = signed(house, web);
    change(&mut object);
    push(house, web, Parameters::of(&[("request", &signer.sign(&object))])).await
}

async fn claims(house: &House, web: &Rp, answer: &Answer) -> Value {
    let told = query(answer, web);
    assert_eq!(super::names(&told), ["response"]);
    house.verified(&told["response"], Algorithm::ES256).await
}

async fn fapi2_ms_happy_flow(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let (web, browser) = (site(&house, &signer).await, ann(&house).await);
    let uri = uri_in(&pushed(&house, &web, &signer, |_| ()).await);
    let claims = claims(&house, &web, &visit(&house, &browser, &web.id, &uri).await).await;
    assert_eq!((&claims["state"], &claims["aud"]), (&json!("S"), &json!("web")));
    web.tokens_in(&web.redeem(claims["code"].as_str().unwrap()).await);
}

async fn fapi2_ms_ensure_unsigned_request_object_fails(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let web = site(&house, &signer).await;
    push(&house, &web, super::plain(&web)).await.assert_token_error("invalid_request");
}

async fn fapi2_ms_ensure_request_without_par_fails(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let (web, browser) = (site(&house, &signer).await, ann(&house).await);
    let object = signer.sign(&object(&house, &web));
    let answer = web.ask(&browser, |asked| asked.with("request", &object)).await;
    web.assert_told(&answer, "invalid_request");
    web.assert_told(&web.ask(&browser, |asked| asked).await, "invalid_request");
}

async fn fapi2_ms_ensure_request_object_with_exp_over_60_fails(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let web = site(&house, &signer).await;
    let now = house.clock.now().unix_seconds();
    let long = pushed(&house, &web, &signer, |object| object["exp"] = json!(now + 3660)).await;
    long.assert_token_error("invalid_request_object");
    let over = pushed(&house, &web, &signer, |object| object["exp"] = json!(now - 1)).await;
    over.assert_token_error("invalid_request_object");
}

async fn fapi2_ms_ensure_request_object_with_nbf_over_60_fails(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let web = site(&house, &signer).await;
    let now = house.clock.now().unix_seconds();
    let old = pushed(&house, &web, &signer, |object| object["nbf"] = json!(now - 3660)).await;
    old.assert_token_error("invalid_request_object");
    let ahead = pushed(&house, &web, &signer, |object| object["nbf"] = json!(now + 61)).await;
    ahead.assert_token_error("invalid_request_object");
}

async fn fapi2_ms_ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let web = site(&house, &signer).await;
    let now = house.clock.now().unix_seconds();
    let ahead = |object: &mut Value| {
        object["nbf"] = json!(now + 8);
        object["iat"] = json!(now + 8);
    };
    uri_in(&pushed(&house, &web, &signer, ahead).await);
}

async fn fapi2_ms_ensure_request_object_without_exp_or_nbf_fails(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let web = site(&house, &signer).await;
    for name in ["exp", "nbf", "iss", "aud", "client_id"] {
        let without =
            pushed(&house, &web, &signer, |object| drop(object.as_object_mut().unwrap().remove(name))).await;
        without.assert_token_error("invalid_request_object");
    }
}

async fn fapi2_ms_ensure_request_object_with_bad_aud_fails(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let web = site(&house, &signer).await;
    for aud in
        [json!("https://other.test"), json!(house.url("/")), json!(house.url("/oauth2/par")), json!([])]
    {
        let bad = pushed(&house, &web, &signer, |object| object["aud"] = aud.clone()).await;
        bad.assert_token_error("invalid_request_object");
    }
}

async fn fapi2_ms_ensure_request_object_with_multiple_aud_succeeds(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let web = site(&house, &signer).await;
    let issuer = house.passport.issuer();
    let several = |object: &mut Value| object["aud"] = json!(["https://other.test", issuer]);
    uri_in(&pushed(&house, &web, &signer, several).await);
}

async fn fapi2_ms_ensure_signed_client_id_and_redirect_uri_count(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let web = site(&house, &signer).await;
    let other = pushed(&house, &web, &signer, |object| object["client_id"] = json!("other")).await;
    other.assert_token_error("invalid_request_object");
    let evil =
        pushed(&house, &web, &signer, |object| object["redirect_uri"] = json!("https://evil.test/cb")).await;
    evil.assert_token_error("invalid_request");
    // Outside it counts for nothing, so it cannot stand in for what is missing inside.
    let mut without = signed(&house, &web);
    without.as_object_mut().unwrap().remove("redirect_uri");
    let form = Parameters::of(&[("request", &signer.sign(&without)), ("redirect_uri", &web.redirect_uri)]);
    push(&house, &web, form).await.assert_token_error("invalid_request");
}

async fn fapi2_ms_ensure_different_nonce_inside_and_outside_request_object(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let (web, browser) = (site(&house, &signer).await, ann(&house).await);
    let object = signer.sign(&signed(&house, &web));
    let form = Parameters::of(&[("request", &object), ("nonce", "outside"), ("state", "outside")]);
    let uri = uri_in(&push(&house, &web, form).await);
    let claims = claims(&house, &web, &visit(&house, &browser, &web.id, &uri).await).await;
    assert_eq!(claims["state"], "S");
    let tokens = web.tokens_in(&web.redeem(claims["code"].as_str().unwrap()).await);
    assert_eq!(testkit::jwt::claims(tokens.id())["nonce"], "N");
}

async fn fapi2_ms_state_only_outside_request_object_is_not_used(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let (web, browser) = (site(&house, &signer).await, ann(&house).await);
    let mut without = signed(&house, &web);
    without.as_object_mut().unwrap().remove("state");
    let form = Parameters::of(&[("request", &signer.sign(&without)), ("state", "outside")]);
    let uri = uri_in(&push(&house, &web, form).await);
    let claims = claims(&house, &web, &visit(&house, &browser, &web.id, &uri).await).await;
    assert!(claims.get("state").is_none() && claims["code"].is_string(), "{claims}");
}

async fn fapi2_ms_ensure_rs256_and_none_fail(house: House) {
    let (ec, rsa) = (Signer::new(SigningAlgorithm::ES256), Signer::new(SigningAlgorithm::RS256));
    let web = site(&house, &ec).await;
    pushed(&house, &web, &rsa, |_| ()).await.assert_token_error("invalid_request_object");
    let none = ec.sign_as(&json!({"alg": "none"}), &signed(&house, &web));
    push(&house, &web, Parameters::of(&[("request", &none)]))
        .await
        .assert_token_error("invalid_request_object");
}

async fn fapi2_ms_user_rejects_authentication(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let web = site(&house, &signer).await;
    let browser = house.browser();
    let uri = uri_in(&pushed(&house, &web, &signer, |_| ()).await);
    visit(&house, &browser, &web.id, &uri).await;
    let claims = claims(&house, &web, &browser.click("#cancel").await).await;
    assert_eq!((&claims["error"], &claims["state"]), (&json!("access_denied"), &json!("S")));
}

async fn a_request_by_value_at_the_front_obeys_the_same_rules(house: House) {
    let signer = Signer::new(SigningAlgorithm::ES256);
    let web = house
        .client_with(Kind::Web, |client| {
            client.jwks = Some(signer.jwks());
            client.require_signed_request_object = true;
        })
        .await;
    let browser = ann(&house).await;
    web.assert_told(&web.ask(&browser, |asked| asked).await, "invalid_request");
    let object = signer.sign(&object(&house, &web));
    let answer = web.ask(&browser, |asked| asked.with("request", &object).with("nonce", "outside")).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
    assert_eq!(testkit::jwt::claims(tokens.id())["nonce"], "N");
}
