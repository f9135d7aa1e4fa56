//! The Implicit profile: tokens by the browser alone, for sites of old.
use jsonwebtoken::Algorithm;
use oidc::{jws::SigningAlgorithm::RS256, token::claims::half_hash};
use testkit::{Engine, House, Kind, Parameters, on_both_engines};

use super::{ann, for_every_flow, form, fragment, legacy, legacy_house, names};

on_both_engines![
    oidcc_server_id_token,
    oidcc_server_id_token_token,
    oidcc_scope_claims_stand_in_an_id_token_that_comes_alone,
    oidcc_id_token_hint_and_prompt_none,
    oidcc_implicit_by_form_post,
    implicit_never_gives_a_refresh_token,
    a_site_that_got_only_an_id_token_is_told_of_the_end,
    plain_token_is_no_response_type_of_ours,
];

async fn oidcc_server_id_token(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    let asked = |asked: Parameters| {
        asked.with("response_type", "id_token").without("code_challenge").without("code_challenge_method")
    };
    let told = fragment(&web.ask(&browser, asked).await, &web);
    assert_eq!(names(&told), ["id_token", "iss", "state"]);
    let claims = house.verified(&told["id_token"], Algorithm::RS256).await;
    assert_eq!(claims["nonce"], "N");
    assert!(claims.get("at_hash").is_none() && claims.get("c_hash").is_none());
}

async fn oidcc_server_id_token_token(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    let told =
        fragment(&web.ask(&browser, |asked| asked.with("response_type", "id_token token")).await, &web);
    assert_eq!(
        names(&told),
        ["access_token", "expires_in", "id_token", "iss", "scope", "state", "token_type"]
    );
    let claims = house.verified(&told["id_token"], Algorithm::RS256).await;
    assert_eq!(claims["at_hash"], half_hash(RS256, &told["access_token"]));
    let info = house.userinfo(&told["access_token"]).await.assert_status(200).json();
    assert_eq!(info["sub"], claims["sub"]);
    house.clock.advance(testkit::house::seconds(600));
    house.userinfo(&told["access_token"]).await.assert_status(401);
}

async fn oidcc_scope_claims_stand_in_an_id_token_that_comes_alone(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    let ask = async |response_type: &str| {
        let asked =
            |asked: Parameters| asked.with("response_type", response_type).with("scope", "openid email");
        let told = fragment(&web.ask(&browser, asked).await, &web);
        testkit::jwt::claims(&told["id_token"])
    };
    assert_eq!(ask("id_token").await["email"], "ann@acme.test");
    assert!(ask("id_token token").await.get("email").is_none(), "UserInfo can be asked");
}

async fn oidcc_id_token_hint_and_prompt_none(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    let implicit = |asked: Parameters| asked.with("response_type", "id_token");
    let first = fragment(&web.ask(&browser, implicit).await, &web);
    house.clock.advance(testkit::house::minutes(1));
    let again =
        |asked: Parameters| implicit(asked).with("prompt", "none").with("id_token_hint", &first["id_token"]);
    let second = fragment(&web.ask(&browser, again).await, &web);
    let [first, second] = [first, second].map(|told| testkit::jwt::claims(&told["id_token"]));
    assert_eq!((&first["sub"], &first["auth_time"]), (&second["sub"], &second["auth_time"]));
}

async fn oidcc_implicit_by_form_post(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    let asked =
        |asked: Parameters| asked.with("response_type", "id_token").with("response_mode", "form_post");
    let told = form(&web.ask(&browser, asked).await, &web);
    assert_eq!(names(&told), ["id_token", "iss", "state"]);
}

async fn implicit_never_gives_a_refresh_token(engine: Engine) {
    let house = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    let asked = |asked: Parameters| {
        asked
            .with("response_type", "id_token token")
            .with("scope", "openid offline_access")
            .with("prompt", "consent")
    };
    web.ask(&browser, asked).await;
    let told = fragment(&browser.click("#consent-approve").await, &web);
    assert_eq!(told["scope"], "openid");
    assert!(!told.contains_key("refresh_token"));
}

async fn a_site_that_got_only_an_id_token_is_told_of_the_end(engine: Engine) {
    let house = legacy_house(engine).await;
    let listener = testkit::rp::Listener::open().await;
    let web = house
        .client_with(Kind::Web, |client| {
            for_every_flow(client);
            client.backchannel_logout_uri = Some(listener.url.clone());
        })
        .await;
    let browser = ann(&house).await;
    fragment(&web.ask(&browser, |asked| asked.with("response_type", "id_token")).await, &web);
    browser.sign_out().await;
    house.deliver().await;
    assert_eq!(listener.logout_tokens().len(), 1);
}

async fn plain_token_is_no_response_type_of_ours(engine: Engine) {
    let house: House = legacy_house(engine).await;
    let (web, browser) = (legacy(&house).await, ann(&house).await);
    let ask = async |kind: &str| web.ask(&browser, |asked| asked.with("response_type", kind)).await;
    assert_eq!(fragment(&ask("token").await, &web)["error"], "unsupported_response_type");
    web.assert_told(&ask("none").await, "unsupported_response_type");
}
