//! FX-03, consent and devices: the answer is for something else than the page showed. Asked again, nothing done
//! [INV-2, INV-8].
use oidc::{
    client::{AuthMethod, Client, GrantType},
    jws::SigningAlgorithm,
    scope::Scopes,
};
use passport::{
    account::{Alternate, acting::Acting, store},
    config::RegistrationMode,
};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    Answer, Browser, Engine, House, Kind, Rp, Signer,
    net::Request,
    on_both_engines,
    rp::{self, Listener, Reply},
};

on_both_engines![
    fx_03_what_stands_at_the_request_uri_is_swapped_before_the_yes,
    fx_03_a_registration_is_changed_before_the_yes,
    fx_03_what_the_person_is_told_of_changed_before_the_yes,
    fx_03_a_yes_to_one_request_is_none_to_another,
    fx_03_a_devices_site_is_changed_before_the_yes,
    fx_03_an_old_page_removes_no_other_alternate_address,
    fx_03_what_another_tab_saved_is_not_overwritten_without_a_word,
    fx_03_nobody_saves_the_information_that_somebody_else_typed,
];

const EVERYTHING: &str = "openid profile email phone address offline_access";

async fn ann(house: &House) -> Browser {
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    browser
}

fn object(house: &House, rp: &Rp, scope: &str) -> Value {
    let now = house.clock.now().unix_seconds();
    json!({
        "response_type": "code", "client_id": rp.id, "redirect_uri": rp.redirect_uri, "scope": scope, "state": "S",
        "nonce": "N", "code_challenge": rp::challenge(rp::VERIFIER), "code_challenge_method": "S256",
        "iss": rp.id, "aud": house.passport.issuer(), "iat": now, "nbf": now, "exp": now + 300,
    })
}

#[track_caller]
fn assert_asked_again(answer: &Answer) {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.page().has("#consent-approve"), "{answer:?}");
}

async fn fx_03_what_stands_at_the_request_uri_is_swapped_before_the_yes(house: House) {
    let (signer, host) = (Signer::new(SigningAlgorithm::ES256), Listener::open().await);
    let evil = house
        .client_with(Kind::Evil, |client| {
            client.jwks = Some(signer.jwks());
            client.request_uris = vec![host.url.clone()];
        })
        .await;
    let header = json!({"typ": "oauth-authz-req+jwt", "alg": "ES256", "kid": signer.jwk["kid"]});
    let stands = |scope: &str, claims: Value| {
        let mut object = object(&house, &evil, scope);
        object["claims"] = claims;
        host.answers(Reply::Text(signer.sign(&header, &object)));
    };
    let browser = ann(&house).await;
    stands("openid", Value::Null);
    let asked = evil.ask(&browser, |asked| asked.with("request_uri", &host.url).without("scope")).await;
    assert_asked_again(&asked);
    assert!(!asked.page().words().contains("ann@acme.test "), "no address is released");
    // A node reads it once in a visit; another one, anew.
    stands(EVERYTHING, Value::Null);
    browser.go_through(&house.second_node().await);
    assert_asked_again(&browser.click("#consent-approve").await);
    stands(EVERYTHING, json!({"userinfo": {"birthdate": null}}));
    browser.go_through(&house.second_node().await);
    assert_asked_again(&browser.click("#consent-approve").await);
    stands("openid profile", Value::Null);
    let code = evil.code_in(&browser.click("#consent-approve").await);
    let told = evil.redeem(&code).await.assert_status(200).json();
    assert_eq!(told["scope"], "address email offline_access openid phone profile", "what was shown last");
}

async fn opened(engine: Engine) -> House {
    House::with(engine, |settings| settings.passport.registration.mode = RegistrationMode::Open).await
}

async fn send(house: &House, method: Method, url: &str, token: Option<&str>, body: &Value) -> Answer {
    let mut request = Request::new(method, url).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body = body.to_string().into_bytes();
    house.net.send(request).await
}

