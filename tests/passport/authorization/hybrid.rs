//! The Hybrid profile: a code by the browser, and tokens beside it, where server and client want that.
use jsonwebtoken::Algorithm;
use oidc::{jws::SigningAlgorithm::RS256, token::claims::half_hash};
use testkit::{Engine, House, Kind, Parameters, jwt, on_both_engines};

use super::{Told, ann, for_every_flow, form, fragment, legacy, legacy_house, metadata, names};

on_both_engines![
    oidcc_server_code_id_token,
    oidcc_server_code_token,
    oidcc_server_code_id_token_token,
    oidcc_ensure_request_without_nonce_fails,
    oidcc_nonce_is_optional_for_code_token,
    oidcc_hybrid_both_id_tokens_are_of_one_person,
    oidcc_hybrid_errors_come_in_the_fragment,
    oidcc_hybrid_by_form_post,
    ac_10_a_token_never_stands_in_the_query,
    ac_10_hybrid_is_off_until_server_and_client_want_it,
    ac_01_a_replayed_code_and_the_end_of_a_session_end_what_came_with_them,
    discovery_lists_what_is_enabled,
    pkce_is_for_the_code_of_a_hybrid_flow_too,
];

fn of_type(response_type: &str) -> impl FnOnce(Parameters) -> Parameters {
    let response_type = response_type.to_owned();
    move |asked| asked.with("response_type", response_type)
}

/// The ID token of an answer, its hashes compared.
async fn checked(house: &House, told: &Told) -> serde_json::Value {
    let claims = house.verified(&told["id_token"], Algorithm::RS256).await;
    assert_eq!(claims["nonce"], "N");
    assert_eq!(claims["c_hash"], half_hash(RS256, &told["code"]));
    assert_eq!(claims["s_hash"], half_hash(RS256, "S"));
    let at_hash = told.get("access_token").map(|token| half_hash(RS256, token));
    assert_eq!(claims.get("at_hash").and_then(|hash| hash.as_str()), at_hash.as_deref());
    assert!(
        claims.get("email").is_none() && claims.get("name").is_none(),
        "nothing that was not asked for: {claims}"
    );
    claims
}

async fn oidcc_server_code_id_token(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    let told = fragment(&web.ask(&browser, of_type("code id_token")).await, &web);
    assert_eq!(names(&told), ["code", "id_token", "iss", "state"]);
    checked(&house, &told).await;
    web.tokens_in(&web.redeem(&told["code"]).await);
}

async fn oidcc_server_code_token(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    let told = fragment(&web.ask(&browser, of_type("code token")).await, &web);
    assert_eq!(names(&told), ["access_token", "code", "expires_in", "iss", "scope", "state", "token_type"]);
    assert_eq!((&*told["token_type"], &*told["expires_in"]), ("Bearer", "600"));
    house.userinfo(&told["access_token"]).await.assert_status(200);
    let tokens = web.tokens_in(&web.redeem(&told["code"]).await);
    assert_ne!(tokens.access, told["access_token"]);
    house.userinfo(&tokens.access).await.assert_status(200);
}

async fn oidcc_server_code_id_token_token(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    // The words come in any order.
    let told = fragment(&web.ask(&browser, of_type("token code id_token")).await, &web);
    assert_eq!(
        names(&told),
        ["access_token", "code", "expires_in", "id_token", "iss", "scope", "state", "token_type"]
    );
    let claims = checked(&house, &told).await;
    let info = house.userinfo(&told["access_token"]).await.assert_status(200).json();
    assert_eq!(info["sub"], claims["sub"]);
}

async fn oidcc_ensure_request_without_nonce_fails(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    for response_type in ["code id_token", "code id_token token", "id_token", "id_token token"] {
        let answer = web.ask(&browser, |asked| of_type(response_type)(asked).without("nonce")).await;
        assert_eq!(fragment(&answer, &web)["error"], "invalid_request", "{response_type}");
    }
}

async fn oidcc_nonce_is_optional_for_code_token(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    let told =
        fragment(&web.ask(&browser, |asked| of_type("code token")(asked).without("nonce")).await, &web);
    let tokens = web.tokens_in(&web.redeem(&told["code"]).await);
    assert!(jwt::claims(tokens.id()).get("nonce").is_none());
}

