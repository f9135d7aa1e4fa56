//! What a site asks for beside scopes: single claims, authentication contexts, resources, a key (Basic profile,
//! OIDC Core §5.5; FAPI 2.0).
use oidc::{assurance::Level, authorize::context::Context};
use serde_json::{Value, json};
use testkit::{Browser, House, Kind, Rp, jwt, on_both_engines, rp::Tokens};

use super::{ann, metadata, query};

const PASSWORD: &str = Context::Password.as_str();

on_both_engines![
    oidcc_claims_essential,
    oidcc_claims_are_not_given_where_they_were_not_asked_for,
    oidcc_claims_with_values_and_unknown_names,
    oidcc_claims_malformed_are_refused,
    oidcc_claims_sub_names_the_person,
    claims_beyond_the_registered_scopes_are_not_released,
    claims_stay_with_the_grant_when_it_is_refreshed,
    claims_are_shown_to_the_person_who_agrees,
    oidcc_acr_values,
    fapi2_ensure_essential_acr_is_met_or_refused,
    resources_and_keys_are_written_down_with_the_grant,
];

async fn tokens_for(web: &Rp, browser: &Browser, claims: &Value) -> Tokens {
    let answer = web.ask(browser, |asked| asked.with("claims", claims.to_string())).await;
    web.tokens_in(&web.redeem(&web.code_in(&answer)).await)
}

/// A site that wants nothing in its ID tokens by itself.
async fn bare(house: &House) -> Rp {
    house.client_with(Kind::Web, |client| client.claims_in_id_token = false).await
}

async fn oidcc_claims_essential(house: House) {
    let (web, browser) = (bare(&house).await, ann(&house).await);
    let asked = json!({"userinfo": {"email": {"essential": true}}, "id_token": {"locale": null, "auth_time": {"essential": true}}});
    let tokens = tokens_for(&web, &browser, &asked).await;
    let info = house.userinfo(&tokens.access).await.json();
    assert_eq!(info["email"], "ann@acme.test");
    assert!(info.get("locale").is_none());
    let claims = jwt::claims(tokens.id());
    assert!(claims["locale"].is_string());
    assert!(claims["auth_time"].is_i64() && claims.get("email").is_none(), "{claims}");
    assert_eq!(metadata(&house).await["claims_parameter_supported"], true);
}

async fn oidcc_claims_are_not_given_where_they_were_not_asked_for(house: House) {
    let (web, browser) = (bare(&house).await, ann(&house).await);
    let answer = web.ask(&browser, |asked| asked.with("scope", "openid email profile")).await;
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
    let claims = jwt::claims(tokens.id());
    assert!(claims.get("email").is_none() && claims.get("preferred_username").is_none(), "{claims}");
    assert_eq!(house.userinfo(&tokens.access).await.json()["email"], "ann@acme.test");
}

async fn oidcc_claims_with_values_and_unknown_names(house: House) {
    let (web, browser) = (bare(&house).await, ann(&house).await);
    let asked = json!({"userinfo": {
        "email": {"value": "ben@acme.test"}, "locale": {"values": ["pt-BR", "en-US"]}, "made_up": {"essential": true},
        "website": {"essential": true},
    }, "other": {"x": 1}});
    let info = house.userinfo(&tokens_for(&web, &browser, &asked).await.access).await.json();
    let mut names: Vec<_> = info.as_object().unwrap().keys().cloned().collect();
    names.sort();
    assert_eq!(names, ["locale", "sub"], "what is not known, or has another value, is left out: {info}");
}

async fn oidcc_claims_malformed_are_refused(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    let deep = format!("{{\"userinfo\":{}{}}}", "{\"a\":".repeat(300), "}".repeat(300));
    for claims in [
        "x",
        "[]",
        "{\"userinfo\":1}",
        "{\"id_token\":{\"email\":\"x\"}}",
        "{\"userinfo\":{\"a\":{\"essential\":1}}}",
        &deep,
    ] {
        let answer = web.ask(&browser, |asked| asked.with("claims", claims)).await;
        web.assert_told(&answer, "invalid_request");
    }
}

async fn oidcc_claims_sub_names_the_person(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    let sub = jwt::claims(web.tokens(&browser).await.id())["sub"].clone();
    let ask = async |sub: &Value, prompt: &str| {
        let claims = json!({"id_token": {"sub": {"value": sub}}}).to_string();
        web.ask(&browser, |asked| asked.with("claims", claims).with("prompt", prompt)).await
    };
    web.code_in(&ask(&sub, "none").await);
    web.assert_told(&ask(&json!("somebody-else"), "none").await, "login_required");
    assert!(ask(&json!("somebody-else"), "").await.page().has("#password"));
}