/// A site in its own hands.
struct Registered {
    house: House,
    rp: Rp,
    url: String,
    token: String,
    body: Value,
}

impl Registered {
    async fn of(house: &House, mut body: Value) -> Self {
        let answer = send(house, Method::POST, &house.url("/oauth2/register"), None, &body).await;
        let told = answer.assert_status(201).json();
        let text = |name: &str| told[name].as_str().unwrap().to_owned();
        body["client_id"] = told["client_id"].clone();
        let (url, token) = (text("registration_client_uri"), text("registration_access_token"));
        Self { house: house.clone(), rp: house.registered(&answer), url, token, body }
    }

    async fn change(&mut self, name: &str, value: Value) {
        self.body[name] = value;
        let changed = send(&self.house, Method::PUT, &self.url, Some(&self.token), &self.body).await;
        changed.assert_status(200);
    }
}

async fn fx_03_a_registration_is_changed_before_the_yes(engine: Engine) {
    let house = opened(engine).await;
    let body = json!({
        "redirect_uris": ["https://rp1.test/cb"], "client_name": "Weather", "scope": "openid",
        "grant_types": ["authorization_code", "refresh_token"],
    });
    let mut site = Registered::of(&house, body).await;
    let browser = ann(&house).await;
    assert_asked_again(&site.rp.ask(&browser, |asked| asked.with("scope", EVERYTHING)).await);
    for (name, value) in [
        ("scope", json!(EVERYTHING)),
        ("client_name", json!("Your bank")),
        ("logo_uri", json!("https://rp1.test/bank.png")),
        ("policy_uri", json!("https://rp1.test/privacy")),
        ("tos_uri", json!("https://rp1.test/terms")),
    ] {
        site.change(name, value).await;
        assert_asked_again(&browser.click("#consent-approve").await);
    }
    let code = site.rp.code_in(&browser.click("#consent-approve").await);
    site.rp.redeem(&code).await.assert_status(200);
}

async fn fx_03_what_the_person_is_told_of_changed_before_the_yes(house: House) {
    let evil = house.client(Kind::Evil).await;
    let browser = ann(&house).await;
    let (page, elsewhere) = (browser.tab(), browser.tab());
    assert_asked_again(&evil.ask(&page, |asked| asked.with("scope", "openid profile")).await);
    elsewhere.get("/account/information").await;
    elsewhere.submit("main form", &[("name", "Ann Somebody"), ("given_name", "Ann")]).await;
    house.leave_mail();
    let again = page.click("#consent-approve").await;
    assert_asked_again(&again);
    assert!(again.page().words().contains("Ann Somebody"), "{again:?}");
    evil.code_in(&page.click("#consent-approve").await);
}

async fn fx_03_a_yes_to_one_request_is_none_to_another(house: House) {
    let evil = house.client(Kind::Evil).await;
    let browser = ann(&house).await;
    let (one, other) = (browser.tab(), browser.tab());
    evil.ask(&one, |asked| asked.with("scope", "openid")).await;
    evil.ask(&other, |asked| asked.with("scope", EVERYTHING)).await;
    let wider = other.here().page().form("form.row").fields;
    let swapped = one.submit("#consent-approve", &[("request", wider.get("request").unwrap())]).await;
    assert_asked_again(&swapped);
    let foreign = wider.get("form_token").unwrap();
    one.submit("#consent-approve", &[("form_token", "AAAA")]).await.assert_status(403);
    evil.ask(&one, |asked| asked.with("scope", "openid")).await;
    assert_asked_again(&one.submit("#consent-approve", &[("form_token", foreign)]).await);
}

