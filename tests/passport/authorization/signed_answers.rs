//! Signed answers (JARM), as FAPI 2.0 Message Signing and others ask for them.
use jsonwebtoken::Algorithm;
use oidc::jws::SigningAlgorithm;
use serde_json::json;
use testkit::{Engine, House, Kind, on_both_engines};

use super::{Told, ann, form, fragment, legacy, legacy_house, metadata, names, query};

on_both_engines![
    jarm_an_answer_is_one_jwt_of_ours_and_nothing_beside_it,
    jarm_errors_are_signed_too,
    jarm_the_client_chooses_the_algorithm,
    jarm_every_mode_carries_the_same_jwt,
    jarm_tokens_never_travel_in_a_query_though_signed,
    jarm_a_signed_answer_is_no_id_token,
];

/// The one JWT of an answer.
#[track_caller]
fn jwt(told: &Told) -> String {
    assert_eq!(names(told), ["response"], "nothing outside the JWT");
    told["response"].clone()
}

async fn jarm_an_answer_is_one_jwt_of_ours_and_nothing_beside_it(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = ann(&house).await;
    let answer = web.ask(&browser, |asked| asked.with("response_mode", "jwt")).await;
    let claims = house.verified(&jwt(&query(&answer, &web)), Algorithm::RS256).await;
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(house.passport.issuer()), &json!("web")));
    assert_eq!(claims["state"], "S");
    let lives = claims["exp"].as_i64().unwrap() - house.clock.now().unix_seconds();
    assert!((10..=600).contains(&lives), "{lives}");
    web.tokens_in(&web.redeem(claims["code"].as_str().unwrap()).await);
    let modes = metadata(&house).await["response_modes_supported"].clone();
    for mode in ["jwt", "query.jwt", "fragment.jwt", "form_post.jwt", "form_post", "fragment", "query"] {
        assert!(modes.as_array().unwrap().contains(&json!(mode)), "{modes}");
    }
}

async fn jarm_errors_are_signed_too(house: House) {
    let web = house.client(Kind::Web).await;
    let answer =
        web.ask(&house.browser(), |asked| asked.with("response_mode", "jwt").with("prompt", "none")).await;
    let claims = house.verified(&jwt(&query(&answer, &web)), Algorithm::RS256).await;
    assert_eq!((&claims["error"], &claims["state"]), (&json!("login_required"), &json!("S")));
    assert_eq!(claims["iss"], house.passport.issuer());
}

async fn jarm_the_client_chooses_the_algorithm(house: House) {
    for (alg, library) in
        [(SigningAlgorithm::ES256, Algorithm::ES256), (SigningAlgorithm::EdDSA, Algorithm::EdDSA)]
    {
        let web = house.client_with(Kind::Web, |client| client.authorization_signed_response_alg = alg).await;
        let answer = web
            .ask(&house.browser(), |asked| asked.with("response_mode", "jwt").with("prompt", "none"))
            .await;
        house.verified(&jwt(&query(&answer, &web)), library).await;
    }
}

async fn jarm_every_mode_carries_the_same_jwt(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = ann(&house).await;
    let answer = web.ask(&browser, |asked| asked.with("response_mode", "query.jwt")).await;
    house.verified(&jwt(&query(&answer, &web)), Algorithm::RS256).await;
    let answer = web.ask(&browser, |asked| asked.with("response_mode", "fragment.jwt")).await;
    house.verified(&jwt(&fragment(&answer, &web)), Algorithm::RS256).await;
    let answer = web.ask(&browser, |asked| asked.with("response_mode", "form_post.jwt")).await;
    house.verified(&jwt(&form(&answer, &web)), Algorithm::RS256).await;
}

async fn jarm_tokens_never_travel_in_a_query_though_signed(engine: Engine) {
    let house = legacy_house(engine).await;
    let web = legacy(&house).await;
    let browser = ann(&house).await;
    let ask = async |mode: &str| {
        let asked = |asked: testkit::Parameters| {
            asked.with("response_type", "code id_token").with("response_mode", mode)
        };
        web.ask(&browser, asked).await
    };
    assert_eq!(fragment(&ask("query.jwt").await, &web)["error"], "invalid_request");
    let claims = house.verified(&jwt(&fragment(&ask("jwt").await, &web)), Algorithm::RS256).await;
    assert!(claims["code"].is_string() && claims["id_token"].is_string());
}

async fn jarm_a_signed_answer_is_no_id_token(house: House) {
    let web = house.client(Kind::Web).await;
    let browser = ann(&house).await;
    let answer = web.ask(&browser, |asked| asked.with("response_mode", "jwt")).await;
    let response = jwt(&query(&answer, &web));
    let answer = web.ask(&browser, |asked| asked.with("id_token_hint", &response)).await;
    web.assert_told(&answer, "invalid_request");
}
