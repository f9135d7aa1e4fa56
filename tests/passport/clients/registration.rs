//! Registration by sites themselves (Dynamic; RFC 7591, RFC 7592): who may, what they get, and how it ends (DR, RU).
use oidc::client::Client;
use passport::{
    client::{
        registration::{InitialToken, InitialTokenId, store as tokens},
        store,
    },
    config::RegistrationMode,
};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    Answer, Engine, House,
    house::{days, minutes},
    net::Request,
    on_both_engines,
    rp::{Listener, Reply},
};

on_both_engines![
    dr_01_a_closed_house_registers_nobody,
    dr_01_an_initial_token_serves_as_often_as_it_says,
    dr_01_an_open_house_has_a_budget_and_a_quota,
    dr_01_one_address_registers_only_so_often,
    dr_02_internal_addresses_are_refused_and_never_called,
    dr_03_nobody_makes_themselves_trusted_neither_at_first_nor_later,
    dr_05_a_malformed_authorization_header_is_401,
    ru_10_addresses_that_run_or_read_are_refused_and_nothing_is_stored,
    oidcc_registration_sector_uri,
    oidcc_registration_sector_bad,
    oidcc_registration_logo_policy_and_tos_uri,
    a_registered_site_signs_people_in,
    older_flows_can_be_registered_where_the_house_offers_them,
    software_statements_and_other_bodies_are_refused,
    discovery_tells_whether_anybody_may_register,
];

const ENDPOINT: &str = "/oauth2/register";

pub async fn opened(engine: Engine, mode: RegistrationMode) -> House {
    House::with(engine, |settings| settings.passport.registration.mode = mode).await
}

pub fn least() -> Value {
    json!({"redirect_uris": ["https://rp1.test/cb"]})
}

pub fn with(name: &str, value: Value) -> Value {
    let mut body = least();
    body[name] = value;
    body
}

pub async fn call(
    house: &House,
    method: Method,
    url: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> Answer {
    let mut request = Request::new(method, url);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if let Some(body) = body {
        request = request.header("content-type", "application/json");
        request.body = body.to_string().into_bytes();
    }
    house.net.send(request).await
}

async fn register_with(house: &House, token: Option<&str>, body: &Value) -> Answer {
    call(house, Method::POST, &house.url(ENDPOINT), token, Some(body)).await
}

pub async fn register(house: &House, body: &Value) -> Answer {
    register_with(house, None, body).await
}

#[track_caller]
pub fn assert_refused(answer: &Answer, code: &str) {
    assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some(code)), "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
}

pub async fn registered_clients(house: &House) -> Vec<Client> {
    let all = store::list_all(house.passport.db.reader()).await.unwrap();
    all.into_iter().map(|registered| registered.client).collect()
}

async fn initial_token(house: &House, uses_left: i32) -> String {
    let now = house.clock.now();
    let token = InitialToken {
        id: InitialTokenId::new(now, &house.passport.random),
        note: "for a test".into(),
        uses_left,
        created_at: now,
        ends_at: now + days(7),
    };
    let secret = house.passport.random.token();
    let tx = house.passport.db.begin().await.unwrap();
    tokens::add_initial_token(&tx, &token, &secret).await.unwrap();
    tx.commit().await.unwrap();
    secret
}

async fn dr_01_a_closed_house_registers_nobody(house: House) {
    for token in [None, Some("x")] {
        let answer = register_with(&house, token, &least()).await;
        answer.assert_status(401);
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{answer:?}");
    }
    assert!(registered_clients(&house).await.is_empty());
}

