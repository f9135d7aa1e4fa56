//! A registration afterwards, by who has its token (RFC 7592): read, replaced, removed (DR-04).
use passport::{client::store, config::RegistrationMode};
use reqwest::Method;
use serde_json::json;
use testkit::{Engine, on_both_engines};

use super::registration::{assert_refused, call, least, opened, register, with};

on_both_engines![
    dr_04_a_token_is_for_its_own_client_alone,
    dr_04_a_removed_client_takes_everything_with_it,
    what_was_registered_can_be_read_and_replaced,
    a_secret_is_made_when_one_comes_to_be_needed,
];

async fn dr_04_a_token_is_for_its_own_client_alone(engine: Engine) {
    let house = opened(engine, RegistrationMode::Open).await;
    let one = register(&house, &least()).await.json();
    let other = register(&house, &with("client_name", json!("Other"))).await.json();
    let url = one["registration_client_uri"].as_str().unwrap();
    let (own, foreign) =
        (one["registration_access_token"].as_str(), other["registration_access_token"].as_str());
    let body = with("client_id", one["client_id"].clone());
    for token in [foreign, None, Some("x"), one["client_secret"].as_str()] {
        for (method, body) in [(Method::GET, None), (Method::PUT, Some(&body)), (Method::DELETE, None)] {
            call(&house, method, url, token, body).await.assert_status(401);
        }
    }
    let unknown = house.url("/oauth2/register/nobody");
    call(&house, Method::GET, &unknown, own, None).await.assert_status(401);
    for id in [other["client_id"].clone(), json!(null), json!(1)] {
        let answer = call(&house, Method::PUT, url, own, Some(&with("client_id", id))).await;
        assert_refused(&answer, "invalid_client_metadata");
    }
    let mut chosen = body.clone();
    chosen["client_secret"] = json!("chosen-by-the-site-itself-and-long-enough");
    assert_refused(&call(&house, Method::PUT, url, own, Some(&chosen)).await, "invalid_client_metadata");
    chosen["client_secret"] = one["client_secret"].clone();
    call(&house, Method::PUT, url, own, Some(&chosen)).await.assert_status(200);
}

async fn dr_04_a_removed_client_takes_everything_with_it(engine: Engine) {
    let house = opened(engine, RegistrationMode::Open).await;
    let body = with("grant_types", json!(["authorization_code", "refresh_token"]));
    let answer = register(&house, &body).await;
    let (site, registered) = (house.registered(&answer), answer.json());
    let browser = house.browser();
    browser.join("ann@acme.test").await;
    let asked = site.ask(&browser, |asked| asked.with("scope", "openid offline_access")).await;
    asked.assert_status(200);
    let tokens = site.tokens_in(&site.redeem(&site.code_in(&browser.click("#consent-approve").await)).await);
    house.userinfo(&tokens.access).await.assert_status(200);
    let url = registered["registration_client_uri"].as_str().unwrap();
    let token = registered["registration_access_token"].as_str();
    let gone = call(&house, Method::DELETE, url, token, None).await;
    assert_eq!((gone.status, gone.body.len()), (204, 0), "{gone:?}");
    house.userinfo(&tokens.access).await.assert_status(401);
    site.refresh(tokens.refresh()).await.assert_token_error("invalid_client");
    call(&house, Method::GET, url, token, None).await.assert_status(401);
    call(&house, Method::DELETE, url, token, None).await.assert_status(401);
    site.ask(&browser, |asked| asked).await.assert_stays_here();
}

async fn what_was_registered_can_be_read_and_replaced(engine: Engine) {
    let house = opened(engine, RegistrationMode::Open).await;
    let body = with("client_name", json!("Shop"));
    let site = register(&house, &body).await.json();
    let url = site["registration_client_uri"].as_str().unwrap();
    let token = site["registration_access_token"].as_str();
    let read = call(&house, Method::GET, url, token, None).await;
    let mut expected = site.clone();
    expected.as_object_mut().unwrap().remove("client_secret");
    assert_eq!(read.assert_status(200).json(), expected);
    assert_eq!(read.header("cache-control"), "no-store");
    let mut update = json!({"redirect_uris": ["https://rp1.test/new"], "client_id": site["client_id"]});
    let updated = call(&house, Method::PUT, url, token, Some(&update)).await;
    let updated = updated.assert_status(200).json();
    assert_eq!(
        (&updated["client_name"], &updated["redirect_uris"]),
        (&json!("rp1.test"), &update["redirect_uris"])
    );
    assert_eq!(updated.get("client_secret"), None, "the old one is still good");
    update["redirect_uris"] = json!(["javascript:alert(1)"]);
    assert_refused(&call(&house, Method::PUT, url, token, Some(&update)).await, "invalid_redirect_uri");
    assert_eq!(
        call(&house, Method::GET, url, token, None).await.json()["redirect_uris"],
        json!(["https://rp1.test/new"])
    );
    // Who is told of accounts that end is the operator's word: a site can neither take nor lose it.
    update["redirect_uris"] = json!(["https://rp1.test/cb"]);
    let (db, id) = (&house.passport.db, site["client_id"].as_str().unwrap());
    for kept in [None, Some("https://rp1.test/events".to_owned())] {
        let mut known = store::find(db.reader(), id).await.unwrap().unwrap();
        known.client.security_events_uri.clone_from(&kept);
        let tx = db.begin().await.unwrap();
        store::set(&tx, house.clock.now(), &known).await.unwrap();
        tx.commit().await.unwrap();
        for said in [json!("https://evil.test/events"), json!(null)] {
            update["security_events_uri"] = said;
            call(&house, Method::PUT, url, token, Some(&update)).await.assert_status(200);
            let now = store::find(db.reader(), id).await.unwrap().unwrap();
            assert_eq!(now.client.security_events_uri, kept);
        }
    }
}

async fn a_secret_is_made_when_one_comes_to_be_needed(engine: Engine) {
    let house = opened(engine, RegistrationMode::Open).await;
    let mut body = with("token_endpoint_auth_method", json!("none"));
    let site = register(&house, &body).await.json();
    assert_eq!((site.get("client_secret"), site.get("client_secret_expires_at")), (None, None));
    body["client_id"] = site["client_id"].clone();
    body["token_endpoint_auth_method"] = json!("client_secret_post");
    let url = site["registration_client_uri"].as_str().unwrap();
    let token = site["registration_access_token"].as_str();
    let updated = call(&house, Method::PUT, url, token, Some(&body)).await.json();
    assert!(updated["client_secret"].as_str().unwrap().len() >= 32);
    body["token_endpoint_auth_method"] = json!("client_secret_jwt");
    let signing = call(&house, Method::PUT, url, token, Some(&body)).await.json();
    assert!(
        signing["client_secret"].is_string(),
        "a secret that was kept as a digest signs nothing: {signing}"
    );
    assert_ne!(signing["client_secret"], updated["client_secret"]);
    let again = call(&house, Method::PUT, url, token, Some(&body)).await.json();
    assert_eq!(again.get("client_secret"), None);
}