async fn oidcc_hybrid_both_id_tokens_are_of_one_person(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    let told = fragment(&web.ask(&browser, of_type("code id_token")).await, &web);
    let first = jwt::claims(&told["id_token"]);
    let second = jwt::claims(web.tokens_in(&web.redeem(&told["code"]).await).id());
    for name in ["iss", "sub", "aud", "nonce", "auth_time", "sid", "acr"] {
        assert_eq!(first[name], second[name], "{name}");
    }
}

async fn oidcc_hybrid_errors_come_in_the_fragment(engine: Engine) {
    let house = legacy_house(engine).await;
    let web = legacy(&house).await;
    let answer =
        web.ask(&house.browser(), |asked| of_type("code id_token")(asked).with("prompt", "none")).await;
    let told = fragment(&answer, &web);
    assert_eq!(names(&told), ["error", "error_description", "iss", "state"]);
    assert_eq!((&*told["error"], &*told["iss"]), ("login_required", house.passport.issuer()), "MX-01");
}

async fn oidcc_hybrid_by_form_post(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    let answer = web
        .ask(&browser, |asked| of_type("code id_token token")(asked).with("response_mode", "form_post"))
        .await;
    checked(&house, &form(&answer, &web)).await;
}

async fn ac_10_a_token_never_stands_in_the_query(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    for response_type in ["code id_token", "code token", "code id_token token", "id_token", "id_token token"]
    {
        let answer =
            web.ask(&browser, |asked| of_type(response_type)(asked).with("response_mode", "query")).await;
        assert_eq!(fragment(&answer, &web)["error"], "invalid_request", "{response_type}");
    }
}

async fn ac_10_hybrid_is_off_until_server_and_client_want_it(engine: Engine) {
    let strict = House::open(engine).await;
    let (web, browser) = (strict.client_with(Kind::Web, for_every_flow).await, ann(&strict).await);
    let house = legacy_house(engine).await;
    let (unregistered, other) = (house.client(Kind::Web).await, ann(&house).await);
    for response_type in ["code id_token", "code token", "code id_token token", "id_token", "id_token token"]
    {
        let told = fragment(&web.ask(&browser, of_type(response_type)).await, &web);
        assert_eq!(told["error"], "unsupported_response_type", "{response_type}");
        let told = fragment(&unregistered.ask(&other, of_type(response_type)).await, &unregistered);
        assert_eq!(told["error"], "unauthorized_client", "{response_type}");
    }
}

async fn ac_01_a_replayed_code_and_the_end_of_a_session_end_what_came_with_them(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    let told = fragment(&web.ask(&browser, of_type("code token")).await, &web);
    let tokens = web.tokens_in(&web.redeem(&told["code"]).await);
    web.redeem(&told["code"]).await.assert_token_error("invalid_grant");
    house.userinfo(&tokens.access).await.assert_status(401);
    let again = fragment(&web.ask(&browser, of_type("code token")).await, &web);
    house.userinfo(&again["access_token"]).await.assert_status(200);
    browser.sign_out().await;
    house.userinfo(&again["access_token"]).await.assert_status(401);
    web.redeem(&again["code"]).await.assert_token_error("invalid_grant");
}

async fn discovery_lists_what_is_enabled(engine: Engine) {
    let strict = metadata(&House::open(engine).await).await;
    assert_eq!(strict["response_types_supported"], serde_json::json!(["code"]));
    assert!(!strict["grant_types_supported"].as_array().unwrap().contains(&"implicit".into()));
    let open = metadata(&legacy_house(engine).await).await;
    let types = open["response_types_supported"].as_array().unwrap();
    for response_type in
        ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"]
    {
        assert!(types.contains(&response_type.into()), "{response_type}");
    }
    assert!(open["grant_types_supported"].as_array().unwrap().contains(&"implicit".into()));
}

async fn pkce_is_for_the_code_of_a_hybrid_flow_too(engine: Engine) {
    let house = legacy_house(engine).await;
    let browser = ann(&house).await;
    let web = house
        .client_with(Kind::Web, |client| {
            for_every_flow(client);
            client.require_pkce = true;
        })
        .await;
    let without = |asked: Parameters| asked.without("code_challenge").without("code_challenge_method");
    let answer = web.ask(&browser, |asked| without(of_type("code id_token")(asked))).await;
    assert_eq!(fragment(&answer, &web)["error"], "invalid_request");
    let told = fragment(&web.ask(&browser, of_type("code id_token")).await, &web);
    web.redeem_with(&told["code"], |call| call.without("code_verifier"))
        .await
        .assert_token_error("invalid_grant");
}