async fn dr_01_an_initial_token_serves_as_often_as_it_says(engine: Engine) {
    let house = opened(engine, RegistrationMode::InitialToken).await;
    let token = initial_token(&house, 2).await;
    register(&house, &least()).await.assert_status(401);
    register_with(&house, Some("wrong"), &least()).await.assert_status(401);
    assert_refused(&register_with(&house, Some(&token), &json!({})).await, "invalid_redirect_uri");
    for expected in [201, 201, 401] {
        register_with(&house, Some(&token), &least()).await.assert_status(expected);
    }
    let late = initial_token(&house, 5).await;
    house.clock.advance(days(8));
    register_with(&house, Some(&late), &least()).await.assert_status(401);
    let rush = initial_token(&house, 3).await;
    let (house, token, body) = (&house, Some(rush.as_str()), &least());
    let one = || async move { register_with(house, token, body).await.status };
    let (a, b, c, d, e) = tokio::join!(one(), one(), one(), one(), one());
    assert_eq!([a, b, c, d, e].into_iter().filter(|status| *status == 201).count(), 3);
}

async fn dr_01_an_open_house_has_a_budget_and_a_quota(engine: Engine) {
    let house = House::with(engine, |settings| {
        settings.passport.registration.mode = RegistrationMode::Open;
        settings.passport.registration.most_clients = 2;
        settings.passport.limits.scale = 0.05;
    })
    .await;
    for expected in [201, 201, 503, 503] {
        let answer = register(&house, &least()).await;
        answer.assert_status(expected);
        assert_eq!(answer.header("retry-after").is_empty(), expected == 201);
    }
    assert_eq!(registered_clients(&house).await.len(), 2);
    let used = "SELECT CAST(SUM(used) AS BIGINT) FROM budget";
    assert_eq!(house.ground.count(used).await, 2, "a refusal writes nothing");
}

async fn dr_01_one_address_registers_only_so_often(engine: Engine) {
    let house = House::with(engine, |settings| {
        settings.passport.registration.mode = RegistrationMode::Open;
        settings.passport.limits.scale = 0.05;
    })
    .await;
    for expected in [201, 201, 201, 429, 429] {
        let answer = register(&house, &least()).await;
        answer.assert_status(expected);
        assert_eq!(answer.header("retry-after").is_empty(), expected == 201);
    }
    house.clock.advance(minutes(121));
    register(&house, &least()).await.assert_status(201);
}

async fn dr_02_internal_addresses_are_refused_and_never_called(engine: Engine) {
    let house = House::with(engine, |settings| {
        settings.passport.registration.mode = RegistrationMode::Open;
        settings.passport.outbound.allow.clear();
    })
    .await;
    let canary = Listener::open().await;
    for name in ["jwks_uri", "logo_uri", "sector_identifier_uri", "backchannel_logout_uri"] {
        for address in [
            canary.url.as_str(),
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://10.0.0.1/x",
            "https://169.254.169.254/x",
        ] {
            assert_refused(&register(&house, &with(name, json!(address))).await, "invalid_client_metadata");
        }
    }
    let body = with("request_uris", json!(["https://192.168.0.1/request"]));
    assert_refused(&register(&house, &body).await, "invalid_client_metadata");
    // A name that resolves inside is refused when it is resolved.
    let body = with("sector_identifier_uri", json!("http://localhost:1/sector"));
    assert_refused(&register(&house, &body).await, "invalid_client_metadata");
    assert!(canary.received().is_empty() && registered_clients(&house).await.is_empty());
}

async fn dr_03_nobody_makes_themselves_trusted_neither_at_first_nor_later(engine: Engine) {
    let house = opened(engine, RegistrationMode::Open).await;
    let mut body = json!({
        "redirect_uris": ["https://rp1.test/cb"], "trusted": true, "skip_consent": true, "listed": true,
        "claims_in_id_token": true, "scope": "openid admin", "grant_types": ["authorization_code", "client_credentials"],
    });
    let answer = register(&house, &body).await;
    let site = answer.assert_status(201).json();
    assert_eq!((&site["grant_types"], &site["scope"]), (&json!(["authorization_code"]), &json!("openid")));
    body["client_id"] = site["client_id"].clone();
    let url = site["registration_client_uri"].as_str().unwrap();
    let token = site["registration_access_token"].as_str();
    let updated = call(&house, Method::PUT, url, token, Some(&body)).await;
    assert_eq!(updated.assert_status(200).json()["grant_types"], json!(["authorization_code"]));
    for client in registered_clients(&house).await {
        assert!(!client.trusted && !client.listed && !client.claims_in_id_token);
    }
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let asked = house.registered(&answer).ask(&browser, |asked| asked).await;
    assert!(asked.page().has("#consent-approve"), "{asked:?}");
}