async fn fx_03_a_devices_site_is_changed_before_the_yes(house: House) {
    let tv = |name: &'static str, scope: &'static str| {
        move |client: &mut Client| {
            client.client_id = "tv".to_owned();
            client.client_name = name.to_owned();
            client.token_endpoint_auth_method = AuthMethod::None;
            client.grant_types = vec![GrantType::DeviceCode, GrantType::RefreshToken];
            client.response_types = vec![];
            client.scope = Scopes::parse(scope).unwrap();
        }
    };
    let rp = house.client_with(Kind::Native, tv("Weather", "openid email")).await;
    let begun = rp.post("/oauth2/device_authorization", &[], |call| call).await.assert_status(200).json();
    let browser = ann(&house).await;
    browser.get(begun["verification_uri_complete"].as_str().unwrap()).await.assert_status(200);
    house.client_with(Kind::Native, tv("Your bank", "openid email")).await;
    let again = browser.click("#device-approve").await;
    assert!(again.page().has("#device-approve"), "{again:?}");
    assert!(again.page().words().contains("Your bank"), "{again:?}");
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let fields = [("grant_type", grant), ("device_code", begun["device_code"].as_str().unwrap())];
    rp.post("/oauth2/token", &fields, |call| call).await.assert_token_error("authorization_pending");
    assert!(browser.click("#device-approve").await.page().has("#device-approved"));
}

async fn has_alternate(house: &House, address: &str) {
    let db = &house.passport.db;
    let found = store::find_by_key(db.reader(), "ann@acme.test").await.unwrap().unwrap();
    let tx = Acting::on(db, found.id).await.unwrap().unwrap();
    let proven = Alternate { address: address.to_owned(), verified: true };
    store::set_alternate(&tx, found.id, Some(proven)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn fx_03_an_old_page_removes_no_other_alternate_address(house: House) {
    let page = ann(&house).await;
    has_alternate(&house, "old@home.test").await;
    page.get("/account/alternate-email").await.assert_status(200);
    has_alternate(&house, "new@home.test").await;
    let asked = page.click("#alternate-remove").await;
    asked.assert_status(409);
    assert!(asked.page().words().contains("new@home.test"), "{asked:?}");
    assert!(page.click("#alternate-remove").await.page().has("#changed"));
    house.leave_mail();
}

async fn fx_03_what_another_tab_saved_is_not_overwritten_without_a_word(house: House) {
    house.leave_mail();
    let one = ann(&house).await;
    let other = one.tab();
    for tab in [&one, &other] {
        tab.get("/account/information").await.assert_status(200);
    }
    one.submit("main form", &[("nickname", "Annie")]).await.assert_status(200);
    let asked = other.submit("main form", &[("website", "https://ann.test")]).await;
    asked.assert_status(409);
    let page = asked.page();
    assert_eq!(page.attribute("#website", "value"), "https://ann.test", "what was typed");
    assert_eq!(page.all("main form .hint[id$=-now]"), ["Saved now: Annie", "Saved now: nothing"]);
    assert_eq!(page.attribute("#nickname", "aria-describedby"), "nickname-now");
    drop(page);
    other.submit("main form", &[]).await.assert_status(200);
}

async fn fx_03_nobody_saves_the_information_that_somebody_else_typed(house: House) {
    house.leave_mail();
    let anns = ann(&house).await;
    anns.get("/account/information").await.assert_status(200);
    let bens = anns.tab();
    bens.sign_out().await;
    bens.join("ben@acme.test").await;
    bens.get("/account/information").await;
    bens.submit("main form", &[("nickname", "Benny"), ("street_address", "1 Ben St")])
        .await
        .assert_status(200);
    let asked = anns.submit("main form", &[("nickname", "Annie")]).await;
    asked.assert_status(409);
    let page = asked.page();
    assert!(page.all("#typed textarea").contains(&"Annie".to_owned()), "to be copied");
    assert_eq!(page.attribute("#nickname", "value"), "Benny");
    assert_eq!(page.text_of("#street_address"), "1 Ben St");
    drop(page);
    anns.submit("main form", &[]).await.assert_status(200);
    assert_eq!(bens.get("/account/information").await.page().attribute("#nickname", "value"), "Benny");
}
