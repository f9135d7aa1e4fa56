//! Signing out, here and from the provider's side.
use axum::{body::Body, http::Request};
use platform::security_event::{Event, counts};
use serde_json::{Value, json};

use crate::house::{Answer, House};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

fn token(house: &House, change: impl FnOnce(&mut Value)) -> String {
    let mut claims = json!({
        "iss": house.provider.issuer,
        "aud": "customersource",
        "iat": house.now().unix_seconds(),
        "exp": house.now().unix_seconds() + 120,
        "jti": "j1",
        "sid": "sid-of-pat",
        "sub": "pat",
        "events": { EVENT: {} },
    });
    change(&mut claims);
    house.provider.sign(&house.provider.header(), &claims)
}

async fn post(house: &House, body: String) -> Answer {
    let request =
        Request::post("/backchannel-logout").header("content-type", "application/x-www-form-urlencoded");
    house.browser().send(request, Body::from(body)).await
}

async fn tell(house: &House, change: impl FnOnce(&mut Value)) -> u16 {
    let answer = post(house, format!("logout_token={}", token(house, change))).await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    answer.status.as_u16()
}

fn drop_sid(claims: &mut Value) {
    claims.as_object_mut().unwrap().remove("sid");
}

#[tokio::test]
async fn bl_02_a_session_ends_by_sid_at_the_next_request() {
    let house = House::open().await;
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    assert_eq!(tell(&house, |claims| claims["sid"] = "unknown".into()).await, 200, "unknown is no error");
    pat.get("/").await.shows(200, "Partner GmbH");
    assert_eq!(tell(&house, |claims| claims["jti"] = "j2".into()).await, 200);
    pat.get("/").await.shows(200, "The content of this site is locked");
}

#[tokio::test]
async fn bl_02_a_subjects_sessions_all_end_and_nobody_elses() {
    let house = House::open().await;
    let (mut one, mut two, mut ann) = (house.browser(), house.browser(), house.browser());
    one.associate("pat", "pat@example.com").await;
    two.sign_in("/account", "pat").await;
    ann.associate("ann", "ann@contoso.example").await;
    assert_eq!(tell(&house, drop_sid).await, 200);
    for browser in [&mut one, &mut two] {
        assert!(browser.get("/account").await.location().starts_with("/signin"));
    }
    ann.get("/").await.shows(200, "Contoso Ltda");
}

#[tokio::test]
async fn bl_01_bad_and_repeated_tokens_end_nothing() {
    let house = House::open().await;
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    assert_eq!(tell(&house, |claims| claims["nonce"] = "n".into()).await, 400);
    assert_eq!(tell(&house, |claims| claims["iss"] = "https://evil.example".into()).await, 400);
    assert_eq!(tell(&house, |claims| claims["events"] = json!({})).await, 400);
    assert_eq!(
        tell(&house, |claims| claims["iat"] = json!(claims["iat"].as_i64().unwrap() - 121)).await,
        400
    );
    for body in ["", "logout_token=", "logout_token=a.b.c", "x=y"] {
        assert_eq!(post(&house, body.to_owned()).await.status, 400, "{body}");
    }
    let good = token(&house, |claims| claims["sid"] = "another".into());
    assert_eq!(post(&house, format!("logout_token={good}&logout_token={good}")).await.status, 400);
    let get = house.browser().get(&format!("/backchannel-logout?logout_token={good}")).await;
    assert_eq!(get.status, 405);
    assert_eq!(post(&house, format!("logout_token={good}")).await.status, 200);
    assert_eq!(post(&house, format!("logout_token={good}")).await.status, 400, "a replay");
    pat.get("/").await.shows(200, "Partner GmbH");
}

#[tokio::test]
async fn bl_01_a_token_of_new_keys_is_understood() {
    let house = House::open().await;
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    house.provider.set(|said| {
        said.signs_with = 3;
        said.publishes = vec![3];
    });
    assert_eq!(tell(&house, |_| ()).await, 200);
    pat.get("/").await.shows(200, "The content of this site is locked");
}

#[tokio::test]
async fn pp_22_sign_out_ends_the_session_here_and_goes_on_to_the_provider() {
    let house = House::open().await;
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    let page = pat.get("/").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(!policy.contains("form-action"), "the form leads on to the provider: {policy}");
    let before = pat.cookies.clone();
    let answer = pat.post("/sign-out", &[]).await;
    let url = url::Url::parse(answer.location()).unwrap();
    assert_eq!(url.path(), "/end-session");
    let of = |name: &str| url.query_pairs().find(|(found, _)| found == name).unwrap().1.into_owned();
    assert_eq!(of("id_token_hint").split('.').count(), 3);
    assert_eq!(of("post_logout_redirect_uri"), "http://localhost:8080/signed-out");

    let mut stolen = house.browser();
    stolen.cookies = before;
    assert!(
        stolen.get("/account").await.location().starts_with("/signin"),
        "the old cookie is worth nothing"
    );
    pat.get("/signed-out?state=somebody-elses").await.shows(200, "If others use this computer");
    pat.get(&format!("/signed-out?state={}", of("state")))
        .await
        .shows(200, "of CustomerSource and of Microsoft Passport");
}

#[tokio::test]
async fn an_operator_hears_of_every_sign_out() {
    let house = House::open().await;
    let ended = || counts().find(|(event, _)| *event == Event::SessionEnded).unwrap().1;
    let before = ended();
    for round in 0..8 {
        let mut pat = house.browser();
        pat.sign_in("/associate", &format!("pat{round}")).await;
        pat.get("/associate").await;
        pat.post("/sign-out", &[]).await;
    }
    // Other tests of this process count along.
    assert!(ended() - before >= 8, "{} of 8", ended() - before);
}

#[tokio::test]
async fn br_07_opening_the_signed_out_page_signs_nobody_out() {
    let house = House::open().await;
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    pat.get("/signed-out?state=x").await.shows(200, "You are still signed in");
    pat.get("/").await.shows(200, "Partner GmbH");
    assert_eq!(house.browser().get("/sign-out").await.status, 405);
}

#[tokio::test]
async fn signing_out_works_while_the_provider_is_away() {
    let house = House::open_with(|settings| settings.passport.metadata_ttl_seconds = 0).await;
    let mut pat = house.browser();
    pat.associate("pat", "pat@example.com").await;
    pat.get("/").await;
    house.provider.set(|said| said.is_down = true);
    assert_eq!(pat.post("/sign-out", &[]).await.location(), "/signed-out");
    assert!(pat.get("/account").await.location().starts_with("/signin"));
}