async fn claims_beyond_the_registered_scopes_are_not_released(house: House) {
    let browser = ann(&house).await;
    let web = house
        .client_with(Kind::Web, |client| client.scope = oidc::scope::Scopes::parse("openid profile").unwrap())
        .await;
    let tokens =
        tokens_for(&web, &browser, &json!({"userinfo": {"email": {"essential": true}, "locale": null}}))
            .await;
    let info = house.userinfo(&tokens.access).await.json();
    assert!(info.get("email").is_none() && info["locale"] == "en-US", "{info}");
}

async fn claims_stay_with_the_grant_when_it_is_refreshed(house: House) {
    let (web, browser) = (bare(&house).await, ann(&house).await);
    let claims = json!({"userinfo": {"email": null}, "id_token": {"locale": null}}).to_string();
    let asked =
        |asked: testkit::Parameters| asked.with("claims", claims).with("scope", "openid offline_access");
    let tokens = web.tokens_in(&web.redeem(&web.code_in(&web.ask(&browser, asked).await)).await);
    let refreshed = web.tokens_in(&web.refresh(tokens.refresh()).await);
    assert_eq!(house.userinfo(&refreshed.access).await.json()["email"], "ann@acme.test");
    let claims = jwt::claims(refreshed.id());
    assert_eq!((&claims["locale"], &claims["acr"]), (&json!("en-US"), &jwt::claims(tokens.id())["acr"]));
}

async fn claims_are_shown_to_the_person_who_agrees(house: House) {
    let (evil, browser) = (house.client(Kind::Evil).await, ann(&house).await);
    let claims = json!({"id_token": {"locale": null}}).to_string();
    let asked = evil.ask(&browser, |asked| asked.with("claims", claims)).await;
    assert!(asked.page().words().contains("English (United States)"), "{}", asked.page().words());
}

async fn oidcc_acr_values(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    let published = metadata(&house).await["acr_values_supported"].clone();
    let names: Vec<_> = Context::up_to(house.passport.policy().highest).map(Context::as_str).collect();
    assert_eq!(published, json!(names));
    let acr = async |acr_values: &str| {
        let answer = web.ask(&browser, |asked| asked.with("acr_values", acr_values)).await;
        let tokens = web.tokens_in(&web.redeem(&web.code_in(&answer)).await);
        jwt::claims(tokens.id())["acr"].clone()
    };
    assert_eq!(acr(&names.join(" ")).await, Context::of(Level::Password).as_str(), "the first that is true");
    assert_eq!(acr(PASSWORD).await, PASSWORD);
    assert_eq!(acr(&format!("1 2 {PASSWORD}")).await, PASSWORD);
    for other in ["", "1 2"] {
        assert!(published.as_array().unwrap().contains(&acr(other).await), "always one of the list");
    }
}

async fn fapi2_ensure_essential_acr_is_met_or_refused(house: House) {
    let (web, browser) = (house.client(Kind::Web).await, ann(&house).await);
    let essential = |values: Value| json!({"id_token": {"acr": {"essential": true, "values": values}}});
    let tokens = tokens_for(&web, &browser, &essential(json!(["urn:nobody", PASSWORD]))).await;
    assert_eq!(jwt::claims(tokens.id())["acr"], PASSWORD);
    let unmet = essential(json!(["urn:nobody"])).to_string();
    let answer = web.ask(&browser, |asked| asked.with("claims", unmet)).await;
    web.assert_told(&answer, "unmet_authentication_requirements");
}

async fn resources_and_keys_are_written_down_with_the_grant(house: House) {
    let registered = ["https://api.test/a", "https://api.test/b"].map(str::to_owned).to_vec();
    let web = house.client_with(Kind::Web, |client| client.resources = registered).await;
    let browser = ann(&house).await;
    let key = testkit::rp::challenge("the thumbprint of a key");
    let asked = |asked: testkit::Parameters| {
        asked
            .with("resource", "https://api.test/a")
            .and("resource", "https://api.test/b")
            .with("dpop_jkt", &key)
    };
    let told = query(&web.ask(&browser, asked).await, &web);
    let id = house.passport.names.read_code(&told["code"]).unwrap();
    let grant = passport::grant::store::find(house.passport.db.reader(), id).await.unwrap().unwrap();
    assert_eq!(grant.resource, ["https://api.test/a", "https://api.test/b"]);
    assert_eq!(grant.dpop_jkt, Some(key));
    for resource in ["api", "https://api.test/#f", "//api.test", "https://foreign.test"] {
        let answer = web.ask(&browser, |asked| asked.with("resource", resource)).await;
        web.assert_told(&answer, "invalid_target");
    }
}
