//! oidcc-dynamic-certification-test-plan: every module registers its client first.
use oidc::jws::SigningAlgorithm;
use passport::config::RegistrationMode;
use serde_json::{Value, json};
use testkit::{
    Answer, Engine, House, Rp,
    house::{minutes, seconds},
    jwt,
    net::Request,
    on_both_engines,
    rp::{Listener, Reply},
    signer::Signer,
};

on_both_engines![
    oidcc_registration_client_uri_can_be_read_and_deleted,
    oidcc_registration_jwks_uri,
    oidcc_redirect_uri_regfrag,
    oidcc_idtoken_rs256,
    oidcc_idtoken_unsigned,
    oidcc_userinfo_rs256,
    oidcc_server_rotate_keys,
    oidcc_refresh_token_rp_key_rotation,
    oidcc_3rd_party_init_login_nohttps,
];

async fn open(engine: Engine) -> House {
    House::with(engine, |settings| settings.passport.registration.mode = RegistrationMode::Open).await
}

async fn register(house: &House, change: Value) -> Answer {
    let mut body = json!({
        "redirect_uris": ["https://rp1.test/cb"],
        "client_name": "Conformance",
        "contacts": ["dev@rp1.test"],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email offline_access",
    });
    for (name, value) in change.as_object().unwrap() {
        body[name] = value.clone();
    }
    let mut request = Request::new("POST".parse().unwrap(), &house.url("/oauth2/register"))
        .header("content-type", "application/json");
    request.body = body.to_string().into_bytes();
    house.net.send(request).await
}

async fn code(rp: &Rp, house: &House, scope: &str) -> String {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    rp.ask(&browser, |asked| asked.with("scope", scope).with("prompt", "consent")).await;
    rp.code_in(&browser.click("#consent-approve").await)
}

async fn oidcc_registration_client_uri_can_be_read_and_deleted(engine: Engine) {
    let house = open(engine).await;
    let made = register(&house, json!({})).await.assert_status(201).json();
    let url = made["registration_client_uri"].as_str().unwrap();
    let bearer = format!("Bearer {}", made["registration_access_token"].as_str().unwrap());
    let read = house.net.send(Request::get(url).header("authorization", &bearer)).await;
    assert_eq!(read.assert_status(200).json()["client_id"], made["client_id"]);
    let gone = Request::new("DELETE".parse().unwrap(), url).header("authorization", &bearer);
    house.net.send(gone).await.assert_status(204);
    house.net.send(Request::get(url).header("authorization", &bearer)).await.assert_status(401);
}

async fn oidcc_registration_jwks_uri(engine: Engine) {
    let house = open(engine).await;
    let (key, listener) = (Signer::new(SigningAlgorithm::RS256), Listener::open().await);
    listener.answers(Reply::Json(key.jwks()));
    let by_key = json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": listener.url});
    let rp = house.registered(register(&house, by_key).await.assert_status(201));
    let code = code(&rp, &house, "openid").await;
    let assertion = key.assertion(&house, &rp.id, |_, _| ());
    rp.tokens_in(&rp.redeem_with(&code, |call| call.asserted(assertion)).await);
}

async fn oidcc_redirect_uri_regfrag(engine: Engine) {
    let house = open(engine).await;
    let answer = register(&house, json!({"redirect_uris": ["https://rp1.test/cb#foo"]})).await;
    assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_redirect_uri")));
}

async fn oidcc_idtoken_rs256(engine: Engine) {
    let house = open(engine).await;
    let asked = json!({"id_token_signed_response_alg": "RS256"});
    let rp = house.registered(register(&house, asked).await.assert_status(201));
    let tokens = rp.tokens_in(&rp.redeem(&code(&rp, &house, "openid").await).await);
    house.verified(tokens.id(), jsonwebtoken::Algorithm::RS256).await;
}

/// The one module that may be skipped: unsigned ID tokens are never offered.
async fn oidcc_idtoken_unsigned(engine: Engine) {
    let house = open(engine).await;
    let answer = register(&house, json!({"id_token_signed_response_alg": "none"})).await;
    assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_client_metadata")));
}

async fn oidcc_userinfo_rs256(engine: Engine) {
    let house = open(engine).await;
    let rp = register(&house, json!({"userinfo_signed_response_alg": "RS256"})).await;
    let rp = house.registered(rp.assert_status(201));
    let tokens = rp.tokens_in(&rp.redeem(&code(&rp, &house, "openid email").await).await);
    let answer = house.userinfo(&tokens.access).await;
    assert_eq!(answer.header("content-type"), "application/jwt");
    let person = house.verified(answer.text(), jsonwebtoken::Algorithm::RS256).await;
    assert_eq!((&person["iss"], &person["aud"]), (&json!(house.passport.issuer()), &json!(rp.id)));
    assert_eq!(person["sub"], jwt::claims(tokens.id())["sub"]);
    assert_eq!((&person["email"], person.get("nonce")), (&json!("ann@acme.test"), None));
}

async fn oidcc_server_rotate_keys(engine: Engine) {
    let house = open(engine).await;
    let names = async || -> Vec<String> {
        let set = house.net.send(Request::get(&house.url("/oauth2/jwks"))).await.json();
        set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    };
    let before = names().await;
    let passport = &house.passport;
    let now = house.clock.now();
    passport.keys.rotate(&passport.db, &passport.random, now, SigningAlgorithm::RS256).await.unwrap();
    house.clock.advance(seconds(6));
    let after = names().await;
    assert!(after.iter().any(|name| !before.contains(name)), "a new key appears");
    assert!(before.iter().all(|name| after.contains(name)), "the old ones stay published");
}

async fn oidcc_refresh_token_rp_key_rotation(engine: Engine) {
    let house = open(engine).await;
    let (old, new) = (Signer::new(SigningAlgorithm::RS256), Signer::new(SigningAlgorithm::RS256));
    let listener = Listener::open().await;
    listener.answers(Reply::Json(old.jwks()));
    let by_key = json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": listener.url});
    let rp = house.registered(register(&house, by_key).await.assert_status(201));
    let code = code(&rp, &house, "openid offline_access").await;
    let assertion = old.assertion(&house, &rp.id, |_, _| ());
    let tokens = rp.tokens_in(&rp.redeem_with(&code, |call| call.asserted(assertion)).await);
    listener.answers(Reply::Json(new.jwks()));
    house.clock.advance(minutes(1));
    let assertion = new.assertion(&house, &rp.id, |_, _| ());
    let renewed = rp.refresh_with(tokens.refresh(), |call| call.asserted(assertion)).await;
    house.userinfo(&rp.tokens_in(&renewed).access).await.assert_status(200);
    let stale = old.assertion(&house, &rp.id, |_, _| ());
    let fields = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    rp.post("/oauth2/token", &fields, |call| call.asserted(stale)).await.assert_token_error("invalid_client");
}

async fn oidcc_3rd_party_init_login_nohttps(engine: Engine) {
    let house = open(engine).await;
    let answer = register(&house, json!({"initiate_login_uri": "http://rp1.test/login"})).await;
    assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_client_metadata")));
}
