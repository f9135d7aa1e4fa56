//! Token exchange (RFC 8693): TX-01.
use oidc::{
    client::{Client, GrantType, TokenExchange},
    scope::Scopes,
};
use testkit::{Answer, Browser, House, Kind, Rp, on_both_engines};

on_both_engines![
    a_resource_exchanges_a_token_for_one_of_its_own,
    tx_01_who_may_not_may_not,
    tx_01_only_a_living_access_token_can_be_brought,
    an_exchanged_token_dies_with_its_grant_and_by_itself,
];

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const API: &str = "https://api.test";
const BACKEND: &str = "https://backend.test";

fn api(client: &mut Client) {
    client.client_id = "api".to_owned();
    client.grant_types = vec![GrantType::TokenExchange];
    client.response_types = vec![];
    client.scope = Scopes::parse("orders:read orders:write email").unwrap();
    client.serves = vec![API.to_owned()];
    client.token_exchange = Some(TokenExchange { audiences: vec![BACKEND.to_owned()] });
}

fn web(client: &mut Client) {
    client.scope = Scopes::parse("openid email offline_access orders:read").unwrap();
    client.resources = vec![API.to_owned()];
}

struct Scene {
    house: House,
    browser: Browser,
    web: Rp,
    api: Rp,
    /// Of the person, for the resource.
    token: String,
    refresh: String,
    id: String,
}

async fn scene(house: House) -> Scene {
    let web = house.client_with(Kind::Web, web).await;
    let api = house.client_with(Kind::Other, api).await;
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    // The scopes that a server knows stand in its policy; a resource's own travel with the client.
    let asked = web.ask(&browser, |asked| asked.with("scope", "openid email offline_access")).await;
    let code = web.code_in(&asked);
    let tokens = web.tokens_in(&web.redeem_with(&code, |call| call.with("resource", API)).await);
    let (refresh, id) = (tokens.refresh().to_owned(), tokens.id().to_owned());
    Scene { house, browser, web, api, token: tokens.access, refresh, id }
}

async fn exchange(api: &Rp, token: &str, fields: &[(&str, &str)]) -> Answer {
    let all = [
        ("grant_type", GRANT),
        ("subject_token", token),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
    ];
    api.post("/oauth2/token", &[&all, fields].concat(), |call| call).await
}

async fn a_resource_exchanges_a_token_for_one_of_its_own(house: House) {
    let scene = scene(house).await;
    let answer = exchange(&scene.api, &scene.token, &[("audience", BACKEND)]).await;
    let given = scene.api.tokens_in(&answer);
    assert!(given.refresh.is_none() && given.id.is_none());
    let told = answer.json();
    assert_eq!(told["issued_token_type"], "urn:ietf:params:oauth:token-type:access_token");
    assert_eq!(told["scope"], "email");
    let seen = scene.api.introspect(&given.access).await;
    let original = scene.web.introspect(&scene.token).await;
    assert_eq!(
        (&seen["sub"], &seen["aud"], &seen["client_id"]),
        (&original["sub"], &BACKEND.into(), &"api".into())
    );
    assert!(seen["exp"].as_i64() <= original["exp"].as_i64());
    assert_eq!(
        scene.web.introspect(&given.access).await["active"],
        false,
        "it is no token of the first client"
    );
    scene.house.userinfo(&given.access).await.assert_status(401);
}

async fn tx_01_who_may_not_may_not(house: House) {
    let scene = scene(house).await;
    let token = scene.token.as_str();
    exchange(&scene.web, token, &[("audience", BACKEND)]).await.assert_token_error("unauthorized_client");
    for target in [("audience", "web"), ("resource", "https://foreign.test"), ("audience", API)] {
        exchange(&scene.api, token, &[target]).await.assert_token_error("invalid_target");
    }
    for scope in ["orders:write", "openid", "offline_access", "email admin"] {
        let wider = exchange(&scene.api, token, &[("audience", BACKEND), ("scope", scope)]).await;
        wider.assert_token_error("invalid_scope");
    }
    let acting = exchange(&scene.api, token, &[("audience", BACKEND), ("actor_token", "x")]).await;
    acting.assert_token_error("invalid_request");
    // A token that was not meant for this resource is none of its business.
    let plain = scene.house.client(Kind::Spa).await.tokens(&scene.browser).await;
    exchange(&scene.api, &plain.access, &[("audience", BACKEND)]).await.assert_token_error("invalid_request");
}

async fn tx_01_only_a_living_access_token_can_be_brought(house: House) {
    let scene = scene(house).await;
    for token in [scene.refresh.as_str(), &scene.id, "nonsense"] {
        exchange(&scene.api, token, &[("audience", BACKEND)]).await.assert_token_error("invalid_request");
    }
    for kind in ["id_token", "refresh_token", "jwt"] {
        let kind = format!("urn:ietf:params:oauth:token-type:{kind}");
        let fields = [
            ("grant_type", GRANT),
            ("subject_token", &*scene.token),
            ("subject_token_type", &kind),
            ("audience", BACKEND),
        ];
        scene.api.post("/oauth2/token", &fields, |call| call).await.assert_token_error("invalid_request");
    }
    scene.web.revoke(&scene.token).await.assert_status(200);
    exchange(&scene.api, &scene.token, &[("audience", BACKEND)]).await.assert_token_error("invalid_request");
    let next = scene.web.tokens_in(&scene.web.refresh(&scene.refresh).await);
    scene.house.clock.advance(testkit::house::seconds(600));
    exchange(&scene.api, &next.access, &[("audience", BACKEND)]).await.assert_token_error("invalid_request");
}

async fn an_exchanged_token_dies_with_its_grant_and_by_itself(house: House) {
    let scene = scene(house).await;
    let given = async || {
        let answer = exchange(&scene.api, &scene.token, &[("audience", BACKEND)]).await;
        scene.api.tokens_in(&answer).access
    };
    let (one, two) = (given().await, given().await);
    scene.api.revoke(&one).await.assert_status(200);
    assert_eq!(scene.api.introspect(&one).await["active"], false);
    assert_eq!(scene.api.introspect(&two).await["active"], true, "revoking one leaves the other");
    assert_eq!(scene.web.introspect(&scene.token).await["active"], true, "and the first client's");
    scene.web.revoke(&scene.refresh).await.assert_status(200);
    assert_eq!(scene.api.introspect(&two).await["active"], false, "the grant ends all");
}
