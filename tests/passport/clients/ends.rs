//! What ends when a site's proof is replaced, or the site is disabled or removed; and that every refusal of what is not
//! the asker's reads the same.
use oidc::{
    client::{AuthMethod, Client, GrantType},
    scope::Scopes,
};
use passport::{acts::register, client::store, config::RegistrationMode};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    Answer, Browser, Engine, House, Kind, Rp,
    house::{days, seconds},
    net::Request,
    on_both_engines,
};

on_both_engines![
    a_new_secret_ends_the_access_tokens_of_the_old_one,
    a_registration_that_rotates_its_secret_ends_them_too,
    a_disabled_site_holds_nothing_and_gets_nothing,
    of_ten_removals_at_once_one_succeeds_and_the_others_find_nothing,
    a_change_that_comes_after_the_removal_brings_nothing_back,
    what_is_anothers_is_refused_as_what_nobody_has,
    the_switch_of_documents_ends_the_clients_that_were_read,
];

async fn ann(house: &House) -> Browser {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser
}

/// A site that acts for people and for itself.
async fn both(house: &House) -> Rp {
    house
        .client_with(Kind::Other, |client| {
            client.grant_types =
                vec![GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::ClientCredentials];
            client.scope = Scopes::parse("openid email profile offline_access orders").unwrap();
        })
        .await
}

async fn its_own(rp: &Rp) -> Answer {
    rp.post("/oauth2/token", &[("grant_type", "client_credentials")], |call| call).await
}

/// As `passport client set` does it; answers the new secret, if one was made.
async fn set(house: &House, id: &str, changes: &Value, new_secret: bool) -> Option<String> {
    let passport = &house.passport;
    let tx = passport.db.begin().await.unwrap();
    let before = store::find_locked(&tx, id).await.unwrap().unwrap();
    let mut members = serde_json::to_value(&before.client).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        members[name] = value.clone();
    }
    let client: Client = serde_json::from_value(members).unwrap();
    let now = house.clock.now();
    let changed = register::change(&tx, now, &passport.clients, &before, client, new_secret).await.unwrap();
    tx.commit().await.unwrap();
    changed.unwrap().map(|secret| secret.expose().to_owned())
}

async fn a_new_secret_ends_the_access_tokens_of_the_old_one(house: House) {
    let (rp, browser) = (both(&house).await, ann(&house).await);
    let caller = house.client_with(Kind::Web, |client| client.serves = vec![house.url("")]).await;
    let own = rp.tokens_in(&its_own(&rp).await).access;
    let tokens = rp.tokens(&browser).await;
    house.userinfo(&tokens.access).await.assert_status(200);
    let secret = set(&house, &rp.id, &json!({}), true).await.unwrap();
    house.userinfo(&tokens.access).await.assert_status(401);
    its_own(&rp).await.assert_token_error("invalid_client");
    rp.refresh(tokens.refresh()).await.assert_token_error("invalid_client");
    let rp = house.site(&rp.id, Some(&secret), &rp.redirect_uri);
    assert_eq!(rp.introspect(&own).await, json!({ "active": false }));
    let again = rp.tokens_in(&rp.refresh(tokens.refresh()).await);
    house.userinfo(&again.access).await.assert_status(200);
    let own = rp.tokens_in(&its_own(&rp).await).access;
    assert_eq!(rp.introspect(&own).await["active"], true);
    drop(caller);
}

async fn send(house: &House, method: Method, told: &Value, body: Option<&Value>) -> Answer {
    let url = told["registration_client_uri"].as_str().unwrap();
    let token = told["registration_access_token"].as_str().unwrap();
    let mut request = Request::new(method, url).header("authorization", format!("Bearer {token}"));
    if let Some(body) = body {
        request = request.header("content-type", "application/json");
        request.body = body.to_string().into_bytes();
    }
    house.net.send(request).await
}

async fn opened(engine: Engine) -> House {
    House::with(engine, |settings| settings.passport.registration.mode = RegistrationMode::Open).await
}

async fn register(house: &House, body: &Value) -> Answer {
    let mut request =
        Request::new(Method::POST, &house.url("/oauth2/register")).header("content-type", "application/json");
    request.body = body.to_string().into_bytes();
    house.net.send(request).await
}

async fn a_registration_that_rotates_its_secret_ends_them_too(engine: Engine) {
    let house = opened(engine).await;
    let mut body = json!({
        "redirect_uris": ["https://rp1.test/cb"], "token_endpoint_auth_method": "client_secret_basic",
    });
    let answer = register(&house, &body).await;
    let told = answer.assert_status(201).json();
    let (rp, browser) = (house.registered(&answer), ann(&house).await);
    rp.ask(&browser, |asked| asked).await;
    let code = rp.code_in(&browser.click("#consent-approve").await);
    let tokens = rp.tokens_in(&rp.redeem(&code).await);
    body["client_id"] = told["client_id"].clone();
    send(&house, Method::PUT, &told, Some(&body)).await.assert_status(200);
    house.userinfo(&tokens.access).await.assert_status(200);
    body["token_endpoint_auth_method"] = json!("client_secret_jwt");
    let updated = send(&house, Method::PUT, &told, Some(&body)).await.assert_status(200).json();
    assert!(updated["client_secret"].is_string());
    house.userinfo(&tokens.access).await.assert_status(401);
}