async fn dr_05_a_malformed_authorization_header_is_401(engine: Engine) {
    let house = opened(engine, RegistrationMode::InitialToken).await;
    let long = format!("Bearer {}", "x".repeat(20_000));
    for header in ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer a b", "bearer\u{e9}", "x", long.as_str()] {
        let mut request = Request::new(Method::POST, &house.url(ENDPOINT))
            .header("authorization", header)
            .header("content-type", "application/json");
        request.body = least().to_string().into_bytes();
        let answer = house.net.send(request).await;
        assert!(matches!(answer.status, 400 | 401 | 431), "{header:.20}: {answer:?}");
        assert!(answer.status != 400 || header.starts_with("Bearer a"), "{header:.20}: {answer:?}");
    }
    assert!(registered_clients(&house).await.is_empty());
}

async fn ru_10_addresses_that_run_or_read_are_refused_and_nothing_is_stored(engine: Engine) {
    let house = opened(engine, RegistrationMode::Open).await;
    for uri in [
        "JavaScript:alert(1)",
        "data:,x",
        "file:///etc/passwd",
        "\thttps://rp1.test/cb",
        "https://rp1.test/cb#x",
        "https://rp1.test/cb?code=x",
    ] {
        assert_refused(&register(&house, &json!({"redirect_uris": [uri]})).await, "invalid_redirect_uri");
        for name in ["logo_uri", "policy_uri", "tos_uri"] {
            if !uri.contains('?') {
                assert_refused(&register(&house, &with(name, json!(uri))).await, "invalid_client_metadata");
            }
        }
    }
    assert!(registered_clients(&house).await.is_empty());
}

async fn oidcc_registration_sector_uri(engine: Engine) {
    let house = opened(engine, RegistrationMode::Open).await;
    let listener = Listener::open().await;
    let uris = json!(["https://rp1.test/cb", "https://rp2.test/cb"]);
    listener.answers(Reply::Json(uris.clone()));
    let body =
        json!({"redirect_uris": uris, "subject_type": "pairwise", "sector_identifier_uri": listener.url});
    let answer = register(&house, &body).await;
    assert_eq!(answer.assert_status(201).json()["subject_type"], "pairwise");
}

async fn oidcc_registration_sector_bad(engine: Engine) {
    let house = opened(engine, RegistrationMode::Open).await;
    let listener = Listener::open().await;
    let body = with("sector_identifier_uri", json!(listener.url));
    for reply in [
        Reply::Json(json!(["https://other.test/cb"])),
        Reply::Json(json!({"redirect_uris": ["https://rp1.test/cb"]})),
        Reply::Json(json!([["https://rp1.test/cb"]])),
        Reply::Status(404),
        Reply::Redirect(listener.url.clone()),
        Reply::Large(70_000),
    ] {
        listener.answers(reply);
        assert_refused(&register(&house, &body).await, "invalid_client_metadata");
    }
    assert_eq!(listener.received().len(), 6, "no redirect was followed");
}

async fn oidcc_registration_logo_policy_and_tos_uri(engine: Engine) {
    let house = opened(engine, RegistrationMode::Open).await;
    let mut body = with("logo_uri", json!("https://rp1.test/logo.png"));
    body["policy_uri"] = json!("https://rp1.test/privacy");
    body["tos_uri"] = json!("https://rp1.test/terms");
    let answer = register(&house, &body).await;
    let page = house.registered(&answer).ask(&house.browser(), |asked| asked).await.page();
    assert_eq!(page.attribute(".client img", "src"), "https://rp1.test/logo.png");
    let links = page.attributes(".client a", "href");
    assert_eq!(links, ["https://rp1.test/privacy", "https://rp1.test/terms"]);
}

async fn a_registered_site_signs_people_in(engine: Engine) {
    let house = opened(engine, RegistrationMode::Open).await;
    let answer = register(&house, &with("token_endpoint_auth_method", json!("client_secret_basic"))).await;
    let site = answer.assert_status(201).json();
    assert_eq!(site["client_secret_expires_at"], 0);
    assert_eq!(site["client_id_issued_at"], house.clock.now().unix_seconds());
    let rp = house.registered(&answer);
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    // A confidential site may come without PKCE.
    let asked = |asked: testkit::Parameters| asked.without("code_challenge").without("code_challenge_method");
    rp.ask(&browser, asked).await.assert_status(200);
    let code = rp.code_in(&browser.click("#consent-approve").await);
    let tokens = rp.tokens_in(&rp.redeem_with(&code, |call| call.without("code_verifier")).await);
    assert_eq!(
        testkit::jwt::claims(tokens.id()).get("email"),
        None,
        "claims are not pushed into the ID token"
    );
}

async fn older_flows_can_be_registered_where_the_house_offers_them(engine: Engine) {
    let body =
        json!({"redirect_uris": ["https://rp1.test/cb"], "response_types": ["code id_token", "id_token"]});
    let house = opened(engine, RegistrationMode::Open).await;
    assert_refused(&register(&house, &body).await, "invalid_client_metadata");
    let house = House::with(engine, |settings| {
        settings.passport.registration.mode = RegistrationMode::Open;
        settings.passport.protocol.legacy_response_types = true;
    })
    .await;
    let site = register(&house, &body).await.assert_status(201).json();
    assert_eq!(site["grant_types"], json!(["authorization_code", "implicit"]));
    let body = json!({"redirect_uris": ["http://127.0.0.1/cb"], "response_types": ["id_token"]});
    assert_refused(&register(&house, &body).await, "invalid_redirect_uri");
}

async fn software_statements_and_other_bodies_are_refused(engine: Engine) {
    let house = opened(engine, RegistrationMode::Open).await;
    let body = with("software_statement", json!("eyJhbGciOiJub25lIn0.e30."));
    assert_refused(&register(&house, &body).await, "unapproved_software_statement");
    for body in [json!([]), json!("x"), json!(null), json!({"redirect_uris": "https://rp1.test/cb"})] {
        assert_refused(&register(&house, &body).await, "invalid_client_metadata");
    }
    let mut form = Request::new(Method::POST, &house.url(ENDPOINT))
        .header("content-type", "application/x-www-form-urlencoded");
    form.body = least().to_string().into_bytes();
    assert_refused(&house.net.send(form).await, "invalid_client_metadata");
    let large = with("client_name", json!("x".repeat(10_000)));
    assert_refused(&register(&house, &large).await, "invalid_client_metadata");
    house.net.send(Request::get(&house.url(ENDPOINT))).await.assert_status(405);
}

async fn discovery_tells_whether_anybody_may_register(engine: Engine) {
    for (mode, offered) in [
        (RegistrationMode::Closed, false),
        (RegistrationMode::InitialToken, true),
        (RegistrationMode::Open, true),
    ] {
        let house = opened(engine, mode).await;
        let metadata =
            house.net.send(Request::get(&house.url("/.well-known/openid-configuration"))).await.json();
        let expected = offered.then(|| json!(house.url(ENDPOINT)));
        assert_eq!(metadata.get("registration_endpoint"), expected.as_ref());
        assert_eq!(metadata["subject_types_supported"], json!(["public", "pairwise"]));
        assert_eq!(metadata["frontchannel_logout_session_supported"], true);
    }
}