async fn a_disabled_site_holds_nothing_and_gets_nothing(house: House) {
    let (rp, browser) = (both(&house).await, ann(&house).await);
    let other = house.client_with(Kind::Web, |client| client.serves = vec![house.url("")]).await;
    let own = rp.tokens_in(&its_own(&rp).await).access;
    let (tokens, code) = (rp.tokens(&browser).await, rp.code(&browser).await);
    set(&house, &rp.id, &json!({"disabled": true}), false).await;
    house.userinfo(&tokens.access).await.assert_status(401);
    rp.redeem(&code).await.assert_token_error("invalid_client");
    rp.refresh(tokens.refresh()).await.assert_token_error("invalid_client");
    its_own(&rp).await.assert_token_error("invalid_client");
    rp.ask(&browser, |asked| asked).await.assert_stays_here();
    set(&house, &rp.id, &json!({"disabled": false}), false).await;
    // It begins anew: nothing of before comes back.
    rp.refresh(tokens.refresh()).await.assert_token_error("invalid_grant");
    rp.redeem(&code).await.assert_token_error("invalid_grant");
    house.userinfo(&tokens.access).await.assert_status(401);
    assert_eq!(rp.introspect(&own).await, json!({ "active": false }));
    rp.tokens(&browser).await;
    drop(other);
}

async fn of_ten_removals_at_once_one_succeeds_and_the_others_find_nothing(engine: Engine) {
    let house = opened(engine).await;
    for _ in 0..12 {
        let told = register(&house, &json!({"redirect_uris": ["https://rp1.test/cb"]})).await.json();
        let mut removals = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let (house, told) = (house.clone(), told.clone());
            removals.spawn(async move { send(&house, Method::DELETE, &told, None).await.status });
        }
        let mut answers = removals.join_all().await;
        answers.sort_unstable();
        assert_eq!(answers, [204, 401, 401, 401, 401, 401, 401, 401, 401, 401]);
    }
}

async fn a_change_that_comes_after_the_removal_brings_nothing_back(house: House) {
    let rp = house.client(Kind::Web).await;
    let passport = &house.passport;
    let tx = passport.db.begin().await.unwrap();
    assert!(store::drop_client(&tx, &rp.id).await.unwrap());
    tx.commit().await.unwrap();
    let tx = passport.db.begin().await.unwrap();
    assert!(store::find_locked(&tx, &rp.id).await.unwrap().is_none(), "there is nothing to change");
}

async fn what_is_anothers_is_refused_as_what_nobody_has(house: House) {
    let (web, other, browser) =
        (house.client(Kind::Web).await, house.client(Kind::Other).await, ann(&house).await);
    let words = |answer: &Answer| {
        answer.assert_token_error("invalid_grant");
        answer.json()["error_description"].as_str().unwrap().to_owned()
    };
    let nobodys = "A".repeat(64);
    let tokens = web.tokens(&browser).await;
    assert_eq!(words(&other.redeem(&web.code(&browser).await).await), words(&other.redeem(&nobodys).await));
    assert_eq!(words(&other.refresh(tokens.refresh()).await), words(&other.refresh(&nobodys).await));
    let tv = |id: &'static str| {
        move |client: &mut Client| {
            client.client_id = id.to_owned();
            client.token_endpoint_auth_method = AuthMethod::None;
            client.grant_types = vec![GrantType::DeviceCode];
            client.response_types = vec![];
        }
    };
    let own = house.client_with(Kind::Native, tv("tv")).await;
    let stranger = house.client_with(Kind::Native, tv("tv2")).await;
    let begun = own.post("/oauth2/device_authorization", &[], |call| call).await.json();
    let poll = async |code: &str| {
        let grant = "urn:ietf:params:oauth:grant-type:device_code";
        stranger.post("/oauth2/token", &[("grant_type", grant), ("device_code", code)], |call| call).await
    };
    assert_eq!(words(&poll(begun["device_code"].as_str().unwrap()).await), words(&poll(&nobodys).await));
    house.clock.advance(seconds(1));
}

async fn the_switch_of_documents_ends_the_clients_that_were_read(house: House) {
    // As a node left it that still read documents.
    let id = "https://app.test/client.json";
    let rp = house
        .client_with(Kind::Spa, |client| {
            client.client_id = id.to_owned();
            client.redirect_uris = vec!["https://app.test/cb".into()];
        })
        .await;
    let browser = ann(&house).await;
    let tokens = rp.tokens(&browser).await;
    let tx = house.passport.db.begin().await.unwrap();
    passport::client::registration::store::set_document(&tx, house.clock.now(), id).await.unwrap();
    tx.commit().await.unwrap();
    rp.ask(&browser, |asked| asked).await.assert_stays_here();
    rp.refresh(tokens.refresh()).await.assert_token_error("invalid_client");
    house.userinfo(&tokens.access).await.assert_status(401);
    house.clock.advance(days(0));
}
